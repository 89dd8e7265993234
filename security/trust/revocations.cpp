#include "security/trust/revocations.hpp"

#include <algorithm>

#include "security/trust/signed_der.hpp"

namespace hutong::security {

namespace {

// When the CRL says that the certificate was revoked; nullopt: it does not.
std::optional<TimePoint> revocation_in(X509_CRL* crl, X509* certificate) {
    X509_REVOKED* entry = nullptr;
    if (X509_CRL_get0_by_cert(crl, &entry, certificate) != 1) return std::nullopt;
    return to_time(X509_REVOKED_get0_revocationDate(entry));
}

TimePoint later(TimePoint time, std::chrono::hours by) {
    return time > TimePoint::max() - by ? TimePoint::max() : time + by;
}

// Clocks differ: a list that another node's clock has let in must not put all of its issuer out here.
TimePoint begin_of(const X509_CRL* crl) {
    const auto time = to_time(X509_CRL_get0_lastUpdate(crl));
    if (!time) return TimePoint::max();
    return *time < TimePoint::min() + clock_differences ? TimePoint::min() : *time - clock_differences;
}

std::string thumbprint_of(const X509* certificate) {
    return to_hex(sha256(ByteView(encoded<X509>(certificate, i2d_X509))));
}

}  // namespace

Result<void> Revocations::fill(const TrustInput& input) {
    for (std::size_t i = 0; i < input.crls.size(); ++i) {
        auto crl = read_crl(input.crls[i]);
        if (crl.has_error()) return crl.error().at("CRL " + std::to_string(i + 1));
        crls_.push_back(std::move(*crl));
    }
    for (const IssuerRules& rules : input.rules)
        for (const std::vector<Bytes>* known : {&input.anchors, &input.intermediates})
            for (const Bytes& der : *known)
                if (to_hex(sha256(ByteView(der))) == rules.thumbprint) {
                    HUTONG_ASSIGN(X509Ptr issuer, read_certificate(der));
                    rules_.push_back({std::move(issuer), rules});
                }
    for (const KnownAnswer& answer : input.answers) answers_.emplace(answer.thumbprint, answer);
    own_register_.insert(input.revoked.begin(), input.revoked.end());
    return {};
}

bool Revocations::has_crl_of(const X509* certificate) const {
    return std::any_of(crls_.begin(), crls_.end(), [&](const CrlPtr& crl) {
        return X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate)) == 0;
    });
}

bool Revocations::in_own_register(const X509* certificate) const {
    return !own_register_.empty() && own_register_.contains(thumbprint_of(certificate));
}

std::optional<TimePoint> Revocations::time_of(X509* certificate) const {
    for (const CrlPtr& crl : crls_)
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate)) == 0)
            if (const auto time = revocation_in(crl.get(), certificate)) return time;
    return std::nullopt;
}

const IssuerRules* Revocations::rules_of(const X509* issuer) const {
    for (const Rules& rules : rules_)
        if (X509_cmp(rules.issuer.get(), issuer) == 0) return &rules.what;
    return nullptr;
}

// For how long an old CRL of this name counts.
std::chrono::hours Revocations::grace_for(const X509_NAME* issuer) const {
    for (const Rules& rules : rules_)
        if (X509_NAME_cmp(X509_get_subject_name(rules.issuer.get()), issuer) == 0) return rules.what.grace;
    return std::chrono::hours(0);
}

TimePoint Revocations::end_of(const X509_CRL* crl) const {
    return later(to_time(X509_CRL_get0_nextUpdate(crl)).value_or(TimePoint::max()),
                 grace_for(X509_CRL_get_issuer(crl)));
}

// Whether the CRL that OpenSSL complains of is well signed after all: OpenSSL has no way to be told SM2's id
// for it.
bool Revocations::crl_is_good(X509_STORE_CTX* context) const {
    const X509_CRL* const crl = X509_STORE_CTX_get0_current_crl(context);
    if (crl == nullptr || X509_CRL_get_signature_nid(crl) != NID_SM2_with_SM3) return false;
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context);
    const int issuer_at = std::min(X509_STORE_CTX_get_error_depth(context) + 1, sk_X509_num(chain) - 1);
    X509* const issuer = sk_X509_value(chain, issuer_at);
    if (issuer == nullptr || X509_NAME_cmp(X509_get_subject_name(issuer), X509_CRL_get_issuer(crl)) != 0)
        return false;
    const std::string& id = domains_.of_issuer(X509_CRL_get_issuer(crl)).certificate_id;
    return verify_crl(crl, X509_get0_pubkey(issuer), id).has_value();
}

// OpenSSL asks about each problem it meets. To overlook are the missing CRL of an issuer that we have none of
// at all (whether one is needed is looked at later), a CRL that is old by less than its grace, and an SM2
// signature of a CRL that is good with its id; and, where the question is of an earlier time, a CRL that was
// made since and a revocation that came later.
bool Revocations::overlooks(X509_STORE_CTX* problem, TimePoint as_of, TimePoint now) const {
    X509_CRL* const crl = X509_STORE_CTX_get0_current_crl(problem);
    X509* const certificate = X509_STORE_CTX_get_current_cert(problem);
    switch (X509_STORE_CTX_get_error(problem)) {
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            return certificate != nullptr && !has_crl_of(certificate);
        case X509_V_ERR_CRL_HAS_EXPIRED:
            return crl != nullptr && as_of <= end_of(crl);
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
            return crl_is_good(problem);
        case X509_V_ERR_CRL_NOT_YET_VALID:
            return crl != nullptr && begin_of(crl) <= now;
        case X509_V_ERR_CERT_REVOKED:
            // Asked about now, a revocation counts at once, whatever date it bears.
            return as_of < now && certificate != nullptr && crl != nullptr &&
                   revocation_in(crl, certificate).value_or(TimePoint::min()) > as_of;
        default:
            return false;
    }
}

std::string Revocations::unusable_crl(const X509* certificate, TimePoint now, Validity& validity) const {
    for (const CrlPtr& crl : crls_) {
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate)) != 0) continue;
        // OpenSSL asked whether it was current then.
        if (end_of(crl.get()) < now) return "CRL has expired";
        if (const auto sound = check_signature_algorithm(crl.get()); sound.has_error())
            return "CRL: " + sound.error().detail;
        validity.narrow(begin_of(crl.get()), end_of(crl.get()));
    }
    return {};
}

std::string Revocations::unknown(const STACK_OF(X509) * path, int at, TimePoint now,
                                 Validity& validity) const {
    X509* const certificate = sk_X509_value(path, at);
    const X509* const issuer = sk_X509_value(path, at + 1);
    const IssuerRules* const rules = rules_of(issuer);
    if (!rules)
        return rules_of(sk_X509_value(path, sk_X509_num(path) - 1)) == nullptr
                   ? ""
                   : "its CA stands below one whose revocations are fetched, but its own are not: trust it "
                     "with --crl or --ocsp";
    if (rules->crl && !has_crl_of(certificate)) return "no CRL of its CA could be fetched yet";
    if (!rules->ocsp) return {};
    const auto answer = answers_.find(thumbprint_of(certificate));
    if (answer == answers_.end()) return "no OCSP answer about it could be fetched yet";
    if (answer->second.state != ForeignState::good)
        return "its CA says by OCSP: " + std::string(to_string(answer->second.state));
    const TimePoint until = later(answer->second.next_update, rules->grace);
    if (now > until) return "the last OCSP answer about it ran out and the grace time is over";
    validity.narrow(TimePoint::min(), until);
    return {};
}

}  // namespace hutong::security
