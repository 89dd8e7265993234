#include "gateway/main/admin/reach.hpp"

#include <algorithm>

#include "gateway/main/coroutine.hpp"
#include "registry/store/owners.hpp"

namespace hutong::admin {

namespace {

std::string text_in(const json::object& arguments, std::string_view name) {
    const json::value* given = arguments.if_contains(name);
    return given && given->is_string() ? std::string(given->get_string()) : std::string();
}

// "org/name"; what has no slash is nobody's.
std::string owner_of(const std::string& service) {
    const std::size_t slash = service.find('/');
    return slash == std::string::npos ? std::string() : service.substr(0, slash);
}

void add(std::vector<std::string>& all, std::string organisation) {
    if (!organisation.empty()) all.push_back(std::move(organisation));
}

}  // namespace

Leads leads_of(const Command& command, const json::object& arguments) {
    Leads leads;
    switch (command.subject) {
        case Subject::unnamed:
        case Subject::nobodys:
            break;
        case Subject::org:
            add(leads.organisations, text_in(arguments, "org"));
            break;
        case Subject::either:
            leads.consumer = text_in(arguments, "consumer");
            add(leads.organisations, owner_of(text_in(arguments, "service")));
            break;
        case Subject::service:
            add(leads.organisations, owner_of(text_in(arguments, "service")));
            break;
        case Subject::consumer:
            leads.consumer = text_in(arguments, "consumer");
            break;
        case Subject::asker:
        case Subject::decider:
            leads.request = text_in(arguments, "id");
            break;
        case Subject::entry:
            leads.entry = text_in(arguments, "id");
            break;
        case Subject::proposal:
            leads.proposal = text_in(arguments, "id");
            break;
    }
    return leads;
}

void mean_own_organisation(const Command& command, const security::Officer& officer,
                           json::object& arguments) {
    if (command.subject != Subject::org || officer.org.empty()) return;
    const json::value* given = arguments.if_contains("org");
    if (given && !given->is_null()) return;
    const auto parameters = parameters_of(command.takes);
    const bool optional = std::ranges::any_of(
        parameters, [](const Parameter& one) { return one.name == "org" && !one.required; });
    if (optional) arguments["org"] = officer.org;
}

Result<void> check_reach(const Command& command, const security::Officer& officer,
                         const std::vector<std::string>& organisations) {
    if (!security::is_agencys(officer.role) || command.subject == Subject::nobodys) return {};
    if (!officer.org.empty() && std::ranges::find(organisations, officer.org) != organisations.end())
        return {};
    return refused(std::string(command.name) + " of that is not for an account of " + officer.org +
                   ": name what is your own organisation's" +
                   (command.subject == Subject::either ? ", its consumer or its service" : ""));
}

Awaitable<Result<std::vector<std::string>>> organisations_touched(const Services& services,
                                                                  const Command& command,
                                                                  const json::object& arguments) {
    Leads leads = leads_of(command, arguments);
    std::vector<std::string> all = std::move(leads.organisations);
    if (!leads.consumer.empty()) {
        HUTONG_CO_ASSIGN(auto org, co_await registry::organisation_of_consumer(*services.database,
                                                                               std::move(leads.consumer)));
        if (org) add(all, std::move(*org));
    }
    if (!leads.request.empty()) {
        HUTONG_CO_ASSIGN(const auto sides,
                         co_await registry::sides_of_request(*services.database, std::move(leads.request)));
        if (sides) add(all, command.subject == Subject::asker ? sides->asker : sides->decider);
    }
    if (!leads.entry.empty()) {
        const auto entry = co_await services.resources->entry(std::move(leads.entry));
        if (entry.has_value()) add(all, entry->agency);
        if (entry.has_error() && entry.error().code == ErrorCode::unavailable) co_return entry.error();
    }
    if (!leads.proposal.empty()) {
        const auto proposal = co_await services.access.proposals.find(std::move(leads.proposal));
        if (proposal.has_value()) add(all, proposal->org);
        if (proposal.has_error() && proposal.error().code != ErrorCode::not_found) co_return proposal.error();
    }
    co_return all;
}

}  // namespace hutong::admin
