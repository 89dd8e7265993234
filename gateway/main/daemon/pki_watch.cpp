#include "gateway/main/daemon/pki_watch.hpp"

#include <array>

#include "base/log.hpp"

namespace hutong::daemon {

namespace {

namespace json = boost::json;
using Expiring = security::CertificateRegister::Expiring;

std::string metric(const std::string& name, const std::string& help) {
    return "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n";
}

void warn(const Expiring& one) {
    log(MessageId::HT4020, {{"serial", one.serial},
                            {"subject", one.subject},
                            {"not_after", format_utc(one.not_after)},
                            {"days", std::to_string(one.days)}});
}

}  // namespace

std::string revocation_trouble(const security::TrustedAuthority& ca, TimePoint now) {
    const std::string reason = ca.crl_trouble.empty() ? ca.answer_trouble : ca.crl_trouble;
    const std::string because = reason.empty() ? std::string() : " (" + reason + ")";
    if (!ca.sources.crl_url.empty()) {
        if (!ca.crl_until) return "no CRL could be fetched yet, its certificates are refused" + because;
        if (now > *ca.crl_until + ca.sources.grace)
            return "the last CRL ran out and the grace time is over, its certificates are refused" + because;
        if (now > *ca.crl_until)
            return "the last CRL ran out; its certificates are refused from " +
                   format_utc(*ca.crl_until + ca.sources.grace) + because;
    }
    if (ca.answers_missing > 0)
        return std::to_string(ca.answers_missing) + " of " + std::to_string(ca.answers) +
               " certificates have no OCSP answer that counts and are refused" + because;
    return reason.empty() ? std::string() : "the last fetch failed: " + reason;
}

Awaitable<> PkiWatch::refresh() {
    const auto due = co_await certificates_.take_expiry_warnings();
    if (due)
        for (const Expiring& one : *due) warn(one);
    const auto cas_due = co_await trusted_.take_expiry_warnings();
    if (cas_due)
        for (const Expiring& one : *cas_due) warn(one);
    auto expiring = co_await certificates_.expiring();
    auto authorities = co_await trusted_.list();
    if (!expiring || !authorities) co_return;  // what was known last stays
    state_.store(std::make_shared<const State>(State{std::move(*expiring), std::move(*authorities)}));
}

json::object PkiWatch::json() const {
    const auto state = state_.load();
    const TimePoint now = system_clock().now();
    json::array expiring, troubles, unexplained;
    for (const Expiring& one : state->expiring)
        expiring.push_back(json::object{{"serial", one.serial},
                                        {"subject", one.subject},
                                        {"not_after", format_utc(one.not_after)},
                                        {"days", one.days}});
    for (const security::TrustedAuthority& ca : state->authorities)
        if (const std::string trouble = revocation_trouble(ca, now); !trouble.empty())
            troubles.push_back(
                json::object{{"name", ca.name}, {"thumbprint", ca.thumbprint}, {"trouble", trouble}});
    for (const security::TrustedAuthority& ca : state->authorities)
        if (ca.unexplained())
            unexplained.push_back(json::object{{"name", ca.name}, {"thumbprint", ca.thumbprint}});
    return {{"expiring", std::move(expiring)},
            {"revocation_troubles", std::move(troubles)},
            {"without_revocation", std::move(unexplained)}};
}

std::string PkiWatch::metrics() const {
    const auto state = state_.load();
    const TimePoint now = system_clock().now();
    std::string text = metric("hutong_certificates_expiring", "certificates that end within so many days");
    for (const int days : std::array{7, 30, 60}) {
        unsigned count = 0;
        for (const Expiring& one : state->expiring) count += one.days <= days ? 1 : 0;
        text += "hutong_certificates_expiring{days=\"" + std::to_string(days) + "\"} " +
                std::to_string(count) + "\n";
    }
    text += metric("hutong_foreign_revocations_known",
                   "1 when the revocations of this other CA are known and its certificates are believed");
    for (const security::TrustedAuthority& ca : state->authorities) {
        if (ca.sources.crl_url.empty() && ca.sources.ocsp_url.empty()) continue;
        const bool list_counts =
            ca.sources.crl_url.empty() || (ca.crl_until && now <= *ca.crl_until + ca.sources.grace);
        text += "hutong_foreign_revocations_known{ca=\"" + ca.thumbprint + "\"} " +
                (list_counts && ca.answers_missing == 0 ? "1" : "0") + "\n";
    }
    return text;
}

}  // namespace hutong::daemon
