// ca.list, add, sign, complete, retire, revoke, crl; trust.add, list, remove.
#include <algorithm>
#include <charconv>

#include "base/log.hpp"
#include "gateway/http/client.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/admin/issuing.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"
#include "gateway/main/pem.hpp"
#include "security/pki/crl.hpp"
#include "security/pki/request.hpp"
#include "security/pki/root_signing.hpp"

namespace hutong::admin {

namespace {

constexpr int usual_grace_hours = 24;
constexpr int longest_grace_hours = 720;
constexpr std::size_t longest_reason = 500;

constexpr std::string_view unexplained =
    "believed without revocation, and nobody has said why: hutong trust remove, then add";

json::value time_or_null(const std::optional<TimePoint>& time) {
    return time ? json::value(format_utc(*time)) : json::value();
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

// Until when the root's CRL counts; null: there is none.
json::value root_crl_until(const registry::Catalogue& catalogue) {
    for (const registry::Crl& crl : catalogue.crls)
        if (crl.ca == security::root_list_name)
            if (const auto until = crl_next_update(crl.der)) return json::value(format_utc(*until));
    return json::value();
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

// To believe a CA of whose revocations nobody will ever know is decided in so many words.
Result<void> check_without(bool no_address, bool without, const std::string& reason) {
    if (!no_address && without) return invalid("with --crl or --ocsp, leave --no-revocation out");
    if (without != !reason.empty())
        return invalid("--no-revocation and --reason TEXT go together: the reason is kept with the CA");
    if (reason.size() > longest_reason)
        return invalid("the reason has more than " + std::to_string(longest_reason) + " bytes");
    if (no_address && !without)
        return refused(
            "without --crl URL or --ocsp URL nobody would know when this CA revokes a certificate. Ask its "
            "operator for the address; if it publishes none and is to be believed all the same, say so: "
            "--no-revocation --reason TEXT");
    return {};
}

Result<security::RevocationSources> sources_of(const Arguments& arguments) {
    security::RevocationSources sources;
    HUTONG_ASSIGN(sources.crl_url, source_url(arguments, "crl"));
    HUTONG_ASSIGN(sources.ocsp_url, source_url(arguments, "ocsp"));
    HUTONG_ASSIGN(const auto grace, arguments.optional_text("grace_hours"));
    const bool none = !sources.any();
    if (none && grace) return invalid("a grace time is for what is fetched: give --crl or --ocsp too");
    HUTONG_ASSIGN(const auto without, arguments.flag("no_revocation"));
    HUTONG_ASSIGN(const auto reason, arguments.optional_text("reason"));
    HUTONG_TRY(check_without(none, without.value_or(false), reason.value_or("")));
    sources.none_because = reason.value_or("");
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
                               {"not_after", format_utc(root.not_after)},
                               {"crl_until", root_crl_until(*services.keeper.current())}});
    for (const security::AuthorityEntry& entry : services.authorities->entries()) {
        json::object one{{"name", entry.name},         {"state", std::string(to_string(entry.state))},
                         {"kind", json::value()},      {"subject", json::value()},
                         {"not_after", json::value()}, {"crl_until", json::value()}};
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
    HUTONG_CO_ASSIGN(const security::RequestFacts asked, security::read_request(csr));
    HUTONG_CO_TRY(co_await services.certificates.check_key(asked.thumbprint));
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

// In this order: what a crash leaves half done issues no more, and the command can be given again.
Answer ca_revoke(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const std::string reason, arguments.text("reason"));
    HUTONG_CO_TRY(security::revocation_code(reason));
    HUTONG_CO_TRY(services.authorities->mark_revoked(name));
    Bytes certificate = services.authorities->find(name)->issuing();
    security::RootList list = services.certificates.root_list();
    HUTONG_CO_TRY(
        co_await list.revoke(name, std::move(certificate), reason, services.actor, *services.authorities));
    co_return json::value(json::object{{"name", name},
                                       {"state", "revoked"},
                                       {"reason", reason},
                                       {"listed", services.authorities->root_is_here()}});
}

Answer ca_crl(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string text, arguments.text("crl"));
    HUTONG_CO_ASSIGN(Bytes der, from_base64(text));
    if (services.authorities->root_is_here())
        co_return refused("the root's key is on this node, which makes the root's CRL by itself");
    HUTONG_CO_ASSIGN(const TimePoint until, crl_next_update(der));
    security::RootList list = services.certificates.root_list();
    HUTONG_CO_TRY(co_await list.take(std::move(der), services.actor, *services.authorities));
    co_return json::value(json::object{{"ca", security::root_list_name}, {"until", format_utc(until)}});
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
    co_return json::object{{"thumbprint", facts.thumbprint},
                           {"name", facts.subject},
                           {"not_after", format_utc(facts.not_after)},
                           {"crl", text_or_null(sources.crl_url)},
                           {"ocsp", text_or_null(sources.ocsp_url)},
                           {"grace_hours", sources.grace.count()},
                           {"no_revocation", text_or_null(sources.none_because)}};
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
                                   {"no_revocation", text_or_null(ca.sources.none_because)},
                                   {"warning", ca.unexplained() ? json::value(unexplained) : json::value()},
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
