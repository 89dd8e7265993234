#include "gateway/main/admin/admission.hpp"

namespace hutong::admin {

namespace {

using security::Officer;

// What his role lets an officer do with this command.
Result<void> is_duty_of(const Officer& officer, const Command& command, const json::object& arguments) {
    const std::string name(command.name);
    const std::string title(title_of(officer.role));
    if (!command.duty.has(officer.role))
        return refused(name + " is the work of the " + titles_of(command.duty) + ", not of the " + title);
    for (const Parameter& parameter : parameters_of(command.takes)) {
        const json::value* given = arguments.if_contains(parameter.name);
        if (parameter.reserved && *parameter.reserved != officer.role && given && !given->is_null())
            return refused("\"" + parameter.name + "\" of " + name + " is the " +
                           std::string(title_of(*parameter.reserved)) + "'s to say, not the " + title + "'s");
    }
    return {};
}

// What nobody can call yet.
bool is_draft(const json::object& arguments) {
    const json::value* draft = arguments.if_contains("draft");
    return draft && draft->is_bool() && draft->get_bool();
}

// Who lets a service in by `service approve` may let it in at once.
Result<void> approves_services(const Officer& officer, const Command& command) {
    const Duty duty = find_command("service.approve")->duty;
    if (duty.has(officer.role)) return {};
    return refused("approving " + std::string(command.name) + " is the work of the " + titles_of(duty) +
                   ", not of the " + std::string(title_of(officer.role)));
}

Result<Way> admit_owner(const Command& command, const Circumstances& circumstances) {
    if (is_owners(command) || is_anybodys(command)) return Way::run;
    if (circumstances.separated)
        return refused("the officers are separated, and the machine's owner is none of them: give " +
                       std::string(command.name) + " as an officer, with --as NAME");
    if (is_about_oneself(command))
        return refused("only an officer has an account: give the command with --as NAME");
    return Way::run;
}

}  // namespace

bool is_anybodys(const Command& command) {
    return command.effect == Effect::reads && command.duty.empty();
}

bool is_owners(const Command& command) {
    return command.effect == Effect::changes && command.duty.empty();
}

bool is_about_oneself(const Command& command) {
    return command.name == "me" || command.name.starts_with("me.");
}

Result<Way> admit(const Command& command, const json::object& arguments, const Caller& caller,
                  const Circumstances& circumstances) {
    if (!caller.officer && caller.channel != security::Channel::socket) return refused("nobody is signed in");
    if (!caller.officer) return admit_owner(command, circumstances);
    if (is_anybodys(command)) return Way::run;
    if (is_owners(command))
        return refused(std::string(command.name) +
                       " is the machine owner's alone, at the socket and without --as");
    HUTONG_TRY(is_duty_of(*caller.officer, command, arguments));
    if (is_about_oneself(command)) return Way::run;
    if (!caller.officer->unready.empty()) return refused(caller.officer->unready);
    const bool two = command.second == Second::always ||
                     (command.second == Second::may && circumstances.two_persons) ||
                     (command.second == Second::approval && circumstances.approval && !is_draft(arguments));
    return two ? Way::propose : Way::run;
}

Result<void> may_approve(const Command& command, const json::object& arguments, const Officer& first,
                         const Officer& second) {
    if (first.name == second.name) return refused("nobody is the second person of his own proposal");
    if (!second.unready.empty()) return refused(second.unready);
    if (!first.unready.empty())
        return refused(first.unready).at("the account of " + first.name + " may do nothing now");
    if (const auto still = is_duty_of(first, command, arguments); !still)
        return still.error().at("what " + first.name + " proposed is not allowed any more");
    if (command.second == Second::approval) return approves_services(second, command);
    if (command.second == Second::always) {
        if (!security::is_officers(second.role))
            return refused("the second person of " + std::string(command.name) + " is an officer, not a " +
                           std::string(title_of(second.role)));
        if (first.role != second.role) return {};
        return refused(std::string(command.name) + " needs a second person of another role than " +
                       first.name + ", who is a " + std::string(title_of(first.role)) + " too");
    }
    return is_duty_of(second, command, arguments);
}

}  // namespace hutong::admin
