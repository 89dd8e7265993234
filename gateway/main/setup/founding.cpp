#include "gateway/main/setup/founding.hpp"

#include <optional>

#include "base/pg/embedded.hpp"
#include "base/pg/migrations.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"
#include "gateway/main/pem.hpp"
#include "gateway/main/public_url.hpp"
#include "gateway/main/setup/folder_guard.hpp"
#include "gateway/main/setup/new_node.hpp"
#include "registry/store/nodes.hpp"
#include "security/pki/register.hpp"
#include "security/pki/trusted_authorities.hpp"

namespace hutong::setup {

namespace {

struct CertifiedKey {
    const NodeKey* key;
    security::Issued issued;
};

Result<std::vector<CertifiedKey>> make_keys(const Home& home, const security::Authority& authority,
                                            const std::string& node, const std::string& public_url, bool sm2,
                                            const KeyPlaces& places) {
    std::vector<CertifiedKey> all;
    for (const NodeKey& key : node_keys()) {
        if (key.sm2_only && !sm2) continue;
        HUTONG_ASSIGN(const std::string csr, make_node_key(home, key, places));
        HUTONG_ASSIGN(security::Issued issued,
                      certify(authority, key, csr, node, public_url, machine_name()));
        HUTONG_TRY(security::store_chain(home, key.name, issued.pem));
        all.push_back({&key, std::move(issued)});
    }
    return all;
}

Awaitable<Result<void>> refuse_a_founded_database(registry::Nodes& nodes) {
    HUTONG_CO_ASSIGN(const auto known, co_await nodes.list());
    for (const registry::Node& node : known)
        if (node.founder)
            co_return Error{ErrorCode::conflict,
                            "the database holds a platform already (founded by node " + node.id +
                                "): bring this node in with hutong join, or give an empty database"};
    co_return Result<void>();
}

// The founder's row comes last: it is what makes the database one that holds a platform.
Awaitable<Result<void>> enter(pg::Pool& pool, std::shared_ptr<const security::Authority> authority,
                              const std::vector<CertifiedKey>& keys, const std::string& node,
                              const std::string& public_url) {
    registry::Nodes nodes(pool);
    HUTONG_CO_TRY(co_await refuse_a_founded_database(nodes));
    security::CertificateRegister certificates(pool);
    security::TrustedAuthorities trusted(pool);
    const std::string actor = "hutong init";
    for (const CertifiedKey& one : keys) {
        const security::Registration registration{profile_name(*one.key), "", actor};
        HUTONG_CO_TRY(co_await certificates.add(one.issued, registration));
    }
    const security::RevocationSources none;
    for (const Bytes* der : {&authority->root(), &authority->issuing()}) {
        HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(*der));
        HUTONG_CO_TRY(co_await trusted.add(*der, facts.subject, facts.not_after, true, none, actor));
    }
    HUTONG_CO_TRY(co_await certificates.renew_crl(authority));
    co_return co_await nodes.found(node, public_url);
}

Result<void> fill_database(const config::Config& config, const std::string& url,
                           std::shared_ptr<const security::Authority> authority,
                           const std::vector<CertifiedKey>& keys, const std::string& node,
                           const std::string& public_url) {
    HUTONG_TRY(pg::migrate(url));
    asio::io_context context;
    pg::Pool pool(context.get_executor(), config.database, url);
    Result<void> entered = run_until_done(context, enter(pool, std::move(authority), keys, node, public_url));
    pool.close();
    context.restart();
    context.run_for(std::chrono::seconds(1));
    return entered;
}

std::vector<std::string> hints_for(const config::Config& config, const std::string& public_url) {
    std::vector<std::string> hints{
        "single-officer mode: the owner of this folder may do everything; keep the folder and its backups to "
        "yourself"};
    if (config.http.public_url.empty() && is_loopback_url(public_url))
        hints.push_back("callers on other machines cannot use " + public_url +
                        ": for them found the platform with --public-url https://NAME:PORT");
    return hints;
}

}  // namespace

Result<Founded> found(const Home& home, const FoundingOptions& options) {
    HUTONG_ASSIGN(const config::Config config, configuration(options.database, options.http, options.https,
                                                             options.public_url, options.sm2, options.keys));
    HUTONG_ASSIGN(FolderGuard guard, FolderGuard::make(home));
    HUTONG_ASSIGN(const std::string node, make_node(home, config));
    const std::string public_url = founding_url(config.http);

    HUTONG_ASSIGN(const KeyPlaces places, key_places(home, config.keys));
    security::AuthorityOptions names;
    names.public_url = public_url;
    HUTONG_TRY(security::Authorities::found(home, names, places.providers));
    HUTONG_ASSIGN(const auto authorities, security::Authorities::open(home, places.providers));
    HUTONG_ASSIGN(const auto authority, authorities->choose());
    HUTONG_ASSIGN(const auto keys, make_keys(home, *authority, node, public_url, options.sm2, places));

    const bool embedded = options.database.empty();
    // Stopped before the guard takes the folder away: it is destroyed first.
    std::unique_ptr<pg::EmbeddedServer> server;
    if (embedded) {
        HUTONG_TRY(pg::EmbeddedServer::create(home));
        HUTONG_ASSIGN(server, pg::EmbeddedServer::start(home));
    }
    HUTONG_TRY(fill_database(config, embedded ? server->url() : options.database, authority, keys, node,
                             public_url));
    guard.keep();
    return Founded{node, public_url, embedded, hints_for(config, public_url)};
}

}  // namespace hutong::setup
