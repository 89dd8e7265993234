#include "gateway/main/setup/joining.hpp"

#include "base/bytes.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"
#include "gateway/main/public_url.hpp"
#include "gateway/main/setup/folder_guard.hpp"
#include "gateway/main/setup/new_node.hpp"
#include "registry/store/nodes.hpp"

namespace hutong::setup {

namespace {

using Progress = std::function<void(const std::string&)>;

Awaitable<Result<registry::PemByKey>> ask_and_wait(pg::Pool& pool, std::string token,
                                                   registry::JoinRequest request,
                                                   std::chrono::seconds patience, const Progress& progress) {
    registry::Nodes nodes(pool);
    const std::string node = request.node;
    HUTONG_CO_TRY(co_await nodes.ask(token, std::move(request)));
    progress("asked to be let in as node " + node + "; waiting for the founding node");
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto next_word = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (true) {
        HUTONG_CO_ASSIGN(auto answer, co_await nodes.answer(node));
        if (answer) {
            const std::string proof = registry::answer_proof(token, node, answer->chains);
            if (equal_in_constant_time(as_bytes(proof), as_bytes(answer->proof)))
                co_return std::move(answer->chains);
            co_return refused(
                "the certificates that came are not from who gave this token: the founding node runs an "
                "older "
                "program, or somebody changed them in the database; nothing was kept");
        }
        const auto now = std::chrono::steady_clock::now();
        if (now > deadline)
            co_return Error{ErrorCode::timeout,
                            "the founding node did not answer in " + std::to_string(patience.count()) +
                                " s: see that hutong runs there, invite again and join again"};
        if (now > next_word) {
            progress("still waiting: hutong must be running on the founding node");
            next_word = now + std::chrono::seconds(10);
        }
        co_await sleep_for(pause, std::chrono::milliseconds(300));
    }
}

Result<registry::PemByKey> get_chains(const config::Config& config, const std::string& token,
                                      registry::JoinRequest request, std::chrono::seconds patience,
                                      const Progress& progress) {
    asio::io_context context;
    pg::Pool pool(context.get_executor(), config.database, config.database.url);
    auto chains = run_until_done(context, ask_and_wait(pool, token, std::move(request), patience, progress));
    pool.close();
    context.restart();
    context.run_for(std::chrono::seconds(1));
    return chains;
}

}  // namespace

Result<Joined> join(const Home& home, const JoiningOptions& options, const Progress& progress) {
    if (options.database.empty())
        return invalid(
            "a further node needs the platform's database: give --database URL, one that all nodes reach");
    HUTONG_ASSIGN(const config::Config config, configuration(options.database, options.http, options.https,
                                                             options.public_url, options.sm2, options.keys));
    HUTONG_ASSIGN(FolderGuard guard, FolderGuard::make(home));
    HUTONG_ASSIGN(const std::string node, make_node(home, config));

    HUTONG_ASSIGN(const KeyPlaces places, key_places(home, config.keys));
    registry::JoinRequest request;
    request.node = node;
    request.url = founding_url(config.http);
    for (const NodeKey& key : node_keys()) {
        if (key.sm2_only && !options.sm2) continue;
        HUTONG_ASSIGN(request.requests[key.name], make_node_key(home, key, places));
    }
    const std::string url = request.url;
    HUTONG_ASSIGN(const registry::PemByKey chains,
                  get_chains(config, options.token, std::move(request), options.patience, progress));
    for (const NodeKey& key : node_keys()) {
        if (key.sm2_only && !options.sm2) continue;
        const auto chain = chains.find(key.name);
        if (chain == chains.end())
            return internal(std::string("the founder sent no certificate for ") + key.name);
        HUTONG_TRY(security::store_chain(home, key.name, chain->second));
    }
    guard.keep();
    return Joined{node, url};
}

}  // namespace hutong::setup
