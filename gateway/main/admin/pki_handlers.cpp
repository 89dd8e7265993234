#include <algorithm>
#include <array>

#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"

namespace hutong::admin {

namespace {

constexpr std::chrono::hours agency_lifetime{24 * 730};

// RFC 5280 section 5.3.1, without removeFromCRL: a revocation is for ever here.
constexpr std::array reasons{"unspecified",        "keyCompromise", "cACompromise",
                             "affiliationChanged", "superseded",    "cessationOfOperation",
                             "privilegeWithdrawn", "aACompromise"};

Error no_authority() {
    return refused(
        "this node has no CA: give the command on the node that founded the platform (hutong node list)");
}

Result<void> check_reason(const std::string& reason) {
    if (std::find(reasons.begin(), reasons.end(), reason) != reasons.end()) return {};
    std::string known;
    for (const char* each : reasons) known += (known.empty() ? "" : ", ") + std::string(each);
    return invalid("unknown reason \"" + reason + "\": one of " + known);
}

}  // namespace

Answer cert_issue(Services& services, const Arguments& arguments) {
    if (!services.authority) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string csr, arguments.text("csr"));
    HUTONG_CO_ASSIGN(const std::string id, arguments.text("consumer"));
    HUTONG_CO_ASSIGN(const auto consumers, co_await services.publication.consumers());
    const auto consumer = std::find_if(consumers.begin(), consumers.end(),
                                       [&](const registry::Consumer& one) { return one.id == id; });
    if (consumer == consumers.end())
        co_return not_found("there is no consumer " + id + ": add it with hutong consumer add " + id +
                            " --org ORG");
    HUTONG_CO_ASSIGN(const auto organisations, co_await services.publication.organisations());
    std::string organisation = consumer->org;
    for (const registry::Organisation& one : organisations)
        if (one.id == consumer->org) organisation = one.name;

    const std::vector<std::string> no_names;
    HUTONG_CO_ASSIGN(const security::Issued issued,
                     services.authority->issue(csr, security::Profile::agency_signing, id, organisation,
                                               no_names, agency_lifetime));
    HUTONG_CO_TRY(co_await refuse_security_key(services, issued.der));
    HUTONG_CO_TRY(co_await services.certificates.add(issued, "agency_signing", id));
    HUTONG_CO_TRY(co_await services.publication.bind_certificate(id, issued.der));
    co_return json::object{{"serial", issued.serial},
                           {"thumbprint", issued.thumbprint},
                           {"subject", issued.subject},
                           {"consumer", id},
                           {"not_before", format_utc(issued.not_before)},
                           {"not_after", format_utc(issued.not_after)},
                           {"pem", issued.pem}};
}

Answer cert_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto certificates, co_await services.certificates.list());
    json::array all;
    for (const security::RegisteredCertificate& one : certificates)
        all.push_back(
            json::object{{"serial", one.serial},
                         {"thumbprint", one.thumbprint},
                         {"subject", one.subject},
                         {"profile", one.profile},
                         {"consumer", one.consumer.empty() ? json::value() : json::value(one.consumer)},
                         {"not_before", format_utc(one.not_before)},
                         {"not_after", format_utc(one.not_after)},
                         {"status", one.status},
                         {"reason", one.reason.empty() ? json::value() : json::value(one.reason)}});
    co_return json::value(std::move(all));
}

Answer cert_revoke(Services& services, const Arguments& arguments) {
    if (!services.authority) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string serial, arguments.text("serial"));
    HUTONG_CO_ASSIGN(const std::string reason, arguments.text("reason"));
    HUTONG_CO_TRY(check_reason(reason));
    HUTONG_CO_TRY(co_await services.certificates.revoke(serial, reason, *services.authority));
    co_return json::object{{"serial", serial}, {"status", "revoked"}, {"reason", reason}};
}

Answer trust_add(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string pem, arguments.text("certificate"));
    HUTONG_CO_ASSIGN(const Bytes der, certificate_from_pem(pem));
    HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(der));
    if (!facts.is_ca)
        co_return invalid("the certificate of " + facts.subject +
                          " is not a CA's (basicConstraints CA is not set): give the CA's own certificate");
    HUTONG_CO_TRY(co_await services.certificates.add_trusted_ca(der, facts.subject, false));
    co_return json::object{{"thumbprint", facts.thumbprint},
                           {"name", facts.subject},
                           {"not_after", format_utc(facts.not_after)}};
}

Answer trust_list(Services& services, const Arguments&) {
    HUTONG_CO_TRY(co_await services.keeper.refresh());
    const auto catalogue = services.keeper.current();
    json::array all;
    for (const registry::TrustedCa& ca : catalogue->cas)
        all.push_back(json::object{{"thumbprint", ca.thumbprint}, {"name", ca.name}, {"own", ca.own}});
    co_return json::value(std::move(all));
}

Answer trust_remove(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string thumbprint, arguments.text("thumbprint"));
    const auto catalogue = services.keeper.current();
    for (const registry::TrustedCa& ca : catalogue->cas)
        if (ca.own && ca.thumbprint == thumbprint)
            co_return refused(
                ca.name + " is this platform's own CA: without it no certificate of ours would be believed");
    HUTONG_CO_TRY(co_await services.certificates.remove_trusted_ca(thumbprint));
    co_return json::object{{"thumbprint", thumbprint}, {"status", "removed"}};
}

}  // namespace hutong::admin
