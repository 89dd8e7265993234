#include "gateway/main/setup/new_node.hpp"

#include <algorithm>
#include <thread>

#include "base/ids.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/public_url.hpp"

namespace hutong::setup {

namespace {

// The embedded PostgreSQL has this machine's processors, which more backends at work than these only keep
// waiting for each other (docs/performance.md, "The registry"). It takes 100 connections at most.
unsigned embedded_pool_size() {
    return std::clamp(2 * std::thread::hardware_concurrency(), 4u, 32u);
}

}  // namespace

Result<config::Config> configuration(const std::string& database, const std::string& http,
                                     const std::string& https, const std::string& public_url, bool sm2,
                                     const config::Keys& keys) {
    config::Config config;
    config.keys = keys;
    config.security.sm2 = sm2;
    config.database.url = database;
    if (database.empty()) config.database.pool_size = embedded_pool_size();
    if (!http.empty()) config.http.http = http;
    if (!https.empty()) config.http.https = https;
    if (!public_url.empty()) {
        HUTONG_TRY(check_public_url(public_url));
        config.http.public_url = public_url;
    }
    HUTONG_TRY(config.validate());
    return config;
}

Result<std::string> make_node(const Home& home, const config::Config& config) {
    HUTONG_TRY(home.create());
    HUTONG_TRY(replace_file(home.config(), config::default_file(config), 0600));
    const std::string node = new_uuid();
    HUTONG_TRY(replace_file(home.node_id_file(), node + "\n", 0644));
    return node;
}

}  // namespace hutong::setup
