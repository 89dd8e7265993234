#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"

namespace hutong::admin {

namespace {

Result<registry::Grant> grant_of(const Arguments& arguments) {
    registry::Grant grant;
    HUTONG_ASSIGN(grant.consumer, arguments.text("consumer"));
    HUTONG_ASSIGN(grant.service, arguments.text("service"));
    HUTONG_ASSIGN(std::optional<std::string> operation, arguments.optional_text("operation"));
    grant.operation = operation.value_or("");
    return grant;
}

json::value told(const registry::Grant& grant) {
    return json::object{
        {"consumer", grant.consumer},
        {"service", grant.service},
        {"operation", grant.operation.empty() ? json::value() : json::value(grant.operation)}};
}

}  // namespace

Answer org_add(Services& services, const Arguments& arguments) {
    registry::Organisation organisation;
    HUTONG_CO_ASSIGN(organisation.id, arguments.text("id"));
    HUTONG_CO_ASSIGN(organisation.name, arguments.text("name"));
    json::value told = json::object{{"id", organisation.id}, {"name", organisation.name}};
    HUTONG_CO_TRY(co_await services.publication.add_organisation(std::move(organisation)));
    co_return told;
}

Answer org_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto organisations, co_await services.publication.organisations());
    json::array all;
    for (const registry::Organisation& one : organisations)
        all.push_back(json::object{{"id", one.id}, {"name", one.name}});
    co_return json::value(std::move(all));
}

Answer consumer_add(Services& services, const Arguments& arguments) {
    registry::Consumer consumer;
    HUTONG_CO_ASSIGN(consumer.id, arguments.text("id"));
    HUTONG_CO_ASSIGN(consumer.org, arguments.text("org"));
    HUTONG_CO_ASSIGN(consumer.answer_key, arguments.optional_text("answer_key"));
    HUTONG_CO_ASSIGN(const std::optional<std::string> pem, arguments.optional_text("certificate"));
    Bytes certificate;
    if (pem) {
        HUTONG_CO_ASSIGN(certificate, certificate_from_pem(*pem));
        HUTONG_CO_TRY(co_await refuse_security_key(services, certificate));
        const std::string thumbprint = to_hex(sha256(certificate));
        // Looked at before the consumer is made, so that a certificate of someone else leaves nothing behind.
        HUTONG_CO_ASSIGN(const auto consumers, co_await services.publication.consumers());
        for (const registry::Consumer& other : consumers)
            for (const std::string& bound : other.certificates)
                if (bound == thumbprint && other.id != consumer.id)
                    co_return Error{ErrorCode::conflict, "the certificate belongs to consumer " + other.id +
                                                             ": a certificate names one consumer only"};
    }
    const std::string id = consumer.id;
    json::object told{{"id", id}, {"org", consumer.org}};
    HUTONG_CO_TRY(co_await services.publication.add_consumer(std::move(consumer)));
    if (pem) {
        told["thumbprint"] = to_hex(sha256(certificate));
        HUTONG_CO_TRY(co_await services.publication.bind_certificate(id, std::move(certificate)));
    }
    co_return json::value(std::move(told));
}

Answer consumer_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto consumers, co_await services.publication.consumers());
    json::array all;
    for (const registry::Consumer& one : consumers) {
        json::array certificates(one.certificates.begin(), one.certificates.end());
        json::array grants;
        HUTONG_CO_ASSIGN(const auto given, co_await services.publication.grants(one.id));
        for (const registry::Grant& grant : given) grants.push_back(told(grant));
        all.push_back(
            json::object{{"id", one.id},
                         {"org", one.org},
                         {"answer_key", one.answer_key ? json::value(*one.answer_key) : json::value()},
                         {"certificates", std::move(certificates)},
                         {"grants", std::move(grants)}});
    }
    co_return json::value(std::move(all));
}

Answer grant(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(registry::Grant wanted, grant_of(arguments));
    json::value said = told(wanted);
    HUTONG_CO_TRY(co_await services.publication.grant(std::move(wanted)));
    co_return said;
}

Answer ungrant(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(registry::Grant unwanted, grant_of(arguments));
    json::value said = told(unwanted);
    HUTONG_CO_TRY(co_await services.publication.ungrant(std::move(unwanted)));
    co_return said;
}

}  // namespace hutong::admin
