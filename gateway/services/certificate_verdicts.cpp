#include "gateway/services/certificate_verdicts.hpp"

#include "security/trust/x509.hpp"

namespace hutong::gateway::security_service {

namespace {

constexpr std::size_t most_of_a_chain = 10;

// The TrustStatus of the contract.
std::string_view word_for(security::TrustStatus status) {
    using security::TrustStatus;
    switch (status) {
        case TrustStatus::trusted:
            return "trusted";
        case TrustStatus::malformed:
            return "malformed";
        case TrustStatus::no_path:
            return "noPath";
        case TrustStatus::bad_signature:
            return "badSignature";
        case TrustStatus::not_yet_valid:
            return "notYetValid";
        case TrustStatus::expired:
            return "expired";
        case TrustStatus::revoked:
            return "revoked";
        case TrustStatus::wrong_usage:
            return "wrongUsage";
        case TrustStatus::weak_key:
            return "weakKey";
        case TrustStatus::bad_constraints:
            return "badConstraints";
    }
    return "malformed";
}

std::string time_element(std::string_view name, const std::optional<TimePoint>& time) {
    return time ? element(name, format_utc(*time)) : std::string();
}

std::string facts(const Bytes& der) {
    const auto certificate = security::read_certificate(der);
    if (certificate.has_error()) return {};
    const X509* const x509 = certificate->get();
    return optional_element("subject", security::subject_of(x509)) +
           optional_element("issuer", security::issuer_of(x509)) +
           optional_element("serialNumber", security::serial_of(x509)) +
           time_element("notBefore", security::to_time(X509_get0_notBefore(x509))) +
           time_element("notAfter", security::to_time(X509_get0_notAfter(x509)));
}

std::string owner(const RoutingTable& table, const std::string& thumbprint) {
    if (const auto found = table.consumers.find(thumbprint); found != table.consumers.end())
        return element("consumer", found->second->id) + element("organisation", found->second->org);
    if (const UsableKey* const key = table.service_keys->by_certificate(thumbprint))
        return element("securityKey", key->key.name) + element("organisation", key->key.org);
    return {};
}

}  // namespace

std::string certificate_verdict(const RoutingTable& table, const Bytes& certificate,
                                const std::vector<Bytes>& chain, const Question& question) {
    std::vector<Bytes> along = chain;
    if (along.size() > most_of_a_chain) along.resize(most_of_a_chain);
    const security::TrustVerdict verdict =
        table.trust->judge_as_of(certificate, along, question.use, question.as_of, question.now);
    return element("status", word_for(verdict.status)) + optional_element("reason", verdict.reason) +
           element("asOf", format_utc(question.as_of)) + time_element("revokedAt", verdict.revoked_at) +
           facts(certificate) + element("sha256", verdict.thumbprint) + owner(table, verdict.thumbprint);
}

}  // namespace hutong::gateway::security_service
