#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"
#include "security/outbound/message_encrypter.hpp"
#include "security/trust/usage.hpp"

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

namespace {

struct Certificates {
    Bytes own;
    Bytes encryption;  // of a pair; empty: there is none
};

// Of a pair, each must be what it is given for.
Result<Certificates> certificates_of(const Arguments& arguments) {
    Certificates read;
    HUTONG_ASSIGN(const std::string own, arguments.text("certificate"));
    HUTONG_ASSIGN(read.own, certificate_from_pem(own));
    HUTONG_ASSIGN(const std::optional<std::string> encryption,
                  arguments.optional_text("encryption_certificate"));
    if (!encryption) return read;
    HUTONG_ASSIGN(read.encryption, certificate_from_pem(*encryption));
    if (const auto usable = security::check_encryption_certificate(read.encryption); usable.has_error())
        return invalid("answers cannot be encrypted for the encryption certificate: " +
                       usable.error().detail);
    if (read.encryption == read.own) return invalid("the two certificates are one");
    return read;
}

// What proves who a consumer is, looked at before anything is changed.
Awaitable<Result<std::vector<Bytes>>> usable_certificates(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const Certificates read, certificates_of(arguments));
    std::vector<Bytes> all{read.own};
    if (!read.encryption.empty()) all.push_back(read.encryption);
    for (const Bytes& certificate : all) HUTONG_CO_TRY(co_await refuse_security_key(services, certificate));
    const TimePoint now = system_clock().now();
    HUTONG_CO_TRY(security::check_can_be_bound(read.own, security::Usage::message_signing, now));
    if (!read.encryption.empty())
        HUTONG_CO_TRY(security::check_can_be_bound(read.encryption, security::Usage::encryption, now));
    co_return all;
}

}  // namespace

Answer consumer_add(Services& services, const Arguments& arguments) {
    registry::Consumer consumer;
    HUTONG_CO_ASSIGN(consumer.id, arguments.text("id"));
    HUTONG_CO_ASSIGN(consumer.org, arguments.text("org"));
    HUTONG_CO_ASSIGN(consumer.answer_key, arguments.optional_text("answer_key"));
    json::value told = json::object{{"id", consumer.id}, {"org", consumer.org}};
    HUTONG_CO_TRY(co_await services.publication.add_consumer(std::move(consumer)));
    co_return told;
}

// With an organisation the consumer is added too, all of it or nothing.
Answer consumer_certificate(Services& services, const Arguments& arguments) {
    registry::Consumer consumer;
    HUTONG_CO_ASSIGN(consumer.id, arguments.text("consumer"));
    HUTONG_CO_ASSIGN(const std::optional<std::string> org, arguments.optional_text("org"));
    HUTONG_CO_ASSIGN(consumer.answer_key, arguments.optional_text("answer_key"));
    if (consumer.answer_key && !org)
        co_return invalid("the kind of answer key is chosen when a consumer is added: give its org too");
    HUTONG_CO_ASSIGN(std::vector<Bytes> certificates, co_await usable_certificates(services, arguments));
    json::object told{{"id", consumer.id}, {"thumbprint", to_hex(sha256(certificates[0]))}};
    if (certificates.size() > 1) told["encryption_thumbprint"] = to_hex(sha256(certificates[1]));
    if (org) {
        told["org"] = *org;
        consumer.org = *org;
        consumer.certificates_der = std::move(certificates);
        HUTONG_CO_TRY(co_await services.publication.add_consumer(std::move(consumer)));
    } else {
        HUTONG_CO_TRY(co_await services.publication.bind_certificates(consumer.id, std::move(certificates)));
    }
    co_return json::value(std::move(told));
}

Answer consumer_list(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const auto org, arguments.optional_text("org"));
    HUTONG_CO_ASSIGN(const auto consumers, co_await services.publication.consumers());
    json::array all;
    for (const registry::Consumer& one : consumers) {
        if (org && *org != one.org) continue;
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
