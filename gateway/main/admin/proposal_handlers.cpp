// What needs two persons, and what the first one proposed: hutong officers two-persons, hutong proposals.
#include <algorithm>

#include <boost/json/parse.hpp>

#include "gateway/main/admin/admission.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

using security::Proposal;

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::object told(const Proposal& proposal) {
    return {{"id", proposal.id},
            {"command", proposal.command},
            {"proposer", proposal.proposer},
            {"made", format_utc(proposal.made)},
            {"expires", format_utc(proposal.expires)},
            {"state", proposal.state},
            {"decided_by", text_or_null(proposal.decided_by)},
            {"org", text_or_null(proposal.org)},
            {"outcome", text_or_null(proposal.outcome)},
            {"digest", proposal.digest}};
}

// What a proposal asks for, as it would be done now.
struct Proposed {
    const Command* command;
    json::object arguments;
};

Result<Proposed> meaning_of(const Proposal& proposal) {
    const Command* command = find_command(proposal.command);
    if (!command) return not_found("there is no command " + proposal.command + " any more");
    boost::system::error_code wrong;
    json::value arguments = json::parse(proposal.arguments, wrong);
    if (wrong || !arguments.is_object())
        return Error{ErrorCode::corrupt, "the arguments of proposal " + proposal.id + " are no JSON object"};
    HUTONG_TRY(check_arguments(parameters_of(command->takes), arguments.get_object()));
    return Proposed{command, std::move(arguments.get_object())};
}

// "ok", and which certificate came of it, so that the first person finds it (hutong cert show).
std::string outcome_of(const Result<json::value>& done) {
    if (done.has_error()) return std::string(to_string(done.error().code)) + ": " + done.error().detail;
    const json::value* serial = done->is_object() ? done->get_object().if_contains("serial") : nullptr;
    return serial && serial->is_string() ? "ok, certificate " + std::string(serial->get_string()) : "ok";
}

Answer set_two_persons(Services& services, const Arguments& arguments, bool needed) {
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("command"));
    const Command* command = find_command(name);
    if (!command) co_return not_found("there is no command " + name + "; see: hutong commands");
    if (command->second == Second::always)
        co_return invalid(name + " always needs two persons, and that cannot be changed");
    if (command->second == Second::approval)
        co_return invalid(name +
                          " needs approval by another person as soon as the officers are separated or "
                          "agencies have accounts, and that cannot be changed");
    if (command->second == Second::never) co_return invalid(name + " cannot be set to need two persons");
    const std::vector<std::string> all = chosen_with(*command);
    HUTONG_CO_TRY(co_await services.access.separation.set_two_persons(all, needed));
    co_return json::value(json::object{
        {"command", name}, {"two_persons", needed}, {"commands", json::array(all.begin(), all.end())}});
}

Answer decide(Services& services, const Arguments& arguments, std::string state) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_ASSIGN(const std::string id, arguments.text("id"));
    HUTONG_CO_ASSIGN(const Proposal proposal, co_await services.access.proposals.find(id));
    const bool own = proposal.proposer == officer.name;
    if (state == "withdrawn" && !own)
        co_return refused("proposal " + id + " is " + proposal.proposer +
                          "'s to withdraw; refuse it instead");
    if (state == "refused" && own)
        co_return refused("the proposal is your own: withdraw it with hutong proposals withdraw " + id);
    if (state == "refused" && security::is_agencys(officer.role)) {
        // What he could not approve is not his to refuse.
        HUTONG_CO_ASSIGN(const Proposed proposed, meaning_of(proposal));
        HUTONG_CO_ASSIGN(const security::Officer first,
                         co_await services.access.accounts.officer(proposal.proposer));
        HUTONG_CO_TRY(may_approve(*proposed.command, proposed.arguments, first, officer));
    }
    HUTONG_CO_TRY(co_await services.access.proposals.decide(id, state, officer.name));
    co_return json::value(json::object{{"id", id}, {"state", state}});
}

}  // namespace

Answer two_persons_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto chosen, co_await services.access.separation.two_person_commands());
    json::array all;
    for (const Command& command : command_table()) {
        if (command.second == Second::never || command.second == Second::approval) continue;
        const bool always = command.second == Second::always;
        const auto names = chosen_with(command);
        const bool two = std::ranges::any_of(names, [&](const auto& name) { return chosen.contains(name); });
        all.push_back(json::object{{"command", command.name},
                                   {"two_persons", always || two},
                                   {"always", always},
                                   {"together_with", json::array(names.begin(), names.end())}});
    }
    co_return json::value(std::move(all));
}

Answer two_persons_on(Services& services, const Arguments& arguments) {
    return set_two_persons(services, arguments, true);
}

Answer two_persons_off(Services& services, const Arguments& arguments) {
    return set_two_persons(services, arguments, false);
}

Answer proposals_list(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const auto org, arguments.optional_text("org"));
    std::string of = org.value_or("");
    HUTONG_CO_ASSIGN(const auto proposals, co_await services.access.proposals.list(std::move(of)));
    json::array all;
    for (const Proposal& proposal : proposals) all.push_back(told(proposal));
    co_return json::value(std::move(all));
}

Answer proposals_show(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string id, arguments.text("id"));
    HUTONG_CO_ASSIGN(const Proposal proposal, co_await services.access.proposals.find(id));
    HUTONG_CO_ASSIGN(Proposed proposed, meaning_of(proposal));
    json::object said = told(proposal);
    said["arguments"] = std::move(proposed.arguments);
    co_return json::value(std::move(said));
}

// Everything is looked at again as it is now: the account and the duty of the first person, the duty of the
// second, the arguments, and then, by the command itself, the world.
Answer proposals_approve(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer second, arguments.officer());
    HUTONG_CO_ASSIGN(const std::string id, arguments.text("id"));
    HUTONG_CO_ASSIGN(const Proposal proposal, co_await services.access.proposals.find(id));
    if (proposal.state != "waiting")
        co_return Error{ErrorCode::conflict, "proposal " + id + " is " + proposal.state};
    HUTONG_CO_ASSIGN(Proposed proposed, meaning_of(proposal));
    HUTONG_CO_ASSIGN(security::Officer first, co_await services.access.accounts.officer(proposal.proposer));
    HUTONG_CO_TRY(may_approve(*proposed.command, proposed.arguments, first, second));
    HUTONG_CO_TRY(co_await services.access.proposals.decide(id, "approved", second.name));

    Caller both = arguments.caller();
    both.officer = std::move(first);
    both.approver = second.name;
    const Result<json::value> done =
        co_await services.run_approved(proposal.command, std::move(proposed.arguments), std::move(both));
    // Only for people who look at the proposal later; the journal has the outcome already. The result may
    // hold what is shown once, so it is given back in any case.
    const auto noted = co_await services.access.proposals.say_outcome(id, outcome_of(done));
    if (done.has_error()) co_return done.error().at("approved, but " + proposal.command + " failed");
    json::object said{{"id", id}, {"command", proposal.command}, {"result", *done}};
    if (noted.has_error()) said["not_noted"] = noted.error().detail;
    co_return json::value(std::move(said));
}

Answer proposals_refuse(Services& services, const Arguments& arguments) {
    return decide(services, arguments, "refused");
}

Answer proposals_withdraw(Services& services, const Arguments& arguments) {
    return decide(services, arguments, "withdrawn");
}

}  // namespace hutong::admin
