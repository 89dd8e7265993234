#include "gateway/main/daemon/join_answers.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/public_url.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds interval{1};
constexpr const char* record = "node.join";

// As `hutong join` makes one (base/ids): it goes into certificates and stands for the node from then on.
bool is_node_id(std::string_view id) {
    if (id.size() != 36) return false;
    for (std::size_t at = 0; at < id.size(); ++at) {
        const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
        if (dash ? id[at] != '-'
                 : std::string_view("0123456789abcdef").find(id[at]) == std::string_view::npos)
            return false;
    }
    return true;
}

Error not_by(const Invitation& invitation, const std::string& why) {
    return refused("it was invited by " + invitation.by + ", " + why +
                   ": have it invited again with hutong node invite");
}

}  // namespace

Awaitable<> JoinAnswers::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval)) co_await answer_pending();
}

Awaitable<void> JoinAnswers::answer_pending() {
    const auto pending = co_await parts_.nodes.pending();
    if (!pending) co_return;  // the database is away: the watch on it says so
    for (const registry::JoinRequest& request : *pending) co_await answer(request);
}

Awaitable<void> JoinAnswers::answer(registry::JoinRequest request) {
    boost::json::object who{{"node", request.node}, {"url", request.url}, {"invitation", request.invitation}};
    const Result<Invitation> invitation = invitation_of(request);
    Result<void> admitted;
    if (invitation.has_error()) {
        admitted = invitation.error();
    } else {
        who["invited_by"] = invitation->by;
        admitted = co_await admit(request, *invitation, who);
    }
    if (admitted) {
        invitations_.forget(request.invitation);
        log(MessageId::HT1007, {{"command", "join"}, {"node", request.node}, {"url", request.url}});
        co_return;
    }
    const Error why = admitted.error();
    log(MessageId::HT1008, {{"command", "join"}, {"node", request.node}, {"reason", why.detail}});
    // What is away comes back; what is wrong with the request does not.
    if (why.code == ErrorCode::unavailable || why.code == ErrorCode::timeout) co_return;
    if (invitation) invitations_.forget(request.invitation);
    const Result<void> refused = co_await parts_.nodes.refuse(request.node, why.detail);
    if (!refused)
        log(MessageId::HT1008,
            {{"command", "join"}, {"node", request.node}, {"reason", refused.error().detail}});
    std::string outcome(to_string(why.code)), reason = why.detail;
    (void)co_await parts_.records.write(record, std::move(who), std::move(outcome), std::move(reason));
}

Result<Invitation> JoinAnswers::invitation_of(const registry::JoinRequest& request) const {
    HUTONG_ASSIGN(Invitation found, invitations_.find(request.invitation, system_clock().now()));
    const std::string proof = registry::join_proof(found.token, request);
    if (!equal_in_constant_time(as_bytes(proof), as_bytes(request.proof)))
        return refused(
            "it does not show that it has the token of its invitation: it was not made by hutong join of "
            "this version, or was changed in the database");
    return found;
}

Awaitable<Result<void>> JoinAnswers::check(const registry::JoinRequest& request,
                                           const Invitation& invitation) {
    if (!is_node_id(request.node))
        co_return invalid("\"" + request.node + "\" is no node's id, which hutong join makes (a UUID)");
    if (!invitation.node.empty() && invitation.node != request.node)
        co_return refused("its invitation was used already, by node " + invitation.node +
                          ": invite it here with hutong node invite");
    HUTONG_CO_TRY(check_public_url(request.url));
    HUTONG_CO_TRY(co_await check_inviter(invitation));
    // Before anything is certified: also what is certified and goes nowhere would bear its name.
    HUTONG_CO_ASSIGN(const auto known, co_await parts_.nodes.list());
    if (request.node == parts_.node || std::ranges::count(known, request.node, &registry::Node::id) != 0)
        co_return Error{ErrorCode::conflict, "node " + request.node + " is in already"};
    co_return Result<void>();
}

// As for a command that is given now: who may invite no more has invited nobody.
Awaitable<Result<void>> JoinAnswers::check_inviter(const Invitation& invitation) {
    if (invitation.officer.empty()) {
        HUTONG_CO_ASSIGN(const auto separated, co_await parts_.access.separation.since());
        if (separated)
            co_return not_by(invitation, "the machine's owner, before the officers were separated");
        co_return Result<void>();
    }
    const auto officer = co_await parts_.access.accounts.officer(invitation.officer);
    const bool may_not = officer.has_error() && (officer.error().code == ErrorCode::refused ||
                                                 officer.error().code == ErrorCode::not_found);
    if (may_not) co_return not_by(invitation, "who has no account any more that may do so");
    if (officer.has_error()) co_return officer.error();
    if (officer->role != security::Role::security) co_return not_by(invitation, "who is no security officer");
    co_return Result<void>();
}

// Nothing leaves before it is in the journal, with the name of who invited.
Awaitable<Result<void>> JoinAnswers::admit(const registry::JoinRequest& request, const Invitation& invitation,
                                           const boost::json::object& who) {
    HUTONG_CO_TRY(co_await check(request, invitation));
    // Whether a row was written that was to say so may never be known: the database can go away meanwhile.
    Invitation taken = invitation;
    taken.node = request.node;
    HUTONG_CO_TRY(invitations_.keep(taken));
    registry::PemByKey chains;
    for (const auto& [name, csr] : request.requests) {
        KeyWish wish;
        wish.key = find_node_key(name);
        if (!wish.key) co_return invalid("nodes have no key \"" + name + "\"");
        wish.csr = csr;
        wish.node = request.node;
        wish.url = request.url;
        wish.actor = "hutong (node " + request.node + ", invited by " + invitation.by + ")";
        wish.who = who;
        HUTONG_CO_ASSIGN(const security::Issued issued, co_await parts_.certifier.certify(std::move(wish)));
        chains.emplace(name, issued.pem);
    }
    std::string proof = registry::answer_proof(invitation.token, request.node, chains);
    HUTONG_CO_TRY(co_await parts_.nodes.admit(request.node, std::move(chains), std::move(proof)));
    boost::json::object what = who;
    co_return co_await parts_.records.write(record, std::move(what), "ok");
}

}  // namespace hutong::daemon
