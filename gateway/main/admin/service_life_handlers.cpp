// service.submit, approve, refuse, online, deprecate, offline, retire, history, drafts, diff;
// consumer.warnings.
#include <limits>

#include "gateway/main/admin/edits.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

json::value told(const registry::LifeOutcome& outcome) {
    const registry::Service& service = outcome.service;
    json::object said{{"service", service.id()},
                      {"version", service.version},
                      {"revision", outcome.revision},
                      {"status", registry::to_string(service.status)},
                      {"ends", service.ends ? json::value(format_utc(*service.ends)) : json::value()},
                      {"consumers", json::array(outcome.consumers.begin(), outcome.consumers.end())}};
    tell_replaced(outcome.replaced, said);
    return said;
}

Result<registry::LifeChange> change_of(Services& services, const Arguments& arguments,
                                       std::string_view command) {
    registry::LifeChange change;
    change.command = command;
    change.actor = services.actor;
    change.person = services.person;
    HUTONG_ASSIGN(change.service, arguments.text("service"));
    HUTONG_ASSIGN(const std::optional<std::string> reason, arguments.optional_text("reason"));
    change.reason = reason.value_or("");
    HUTONG_ASSIGN(const std::optional<std::string> end, arguments.optional_text("end"));
    if (end) {
        HUTONG_ASSIGN(change.ends, registry::parse_day_or_time("end", *end));
    }
    HUTONG_ASSIGN(change.edit, edit_of(services, arguments));
    HUTONG_ASSIGN(const std::optional<bool> force, arguments.flag("force"));
    change.force = force.value_or(false);
    return change;
}

Answer take_step(Services& services, const Arguments& arguments, std::string_view command) {
    HUTONG_CO_ASSIGN(registry::LifeChange change, change_of(services, arguments, command));
    HUTONG_CO_ASSIGN(const registry::LifeOutcome outcome, co_await services.life->change(std::move(change)));
    co_return told(outcome);
}

}  // namespace

Answer service_submit(Services& services, const Arguments& arguments) {
    return take_step(services, arguments, "submit");
}

Answer service_approve(Services& services, const Arguments& arguments) {
    return take_step(services, arguments, "approve");
}

Answer service_refuse(Services& services, const Arguments& arguments) {
    return take_step(services, arguments, "refuse");
}

Answer service_online(Services& services, const Arguments& arguments) {
    return take_step(services, arguments, "online");
}

Answer service_deprecate(Services& services, const Arguments& arguments) {
    return take_step(services, arguments, "deprecate");
}

Answer service_offline(Services& services, const Arguments& arguments) {
    return take_step(services, arguments, "offline");
}

Answer service_retire(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(registry::LifeChange change, change_of(services, arguments, "offline"));
    HUTONG_CO_ASSIGN(const registry::LifeOutcome outcome, co_await services.life->retire(std::move(change)));
    co_return told(outcome);
}

Answer service_drafts(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const auto org, arguments.optional_text("org"));
    HUTONG_CO_ASSIGN(const auto drafts, co_await services.life->uddi_drafts());
    json::array all;
    for (const registry::UddiDraft& draft : drafts) {
        if (org && *org != draft.org) continue;
        all.push_back(json::object{
            {"service", draft.id()}, {"status", "draft"}, {"wsdl", draft.wsdl}, {"uddi_key", draft.key}});
    }
    co_return json::value(std::move(all));
}

Answer service_history(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("service"));
    HUTONG_CO_ASSIGN(const auto records, co_await services.life->history(std::move(id)));
    json::array all;
    for (const registry::ServiceRecord& record : records)
        all.push_back(json::object{
            {"at", format_utc(record.at)},
            {"version", record.version},
            {"from", record.from ? json::value(registry::to_string(*record.from)) : json::value()},
            {"to", registry::to_string(record.to)},
            {"actor", record.actor},
            {"reason", record.reason}});
    co_return json::value(std::move(all));
}

namespace {

Result<std::optional<unsigned>> version_in(const Arguments& arguments, std::string_view name) {
    HUTONG_ASSIGN(const std::int64_t number, arguments.number(name, 0));
    if (number < 0 || number > std::numeric_limits<int>::max())
        return invalid(std::string(name) + ": " + std::to_string(number) + " is no version");
    if (number == 0) return std::optional<unsigned>();
    return std::optional<unsigned>(static_cast<unsigned>(number));
}

}  // namespace

Answer service_diff(Services& services, const Arguments& arguments) {
    registry::DiffRequest request;
    HUTONG_CO_ASSIGN(request.service, arguments.text("service"));
    HUTONG_CO_ASSIGN(request.from, version_in(arguments, "from"));
    HUTONG_CO_ASSIGN(request.to, version_in(arguments, "to"));
    HUTONG_CO_ASSIGN(const auto main, arguments.optional_text("main"));
    if (main && request.to) co_return invalid("compare with a version or with a file, not with both");
    if (main) {
        HUTONG_CO_ASSIGN(request.bundle, bundle_of(arguments));
    }
    HUTONG_CO_ASSIGN(const registry::VersionDiff found, co_await services.life->diff(std::move(request)));
    json::object said{{"from", found.from},
                      {"to", nullptr},
                      {"breaking", wsdl::breaks_any(found.changes)},
                      {"changes", told(found.changes)},
                      {"consumers", json::array(found.consumers.begin(), found.consumers.end())}};
    if (found.to) said["to"] = *found.to;
    co_return json::value(std::move(said));
}

Answer consumer_warnings(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("consumer"));
    HUTONG_CO_ASSIGN(const auto warnings, co_await services.life->warnings(std::move(id)));
    json::array all;
    for (const registry::RetirementWarning& warning : warnings)
        all.push_back(
            json::object{{"service", warning.service},
                         {"ends", format_utc(warning.ends)},
                         {"deprecated", format_utc(warning.deprecated)},
                         {"operations", json::array(warning.operations.begin(), warning.operations.end())},
                         {"reason", warning.reason}});
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
