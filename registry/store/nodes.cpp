#include "registry/store/nodes.hpp"

#include "base/bytes.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

using Unit = Result<void>;

Awaitable<Unit> notify(pg::Session& session, std::string node) {
    HUTONG_QUERY(told, session, "select pg_notify($1, $2)", with(std::string(join_channel), std::move(node)));
    co_return Unit{};
}

bool is_key_name(const std::string& key) {
    return key == "tls" || key == "sign-rsa" || key == "sign-p256" || key == "encrypt-rsa" ||
           key == "sign-sm2" || key == "encrypt-sm2" || key == "tsa";
}

std::string proof(std::string_view token, std::string text, const PemByKey& pems) {
    for (const auto& [key, pem] : pems) text += "\nkey " + key + " " + to_hex(sha256(pem));
    text += "\n";
    return to_hex(hmac_sha256(as_bytes(token), as_bytes(text)));
}

}  // namespace

std::string join_proof(std::string_view token, const JoinRequest& request) {
    return proof(token, "hutong join 1\nnode " + request.node + "\nurl " + request.url, request.requests);
}

std::string answer_proof(std::string_view token, std::string_view node, const PemByKey& chains) {
    return proof(token, "hutong join answer 1\nnode " + std::string(node), chains);
}

Awaitable<Unit> Nodes::found(std::string id, std::string url) {
    HUTONG_QUERY(done, pool_,
                 "insert into nodes (id, url, founder) values ($1, $2, true) on conflict (id) do update set "
                 "url = excluded.url",
                 with(id, url));
    co_return Unit{};
}

Awaitable<Result<std::string>> Nodes::make_token(std::chrono::seconds lifetime, std::string inviter) {
    const std::string token = to_hex(random_bytes(24));
    const auto kept = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Unit> {
        const std::string digest = to_hex(sha256(token));
        HUTONG_QUERY(done, session,
                     "insert into join_tokens (digest, expires) values ($1, now() + make_interval(secs => "
                     "$2::float8))",
                     with(digest, std::to_string(lifetime.count())));
        // An invitation is the approval of certificates for a node that is not known yet.
        HUTONG_QUERY(
            told, session,
            "insert into certificate_history (actor, action, subject, detail) values ($1, 'approved', "
            "'invitation ' || $2, 'certificates of one further node')",
            with(inviter, digest));
        co_return Unit{};
    });
    if (kept.has_error()) co_return kept.error();
    co_return token;
}

Awaitable<Unit> Nodes::ask(std::string token, JoinRequest request) {
    if (request.requests.empty()) co_return invalid("a join request needs at least one certificate request");
    for (const auto& [key, csr] : request.requests)
        if (!is_key_name(key))
            co_return invalid(
                "key \"" + key +
                "\" is none of tls, sign-rsa, sign-p256, encrypt-rsa, sign-sm2, encrypt-sm2, tsa");
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Unit> {
        HUTONG_QUERY(in, session,
                     "select 1 from nodes where id = $1 union all "
                     "select 1 from join_requests where node = $1 and state <> 'refused'",
                     with(request.node));
        if (!in.empty())
            co_return Error{ErrorCode::conflict, "node " + request.node + " asked already or is in"};
        const std::string digest = to_hex(sha256(token));
        HUTONG_QUERY(spent, session,
                     "update join_tokens set used = now() where digest = $1 and used is null and expires > "
                     "now() returning digest",
                     with(digest));
        if (spent.empty())
            co_return refused(
                "the join token is unknown, used or expired; make a new one with: hutong node invite");
        // One that was refused may try again with a new token.
        HUTONG_QUERY(old, session, "delete from join_requests where node = $1", with(request.node));
        const std::string shown = join_proof(token, request);
        HUTONG_QUERY(asked, session,
                     "insert into join_requests (node, token, url, proof) values ($1, $2, $3, $4)",
                     with(request.node, digest, request.url, shown));
        for (const auto& [key, csr] : request.requests) {
            HUTONG_QUERY(stored, session, "insert into join_keys (node, key, csr) values ($1, $2, $3)",
                         with(request.node, key, csr));
        }
        co_return co_await notify(session, request.node);
    });
}

Awaitable<Result<std::optional<JoinAnswer>>> Nodes::answer(std::string node) {
    HUTONG_QUERY(rows, pool_,
                 "select r.state, r.reason, k.key, k.chain, r.answer_proof from join_requests r join "
                 "join_keys k using (node) where r.node = $1",
                 with(node));
    if (rows.empty()) co_return not_found("node " + node + " has not asked to join");
    if (rows.text(0, 0) == "refused")
        co_return refused("the founder refused: " + std::string(rows.text(0, 1)));
    if (rows.text(0, 0) == "pending") co_return std::optional<JoinAnswer>();
    JoinAnswer answer{{}, std::string(rows.text(0, 4))};
    for (std::size_t i = 0; i < rows.size(); ++i)
        answer.chains[std::string(rows.text(i, 2))] = std::string(rows.text(i, 3));
    co_return std::optional<JoinAnswer>(std::move(answer));
}

Awaitable<Result<std::vector<JoinRequest>>> Nodes::pending() {
    HUTONG_QUERY(rows, pool_,
                 "select r.node, r.url, " + as_utc("r.made") +
                     ", k.key, k.csr, r.token, r.proof from join_requests r join join_keys k using (node) "
                     "where r.state = 'pending' order by r.made, r.node");
    std::vector<JoinRequest> result;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (result.empty() || result.back().node != rows.text(i, 0))
            result.push_back({std::string(rows.text(i, 0)),
                              std::string(rows.text(i, 1)),
                              {},
                              parse_utc(rows.text(i, 2)).value(),
                              std::string(rows.text(i, 5)),
                              std::string(rows.text(i, 6))});
        result.back().requests[std::string(rows.text(i, 3))] = std::string(rows.text(i, 4));
    }
    co_return result;
}

Awaitable<Unit> Nodes::admit(std::string node, PemByKey chains, std::string proof) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Unit> {
        HUTONG_QUERY(asked, session,
                     "update join_requests set state = 'admitted', answered = now(), answer_proof = $2 where "
                     "node = $1 and state = 'pending' returning url",
                     with(node, proof));
        if (asked.empty())
            co_return Error{ErrorCode::conflict, "the request of node " + node + " was answered already"};
        HUTONG_QUERY(keys, session, "select key from join_keys where node = $1", with(node));
        if (keys.size() != chains.size()) co_return invalid("each key of the join request needs a chain");
        for (const auto& [key, chain] : chains) {
            HUTONG_QUERY(stored, session,
                         "update join_keys set chain = $3 where node = $1 and key = $2 returning key",
                         with(node, key, chain));
            if (stored.empty()) co_return invalid("node " + node + " did not ask for key " + key);
        }
        HUTONG_QUERY(entered, session, "insert into nodes (id, url) values ($1, $2)",
                     with(node, std::string(asked.text(0, 0))));
        co_return co_await notify(session, node);
    });
}

Awaitable<Unit> Nodes::refuse(std::string node, std::string reason) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Unit> {
        HUTONG_QUERY(asked, session,
                     "update join_requests set state = 'refused', reason = $2, answered = now() where node = "
                     "$1 and state = 'pending' returning node",
                     with(node, reason));
        if (asked.empty())
            co_return Error{ErrorCode::conflict, "the request of node " + node + " was answered already"};
        co_return co_await notify(session, node);
    });
}

Awaitable<Unit> Nodes::seen(std::string id, std::string url) {
    HUTONG_QUERY(done, pool_, "update nodes set last_seen = now(), url = $2 where id = $1 returning id",
                 with(id, url));
    if (done.empty()) co_return not_found("node " + id + " never joined");
    co_return Unit{};
}

Awaitable<Result<std::vector<Node>>> Nodes::list() {
    HUTONG_QUERY(rows, pool_,
                 "select id, url, founder, " + as_utc("joined") + ", " + as_utc("last_seen") +
                     " from nodes order by joined");
    std::vector<Node> result;
    for (std::size_t i = 0; i < rows.size(); ++i)
        result.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), rows.boolean(i, 2),
                          parse_utc(rows.text(i, 3)).value(), parse_utc(rows.text(i, 4)).value()});
    co_return result;
}

}  // namespace hutong::registry
