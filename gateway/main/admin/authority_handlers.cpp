// ca.list, add, sign, complete, retire; trust.add, list, remove.
#include <algorithm>
#include <charconv>

#include "base/log.hpp"
#include "gateway/http/client.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/admin/issuing.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"
#include "gateway/main/pem.hpp"
#include "security/pki/request.hpp"
#include "security/pki/root_signing.hpp"

namespace hutong::admin {

namespace {

constexpr int usual_grace_hours = 24;
constexpr int longest_grace_hours = 720;

json::value time_or_null(const std::optional<TimePoint>& time) {
    return time ? json::value(format_utc(*time)) : json::value();
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

Result<security::KeyKind> kind_from(const std::string& text) {
    for (const auto kind : {security::KeyKind::p256, security::KeyKind::rsa, security::KeyKind::sm2})
        if (text == to_string(kind)) return kind;
    return invalid("a CA's key is p256, rsa or sm2, not \"" + text + "\"");
}

// The CA's certificate goes where all nodes find it, and its first CRL with it. What a crash leaves undone
// here the daemon does by itself (daemon/pki_chores).
Awaitable<Result<void>> publish(Services& services, std::string name, Bytes certificate) {
    HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(certificate));
    HUTONG_CO_TRY(co_await services.trusted.publish_own(std::move(certificate), facts.subject,
                                                        facts.not_after, services.actor));
    co_return co_await services.certificates.renew_crl(services.authorities->find(name));
}

Result<std::string> source_url(const Arguments& arguments, std::string_view name) {
    HUTONG_ASSIGN(const auto text, arguments.optional_text(name));
    if (!text) return std::string();
    if (const auto url = http::parse_url(*text); url.has_error()) return url.error().at(name);
    return *text;
}

Result<security::RevocationSources> sources_of(const Arguments& arguments) {
    security::RevocationSources sources;
    HUTONG_ASSIGN(sources.crl_url, source_url(arguments, "crl"));
    HUTONG_ASSIGN(sources.ocsp_url, source_url(arguments, "ocsp"));
    HUTONG_ASSIGN(const auto grace, arguments.optional_text("grace_hours"));
    const bool none = sources.crl_url.empty() && sources.ocsp_url.empty();
    if (none && grace) return invalid("a grace time is for what is fetched: give --crl or --ocsp too");
    int hours = none ? 0 : usual_grace_hours;
    if (grace) {
        const char* const end = grace->data() + grace->size();
        const auto [at, failed] = std::from_chars(grace->data(), end, hours);
        if (failed != std::errc() || at != end || hours < 0 || hours > longest_grace_hours)
            return invalid("the grace time \"" + *grace + "\" is no number of hours from 0 to " +
                           std::to_string(longest_grace_hours));
    }
    sources.grace = std::chrono::hours(hours);
    return sources;
}

}  // namespace

Answer ca_list(Services& services, const Arguments&) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const CertificateFacts root, certificate_facts(services.authorities->root()));
    json::array all;
    all.push_back(json::object{{"name", "root"},
                               {"state", services.authorities->root_is_here() ? "online" : "offline"},
                               {"kind", json::value()},
                               {"subject", root.subject},
                               {"not_after", format_utc(root.not_after)}});
    for (const security::AuthorityEntry& entry : services.authorities->entries()) {
        json::object one{{"name", entry.name},
                         {"state", std::string(to_string(entry.state))},
                         {"kind", json::value()},
                         {"subject", json::value()},
                         {"not_after", json::value()}};
        if (const auto authority = services.authorities->find(entry.name)) {
            HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(authority->issuing()));
            one["kind"] = std::string(to_string(authority->kind()));
            one["subject"] = facts.subject;
            one["not_after"] = format_utc(facts.not_after);
        }
        all.push_back(std::move(one));
    }
    co_return json::value(std::move(all));
}

Answer ca_add(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const auto kind_text, arguments.optional_text("kind"));
    HUTONG_CO_ASSIGN(const security::KeyKind kind, kind_from(kind_text.value_or("p256")));
    HUTONG_CO_ASSIGN(const auto uri, arguments.optional_text("uri"));
    HUTONG_CO_TRY(check_key_uri(uri.value_or("")));
    HUTONG_CO_ASSIGN(const auto added, services.authorities->add(name, kind, uri.value_or("")));
    if (added.state == security::AuthorityState::active)
        HUTONG_CO_TRY(co_await publish(services, name, added.certificate));
    HUTONG_CO_TRY(co_await services.certificates.authority_changed(name, "ca added", services.actor));
    co_return json::value(json::object{{"name", name},
                                       {"state", std::string(to_string(added.state))},
                                       {"request", text_or_null(added.request)}});
}

// For a CA that is to stand below this root: of another machine, or waiting since the root was away.
Answer ca_sign(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string csr, arguments.text("csr"));
    if (!services.authorities->root_is_here())
        co_return refused(
            "the root's key is not on this node: sign where it is, with hutong ca sign --root-key FILE");
    const std::filesystem::path folder = services.home.pki();
    HUTONG_CO_ASSIGN(const auto root_key,
                     services.keys->signing_key(folder / "root.key", folder / "root.pem"));
    HUTONG_CO_ASSIGN(const std::string pem,
                     security::sign_authority_request(csr, *root_key, folder / "root.pem"));
    HUTONG_CO_ASSIGN(const Bytes der, certificate_from_pem(pem));
    HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(der));
    HUTONG_CO_TRY(
        co_await services.certificates.authority_changed(facts.subject, "ca certified", services.actor));
    co_return json::value(
        json::object{{"certificate", pem}, {"subject", facts.subject}, {"thumbprint", facts.thumbprint}});
}

Answer ca_complete(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const std::string pem, arguments.text("certificate"));
    HUTONG_CO_ASSIGN(Bytes certificate, services.authorities->complete(name, pem));
    HUTONG_CO_TRY(co_await publish(services, name, std::move(certificate)));
    HUTONG_CO_TRY(co_await services.certificates.authority_changed(name, "ca certified", services.actor));
    co_return json::value(json::object{{"name", name}, {"state", "active"}});
}

Answer ca_retire(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_TRY(services.authorities->retire(name));
    HUTONG_CO_TRY(co_await services.certificates.authority_changed(name, "ca retired", services.actor));
    co_return json::value(json::object{{"name", name}, {"state", "retired"}});
}

Answer trust_add(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string pem, arguments.text("certificate"));
    HUTONG_CO_ASSIGN(const Bytes der, certificate_from_pem(pem));
    HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(der));
    if (!facts.is_ca)
        co_return invalid("the certificate of " + facts.subject +
                          " is not a CA's (basicConstraints CA is not set): give the CA's own certificate");
    HUTONG_CO_ASSIGN(const security::RevocationSources sources, sources_of(arguments));
    HUTONG_CO_TRY(
        co_await services.trusted.add(der, facts.subject, facts.not_after, false, sources, services.actor));
    co_return json::object{
        {"thumbprint", facts.thumbprint},           {"name", facts.subject},
        {"not_after", format_utc(facts.not_after)}, {"crl", text_or_null(sources.crl_url)},
        {"ocsp", text_or_null(sources.ocsp_url)},   {"grace_hours", sources.grace.count()}};
}

Answer trust_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto cas, co_await services.trusted.list());
    json::array all;
    for (const security::TrustedAuthority& ca : cas)
        all.push_back(json::object{{"thumbprint", ca.thumbprint},
                                   {"name", ca.name},
                                   {"own", ca.own},
                                   {"not_after", time_or_null(ca.not_after)},
                                   {"crl", text_or_null(ca.sources.crl_url)},
                                   {"crl_until", time_or_null(ca.crl_until)},
                                   {"crl_trouble", text_or_null(ca.crl_trouble)},
                                   {"ocsp", text_or_null(ca.sources.ocsp_url)},
                                   {"answers", ca.answers},
                                   {"answers_missing", ca.answers_missing},
                                   {"answer_trouble", text_or_null(ca.answer_trouble)},
                                   {"grace_hours", ca.sources.grace.count()}});
    co_return json::value(std::move(all));
}

Answer trust_remove(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string thumbprint, arguments.text("thumbprint"));
    const auto catalogue = services.keeper.current();
    const std::string wanted = security::plain_hex(thumbprint);
    for (const registry::TrustedCa& ca : catalogue->cas)
        if (ca.own && ca.thumbprint == wanted)
            co_return refused(
                ca.name + " is this platform's own CA: without it no certificate of ours would be believed");
    HUTONG_CO_TRY(co_await services.trusted.remove(thumbprint, services.actor));
    co_return json::object{{"thumbprint", thumbprint}, {"status", "removed"}};
}

}  // namespace hutong::admin
