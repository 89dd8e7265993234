#include "gateway/main/daemon/renewal_answers.hpp"

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/renewal_proof.hpp"
#include "gateway/main/pem.hpp"
#include "security/pki/request.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds interval{1};

boost::json::object described(const registry::RenewalRequest& request) {
    return {{"node", request.node}, {"url", request.url}, {"key", request.key}};
}

// What is away comes back.
bool passes(const Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
}

}  // namespace

Awaitable<> RenewalAnswers::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval)) co_await answer_pending();
}

Awaitable<void> RenewalAnswers::answer_pending() {
    registry::RenewalPlace after;
    for (bool more = true; more;) {
        const auto pending = co_await parts_.renewals.pending(after);
        if (!pending) co_return;  // the database is away: the watch on it says so
        for (const registry::RenewalRequest& request : *pending) co_await answer(request);
        more = !pending->empty();
        if (more) after = {pending->back().made, pending->back().node, pending->back().key};
    }
}

// What is wrong with a request is refused. What cannot be done now waits, and the node is told why.
Awaitable<void> RenewalAnswers::answer(registry::RenewalRequest request) {
    const Result<std::string> chain = co_await check(request);
    if (chain.has_error()) {
        if (passes(chain.error())) co_return;
        co_await refuse(request, chain.error());
        co_return;
    }
    if (!chain->empty()) {
        (void)co_await parts_.renewals.grant(request, *chain);
        co_return;
    }
    KeyWish wish;
    wish.key = find_node_key(request.key);
    wish.csr = request.csr;
    wish.node = request.node;
    wish.url = request.url;
    wish.renews = request.renews;
    wish.actor = "hutong (node " + request.node + ")";
    wish.who = described(request);
    const auto issued = co_await parts_.certifier.certify(std::move(wish));
    if (issued.has_error()) {
        if (passes(issued.error()))
            co_await hold_back(request, issued.error());
        else
            co_await refuse(request, issued.error());
        co_return;
    }
    // A node that asked anew in between gets another one; this one was registered and goes nowhere.
    (void)co_await parts_.renewals.grant(request, issued->pem);
}

// What was certified for it already; empty: nothing.
Awaitable<Result<std::string>> RenewalAnswers::check(const registry::RenewalRequest& request) {
    if (find_node_key(request.key) == nullptr) co_return invalid("nodes have no key \"" + request.key + "\"");
    HUTONG_CO_TRY(check_renewal(request, parts_.authorities, system_clock().now()));
    HUTONG_CO_ASSIGN(const CertificateFacts signer, certificate_facts(request.signer));
    HUTONG_CO_ASSIGN(const auto registered, co_await parts_.certificates.find(signer.serial));
    if (registered.status != "valid")
        co_return refused("it is signed by a key whose certificate " + signer.serial + " is " +
                          registered.status + ": join the node anew (hutong node invite), with a new home");
    HUTONG_CO_TRY(co_await check_renewed(request));
    co_return co_await certified_before(request);
}

// Nothing takes the place of a revoked one; and of TLS, whose names are those of a row, the next certificate
// has no name that the one before had not.
Awaitable<Result<void>> RenewalAnswers::check_renewed(const registry::RenewalRequest& request) {
    const auto renewed = co_await parts_.certificates.find(request.renews);
    if (renewed.has_error() && renewed.error().code != ErrorCode::not_found) co_return renewed.error();
    if (renewed.has_value() && renewed->status == "revoked")
        co_return refused("certificate " + request.renews + ", which it renews, is revoked");
    if (find_node_key(request.key)->profile != security::Profile::tls_server) co_return Result<void>();
    if (renewed.has_error())
        co_return refused("certificate " + request.renews +
                          ", which it renews, is none of this platform: join the node anew (hutong node "
                          "invite), with a new home");
    HUTONG_CO_ASSIGN(const Bytes der, certificate_from_pem(renewed->pem));
    co_return check_same_host(request, der, parts_.authorities);
}

// A renewal is a new key, and gets one certificate: a request that was answered and is put back, or was
// certified when this node ended before it said so, gets that one again.
Awaitable<Result<std::string>> RenewalAnswers::certified_before(const registry::RenewalRequest& request) {
    HUTONG_CO_ASSIGN(const security::RequestFacts asked, security::read_request(request.csr));
    HUTONG_CO_ASSIGN(const std::string serial, co_await parts_.certificates.with_key(asked.thumbprint));
    if (serial.empty()) co_return std::string();
    HUTONG_CO_ASSIGN(const auto known, co_await parts_.certificates.find(serial));
    if (!request.renews.empty() && known.renews == request.renews && known.status == "valid" &&
        known.profile == profile_name(*find_node_key(request.key)))
        co_return known.pem;
    co_return refused("its key is that of certificate " + serial + " already: a renewal is of a new key");
}

Awaitable<void> RenewalAnswers::refuse(const registry::RenewalRequest& request, Error why) {
    std::string reason = why.detail;
    const Result<void> done = co_await parts_.renewals.refuse(request, std::move(reason));
    if (done) co_await record(request, why);
}

Awaitable<void> RenewalAnswers::hold_back(const registry::RenewalRequest& request, Error why) {
    std::string reason = why.detail;
    const Result<bool> news = co_await parts_.renewals.hold_back(request, std::move(reason));
    if (news && *news) co_await record(request, why);
}

Awaitable<void> RenewalAnswers::record(const registry::RenewalRequest& request, const Error& why) {
    log(MessageId::HT4027, {{"node", request.node}, {"key", request.key}, {"reason", why.detail}});
    auto what = described(request);
    std::string outcome(to_string(why.code)), reason = why.detail;
    (void)co_await parts_.records.write("node.certificate", std::move(what), std::move(outcome),
                                        std::move(reason));
}

}  // namespace hutong::daemon
