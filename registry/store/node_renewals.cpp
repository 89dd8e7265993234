#include "registry/store/node_renewals.hpp"

#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

using Unit = Result<void>;

RenewalState state_of(std::string_view text) {
    if (text == "granted") return RenewalState::granted;
    return text == "refused" ? RenewalState::refused : RenewalState::pending;
}

Error answered_already(const RenewalRequest& request) {
    return {ErrorCode::conflict, "the request of node " + request.node + " for key " + request.key +
                                     " was answered or made anew meanwhile"};
}

}  // namespace

Awaitable<Unit> NodeRenewals::ask(RenewalRequest request) {
    HUTONG_QUERY(
        done, pool_,
        "insert into node_renewals (node, key, csr, renews, signature, signer, possession) values ($1, $2, "
        "$3, $4, $5, $6, $7) on conflict (node, key) do update set csr = excluded.csr, renews = "
        "excluded.renews, signature = excluded.signature, signer = excluded.signer, possession = "
        "excluded.possession, made = now(), state = 'pending', reason = '', chain = null, answered = null",
        with(request.node, request.key, request.csr, request.renews, pg::bytea(request.signature),
             pg::bytea(request.signer), pg::bytea(request.possession)));
    co_return Unit{};
}

Awaitable<Result<std::vector<RenewalAnswer>>> NodeRenewals::answers(std::string node) {
    HUTONG_QUERY(rows, pool_,
                 "select key, csr, state, reason, coalesce(chain, '') from node_renewals where node = $1 "
                 "order by key",
                 with(node));
    std::vector<RenewalAnswer> all;
    for (std::size_t row = 0; row < rows.size(); ++row)
        all.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)),
                       state_of(rows.text(row, 2)), std::string(rows.text(row, 3)),
                       std::string(rows.text(row, 4))});
    co_return all;
}

Awaitable<Result<std::vector<RenewalRequest>>> NodeRenewals::pending(RenewalPlace after) {
    HUTONG_QUERY(rows, pool_,
                 "select r.node, r.key, r.csr, r.renews, r.signature, r.signer, coalesce(j.url, ''), "
                 "r.made::text, r.possession from node_renewals r left join join_requests j using (node) "
                 "where r.state = "
                 "'pending' and (r.made, r.node, r.key) > ($1::timestamptz, $2, $3) order by r.made, r.node, "
                 "r.key limit 100",
                 with(after.made, after.node, after.key));
    std::vector<RenewalRequest> all;
    for (std::size_t row = 0; row < rows.size(); ++row)
        all.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)),
                       std::string(rows.text(row, 2)), std::string(rows.text(row, 3)), rows.bytes(row, 4),
                       rows.bytes(row, 5), std::string(rows.text(row, 6)), std::string(rows.text(row, 7)),
                       rows.bytes(row, 8)});
    co_return all;
}

Awaitable<Unit> NodeRenewals::grant(RenewalRequest request, std::string chain) {
    HUTONG_QUERY(
        done, pool_,
        "update node_renewals set state = 'granted', chain = $4, reason = '', answered = now() where "
        "node = $1 and key = $2 and csr = $3 and state = 'pending' returning node",
        with(request.node, request.key, request.csr, chain));
    if (done.empty()) co_return answered_already(request);
    co_return Unit{};
}

Awaitable<Unit> NodeRenewals::refuse(RenewalRequest request, std::string reason) {
    HUTONG_QUERY(done, pool_,
                 "update node_renewals set state = 'refused', reason = $4, answered = now() where node = $1 "
                 "and key = $2 and csr = $3 and state = 'pending' returning node",
                 with(request.node, request.key, request.csr, reason));
    if (done.empty()) co_return answered_already(request);
    co_return Unit{};
}

Awaitable<Result<bool>> NodeRenewals::hold_back(RenewalRequest request, std::string reason) {
    HUTONG_QUERY(done, pool_,
                 "update node_renewals set reason = $4 where node = $1 and key = $2 and csr = $3 and state = "
                 "'pending' and reason <> $4 returning node",
                 with(request.node, request.key, request.csr, reason));
    co_return !done.empty();
}

Awaitable<Result<std::vector<Bytes>>> NodeRenewals::authorities() {
    HUTONG_QUERY(rows, pool_, "select der from trusted_cas where own order by added, thumbprint limit 100");
    std::vector<Bytes> all;
    for (std::size_t row = 0; row < rows.size(); ++row) all.push_back(rows.bytes(row, 0));
    co_return all;
}

}  // namespace hutong::registry
