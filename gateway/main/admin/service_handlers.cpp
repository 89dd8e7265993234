#include "base/bytes.hpp"
#include "gateway/main/admin/edits.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/services/security_service.hpp"
#include "registry/model/policy_document.hpp"

namespace hutong::admin {

namespace {

std::string_view severity_text(wsdl::Severity severity) {
    switch (severity) {
        case wsdl::Severity::error:
            return "error";
        case wsdl::Severity::warning:
            return "warning";
        case wsdl::Severity::note:
            break;
    }
    return "note";
}

json::array told(const std::vector<wsdl::Finding>& findings) {
    json::array all;
    for (const wsdl::Finding& finding : findings)
        all.push_back(json::object{{"severity", severity_text(finding.severity)},
                                   {"rule", finding.rule},
                                   {"place", finding.place.text()},
                                   {"text", finding.text}});
    return all;
}

std::string address(const Services& services, const std::string& service) {
    return services.public_url() + "/services/" + service;
}

json::object told(const Services& services, const registry::Service& service) {
    return json::object{
        {"service", service.id()},
        {"url", address(services, service.id())},
        {"version", service.version},
        {"contract", service.contract},
        {"wsdl_service", service.wsdl_service},
        {"endpoints", json::array(service.endpoints.begin(), service.endpoints.end())},
        {"policy", registry::to_string(service.policy)},
        {"status", registry::to_string(service.status)},
        {"journal", service.journal ? json::value(registry::to_string(*service.journal)) : json::value()},
        {"forward", registry::to_string(service.forward)},
        {"validate", service.validate},
        {"deprecated", service.deprecated ? json::value(format_utc(*service.deprecated)) : json::value()},
        {"ends", service.ends ? json::value(format_utc(*service.ends)) : json::value()},
        {"changed", format_utc(service.changed)}};
}

json::object told_policy(const registry::Service& service, const std::string& revision) {
    const auto weak = registry::weaknesses(service.policy, service.security);
    return {{"service", service.id()},
            {"revision", revision},
            {"policy", registry::policy_document(service)},
            {"weaknesses", json::array(weak.begin(), weak.end())}};
}

json::object told_publication(const Services& services, const std::string& id,
                              const registry::PublishOutcome& outcome) {
    json::object said{{"service", id},
                      {"url", address(services, id)},
                      {"wsdl", address(services, id) + "?wsdl"},
                      {"version", outcome.version},
                      {"revision", outcome.revision},
                      {"changed", outcome.changed}};
    tell_replaced(outcome.replaced, said);
    return said;
}

}  // namespace

Result<wsdl::Bundle> bundle_of(const Arguments& arguments) {
    wsdl::Bundle bundle;
    HUTONG_ASSIGN(bundle.main, arguments.text("main"));
    HUTONG_ASSIGN(const json::object* files, arguments.object("files"));
    for (const auto& [path, content] : *files) {
        if (!content.is_string())
            return invalid("file " + std::string(path) + " of the contract is not base64 text");
        auto bytes = from_base64(content.get_string());
        if (!bytes) return bytes.error().at("file " + std::string(path) + " of the contract");
        bundle.files.emplace(path, as_text(*bytes));
    }
    if (!bundle.files.contains(bundle.main)) return invalid("the contract has no file " + bundle.main);
    return bundle;
}

json::array told(const std::vector<wsdl::Change>& changes) {
    json::array all;
    for (const wsdl::Change& change : changes)
        all.push_back(json::object{
            {"where", change.where}, {"what", change.what}, {"breaks", wsdl::to_string(change.breaks)}});
    return all;
}

Answer service_publish(Services& services, const Arguments& arguments) {
    registry::PublishRequest request;
    HUTONG_CO_ASSIGN(request.org, arguments.text("org"));
    HUTONG_CO_ASSIGN(request.name, arguments.text("name"));
    HUTONG_CO_ASSIGN(request.bundle, bundle_of(arguments));
    HUTONG_CO_ASSIGN(request.endpoints, arguments.texts("endpoints"));
    HUTONG_CO_ASSIGN(const auto wsdl_service, arguments.optional_text("wsdl_service"));
    request.wsdl_service = wsdl_service.value_or("");
    HUTONG_CO_ASSIGN(const auto policy, arguments.optional_text("policy"));
    if (policy) {
        HUTONG_CO_ASSIGN(request.policy, registry::policy_from(*policy));
    }
    HUTONG_CO_ASSIGN(const auto document, arguments.optional_text("policy_document"));
    request.policy_document = document.value_or("");
    HUTONG_CO_ASSIGN(const auto name, arguments.optional_text("policy_name"));
    if (name) request.policy_name = *name;
    HUTONG_CO_ASSIGN(const auto journal, arguments.optional_text("journal"));
    if (journal) {
        HUTONG_CO_ASSIGN(request.journal, registry::journal_level_from(*journal));
    }
    HUTONG_CO_ASSIGN(const auto forward, arguments.optional_text("forward"));
    if (forward) {
        HUTONG_CO_ASSIGN(request.forward, registry::forward_from(*forward));
    }
    HUTONG_CO_ASSIGN(request.validate, arguments.flag("validate"));
    HUTONG_CO_ASSIGN(const auto draft, arguments.flag("draft"));
    request.draft = draft.value_or(false);
    HUTONG_CO_ASSIGN(const auto accept_breaking, arguments.flag("accept_breaking"));
    request.accept_breaking = accept_breaking.value_or(false);
    HUTONG_CO_ASSIGN(const auto reason, arguments.optional_text("reason"));
    request.reason = reason.value_or("");
    request.actor = services.actor;
    request.person = services.person;
    HUTONG_CO_ASSIGN(request.edit, edit_of(services, arguments));
    const std::string id = request.org + "/" + request.name;
    HUTONG_CO_ASSIGN(const registry::PublishOutcome outcome,
                     co_await services.publication.publish(std::move(request)));
    json::object said = told_publication(services, id, outcome);
    said["changes"] = told(outcome.changes);
    said["findings"] = told(outcome.findings);
    co_return json::value(std::move(said));
}

// A service of this program, published with the contract that it brings.
Answer service_install(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    if (name != gateway::SecurityService::name)
        co_return not_found("this program has no service \"" + name +
                            "\" of its own; it has: " + std::string(gateway::SecurityService::name));
    registry::PublishRequest request;
    HUTONG_CO_ASSIGN(request.org, arguments.text("org"));
    HUTONG_CO_ASSIGN(const auto as, arguments.optional_text("as"));
    request.name = as.value_or(name);
    request.bundle = gateway::security_contract();
    request.local = name;
    request.accept_breaking = true;  // the program answers by its own contract in any case
    request.actor = services.actor;
    HUTONG_CO_ASSIGN(request.edit, edit_of(services, arguments));
    HUTONG_CO_ASSIGN(const auto journal, arguments.optional_text("journal"));
    if (journal) {
        HUTONG_CO_ASSIGN(request.journal, registry::journal_level_from(*journal));
    }
    const std::string id = request.org + "/" + request.name;
    HUTONG_CO_ASSIGN(const registry::PublishOutcome outcome,
                     co_await services.publication.publish(std::move(request)));
    co_return json::value(told_publication(services, id, outcome));
}

Answer service_list(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const auto org, arguments.optional_text("org"));
    HUTONG_CO_ASSIGN(const auto published, co_await services.publication.services());
    json::array all;
    for (const registry::Service& service : published)
        if (!org || *org == service.org) all.push_back(told(services, service));
    co_return json::value(std::move(all));
}

Answer service_show(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("service"));
    HUTONG_CO_ASSIGN(const registry::ServiceDetail detail, co_await services.publication.show(std::move(id)));
    json::object said = told(services, detail.service);
    json::array versions;
    for (const auto& [version, contract] : detail.versions)
        versions.push_back(json::object{{"version", version}, {"contract", contract}});
    json::array grants;
    for (const registry::Grant& grant : detail.grants)
        grants.push_back(json::object{
            {"consumer", grant.consumer},
            {"operation", grant.operation.empty() ? json::value() : json::value(grant.operation)}});
    said["revision"] = detail.revision;
    said["versions"] = std::move(versions);
    said["grants"] = std::move(grants);
    co_return json::value(std::move(said));
}

Answer service_policy(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("service"));
    HUTONG_CO_ASSIGN(const registry::ServiceDetail detail, co_await services.publication.show(std::move(id)));
    co_return json::value(told_policy(detail.service, detail.revision));
}

Answer service_policy_change(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("service"));
    HUTONG_CO_ASSIGN(std::string document, arguments.text("policy_document"));
    HUTONG_CO_ASSIGN(std::string name, arguments.text("policy_name"));
    HUTONG_CO_ASSIGN(registry::Edit edit, edit_of(services, arguments));
    HUTONG_CO_ASSIGN(const registry::EditedService edited,
                     co_await services.publication.change_policy(std::move(id), std::move(document),
                                                                 std::move(name), std::move(edit)));
    json::object said = told_policy(edited.service, edited.revision);
    tell_replaced(edited.replaced, said);
    co_return json::value(std::move(said));
}

Answer service_settings(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("service"));
    registry::ServiceSettings settings;
    HUTONG_CO_ASSIGN(const auto journal, arguments.optional_text("journal"));
    if (journal) {
        settings.journal.emplace();
        if (*journal != "default") {
            HUTONG_CO_ASSIGN(*settings.journal, registry::journal_level_from(*journal));
        }
    }
    HUTONG_CO_ASSIGN(settings.validate, arguments.flag("validate"));
    if (!settings.journal && !settings.validate)
        co_return invalid(
            "say what is to change: journal (full, evidence, metadata, none, default) or validate");
    HUTONG_CO_ASSIGN(registry::Edit edit, edit_of(services, arguments));
    HUTONG_CO_ASSIGN(const registry::EditedService edited,
                     co_await services.publication.change_settings(std::move(id), settings, std::move(edit)));
    json::object said = told(services, edited.service);
    said["revision"] = edited.revision;
    tell_replaced(edited.replaced, said);
    co_return json::value(std::move(said));
}

}  // namespace hutong::admin
