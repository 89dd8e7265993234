// The admin audit log as auditors read it, and the table of commands itself.
#include <deque>
#include <map>
#include <memory>

#include <boost/json/parse.hpp>

#include "base/asio.hpp"
#include "gateway/main/admin/admission.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

constexpr std::int64_t most_listed = 10'000;

struct Filter {
    std::optional<TimePoint> since;
    std::optional<std::string> officer, command, outcome;
    std::size_t limit{100};
};

bool fits(const std::optional<std::string>& wanted, std::string_view found) {
    return !wanted || *wanted == found;
}

json::object content_of(const security::Record& record) {
    boost::system::error_code wrong;
    json::value content = json::parse(record.content, wrong);
    return !wrong && content.is_object() ? std::move(content.get_object()) : json::object();
}

std::string_view text_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

// Who gave the command; of a failed sign-in, whose account was tried.
std::string_view officer_in(std::string_view command, const json::object& content) {
    const auto officer = text_in(content, "officer");
    if (!officer.empty() || command != "me.sign-in") return officer;
    const json::value* arguments = content.if_contains("arguments");
    return arguments && arguments->is_object() ? text_in(arguments->get_object(), "officer") : officer;
}

json::object told(const security::StoredRecord& stored, json::object content) {
    const security::Record& record = stored.record;
    json::object said{{"sequence", stored.position.sequence},
                      {"exchange", record.exchange},
                      {"time", format_utc(record.time)},
                      {"command", record.operation},
                      {"outcome", record.outcome},
                      {"reason", record.reason},
                      {"who", record.remote}};
    for (auto& member : content) said[member.key()] = std::move(member.value());
    return said;
}

// The newest of those that fit, newest first.
Result<json::array> read_audit(const std::filesystem::path& journal, const Filter& filter) {
    std::deque<json::object> newest;
    HUTONG_TRY(security::for_each_record(journal, filter.since, [&](const security::StoredRecord& stored) {
        const security::Record& record = stored.record;
        if (record.kind != security::RecordKind::admin || !fits(filter.command, record.operation) ||
            !fits(filter.outcome, record.outcome))
            return;
        json::object content = content_of(record);
        if (!fits(filter.officer, officer_in(record.operation, content))) return;
        newest.push_front(told(stored, std::move(content)));
        if (newest.size() > filter.limit) newest.pop_back();
    }));
    json::array all;
    for (json::object& one : newest) all.push_back(std::move(one));
    return all;
}

// "publisher of gs"; an officer's is his role alone.
std::string role_and_org(std::string_view role, std::string_view org) {
    return std::string(role) + (org.empty() ? "" : " of ") + std::string(org);
}

// The roles that were given on this node, by the names of the accounts.
Result<std::map<std::string, std::string, std::less<>>> journaled_roles(
    const std::filesystem::path& journal) {
    std::map<std::string, std::string, std::less<>> roles;
    HUTONG_TRY(security::for_each_record(journal, std::nullopt, [&](const security::StoredRecord& stored) {
        const security::Record& record = stored.record;
        if (record.kind != security::RecordKind::admin ||
            (record.operation != "officers.add" && record.operation != "account.add") ||
            record.outcome != "ok")
            return;
        const json::object content = content_of(record);
        const json::value* arguments = content.if_contains("arguments");
        if (arguments && arguments->is_object())
            roles.emplace(text_in(arguments->get_object(), "name"),
                          role_and_org(text_in(arguments->get_object(), "role"),
                                       text_in(arguments->get_object(), "org")));
    }));
    return roles;
}

json::array titles(Duty duty) {
    json::array all;
    for (const security::Role role : security::all_roles)
        if (duty.has(role)) all.push_back(json::value(security::to_string(role)));
    return all;
}

}  // namespace

Answer audit_list(Services& services, const Arguments& arguments) {
    Filter filter;
    HUTONG_CO_ASSIGN(const auto since, arguments.optional_text("since"));
    if (since) {
        HUTONG_CO_ASSIGN(filter.since, parse_utc(*since));
    }
    HUTONG_CO_ASSIGN(filter.officer, arguments.optional_text("officer"));
    HUTONG_CO_ASSIGN(filter.command, arguments.optional_text("command"));
    HUTONG_CO_ASSIGN(filter.outcome, arguments.optional_text("outcome"));
    HUTONG_CO_ASSIGN(const std::int64_t limit, arguments.number("limit", 100));
    if (limit < 1 || limit > most_listed)
        co_return invalid("argument \"limit\" must be from 1 to " + std::to_string(most_listed));
    filter.limit = static_cast<std::size_t>(limit);
    // Shared, since g++ 12 destroys a closure that run_on() makes inside its co_await twice.
    const auto shared = std::make_shared<const Filter>(std::move(filter));
    const auto journal = std::make_shared<const std::filesystem::path>(services.home.journal());
    auto read = [shared, journal] { return read_audit(*journal, *shared); };
    HUTONG_CO_ASSIGN(json::array all, co_await run_on(services.blocking, std::move(read)));
    co_return json::value(std::move(all));
}

// A row that was edited in the database, by whoever owns it, does not fit what the journal has of its making.
Answer audit_accounts(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto accounts, co_await services.access.accounts.list());
    const auto journal = std::make_shared<const std::filesystem::path>(services.home.journal());
    auto read = [journal] { return journaled_roles(*journal); };
    HUTONG_CO_ASSIGN(const auto roles, co_await run_on(services.blocking, std::move(read)));
    json::array all;
    for (const security::Account& account : accounts) {
        const std::string role = role_and_org(to_string(account.role), account.org);
        const auto made = roles.find(account.name);
        const bool here = made != roles.end();
        all.push_back(json::object{{"name", account.name},
                                   {"role", role},
                                   {"journaled_role", here ? json::value(made->second) : json::value()},
                                   {"state", !here                  ? "not in this journal"
                                             : made->second == role ? "as journaled"
                                                                    : "ALTERED"}});
    }
    co_return json::value(std::move(all));
}

Answer commands_list(Services&, const Arguments&) {
    json::array all;
    for (const Command& command : command_table()) {
        json::array takes;
        for (const Parameter& parameter : parameters_of(command.takes))
            takes.push_back(json::object{
                {"name", parameter.name},
                {"kind", to_string(parameter.kind)},
                {"required", parameter.required},
                {"secret", parameter.secret},
                {"reserved", parameter.reserved ? json::value(security::to_string(*parameter.reserved))
                                                : json::value()}});
        constexpr std::string_view subjects[] = {"unnamed", "nobodys", "org",     "service", "consumer",
                                                 "either",  "asker",   "decider", "entry",   "proposal"};
        constexpr std::string_view seconds[] = {"never", "may", "always", "approval"};
        all.push_back(json::object{{"command", command.name},
                                   {"effect", command.effect == Effect::reads ? "reads" : "changes"},
                                   {"roles", titles(command.duty)},
                                   {"who", is_anybodys(command) ? "anyone"
                                           : is_owners(command) ? "owner"
                                                                : "officers"},
                                   {"second", seconds[static_cast<int>(command.second)]},
                                   {"subject", subjects[static_cast<int>(command.subject)]},
                                   {"takes", std::move(takes)}});
    }
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
