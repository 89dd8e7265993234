#include "security/trust/trust_store.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "security/trust/signed_der.hpp"
#include "security/trust/sm2_id.hpp"
#include "security/trust/trust_domains.hpp"
#include "security/trust/usage.hpp"
#include "security/trust/verdict_cache.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_untrusted = 10;

using StorePtr = std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE, X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, OpensslDeleter<X509_STORE_CTX, X509_STORE_CTX_free>>;
struct StackDeleter {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Borrowed = std::unique_ptr<STACK_OF(X509), StackDeleter>;  // the certificates belong to others

TrustStatus status_of(int error) {
    switch (error) {
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
        case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
            return TrustStatus::bad_signature;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TrustStatus::not_yet_valid;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TrustStatus::expired;
        // Whether it is revoked cannot be known, so it is taken to be.
        case X509_V_ERR_CERT_REVOKED:
        case X509_V_ERR_UNABLE_TO_GET_CRL:
        case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        case X509_V_ERR_CRL_NOT_YET_VALID:
        case X509_V_ERR_CRL_HAS_EXPIRED:
        case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
        case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
        case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
        case X509_V_ERR_DIFFERENT_CRL_SCOPE:
        case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            return TrustStatus::revoked;
        case X509_V_ERR_INVALID_PURPOSE:
            return TrustStatus::wrong_usage;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return TrustStatus::weak_key;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED:
            return TrustStatus::no_path;
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        case X509_V_ERR_INVALID_EXTENSION:
            return TrustStatus::malformed;
        default:
            return TrustStatus::bad_constraints;
    }
}

// When the CRL says that the certificate was revoked; nullopt: it does not.
std::optional<TimePoint> revocation_in(X509_CRL* crl, X509* certificate) {
    X509_REVOKED* entry = nullptr;
    if (X509_CRL_get0_by_cert(crl, &entry, certificate) != 1) return std::nullopt;
    return to_time(X509_REVOKED_get0_revocationDate(entry));
}

class OpensslTrustStore final : public TrustStore {
  public:
    explicit OpensslTrustStore(const TrustInput& input) : domains_(input.domains) {}
    Result<void> fill(const TrustInput& input);
    TrustVerdict judge(ByteView certificate, const std::vector<Bytes>& chain, Usage usage,
                       TimePoint now) const override {
        return judge_as_of(certificate, chain, usage, now, now);
    }
    TrustVerdict judge_as_of(ByteView certificate, const std::vector<Bytes>& chain, Usage usage,
                             TimePoint as_of, TimePoint now) const override;

  private:
    // One chain check.
    struct Judging {
        const OpensslTrustStore& store;
        TimePoint as_of, now;
    };
    static int on_problem(int good, X509_STORE_CTX* context);
    struct Rules {
        X509Ptr issuer;
        IssuerRules what;
    };

    Result<X509Ptr> read(ByteView der) const;
    bool has_crl_of(const X509* certificate) const;
    std::optional<TimePoint> revocation_of(X509* certificate) const;
    bool crl_is_good(X509_STORE_CTX* context) const;
    const IssuerRules* rules_of(const X509* issuer) const;
    std::chrono::hours grace_for(const X509_NAME* issuer) const;
    TimePoint end_of(const X509_CRL* crl) const;  // with its grace
    std::string unknown_revocation(const STACK_OF(X509) * path, int at, TimePoint now,
                                   Validity& validity) const;
    void judge_path(TrustVerdict& verdict, X509* certificate, const std::vector<X509Ptr>& came_along,
                    Usage usage, TimePoint as_of, TimePoint now) const;
    bool check_path(TrustVerdict& verdict, const STACK_OF(X509) * path, const Judging& judging,
                    Validity& validity) const;

    const TrustDomains domains_;
    StorePtr store_{X509_STORE_new()};
    std::vector<X509Ptr> intermediates_;
    std::vector<CrlPtr> crls_;
    std::unordered_set<std::string> revoked_;
    std::vector<Rules> rules_;
    std::unordered_map<std::string, KnownAnswer> answers_;
    mutable VerdictCache cache_;
};

// With the id by which its issuer signs.
Result<X509Ptr> OpensslTrustStore::read(ByteView der) const {
    auto certificate = read_certificate(der);
    if (certificate.has_value() &&
        !set_signer_id(certificate->get(),
                       domains_.of_issuer(X509_get_issuer_name(certificate->get())).certificate_id))
        return internal("no memory for a certificate");
    return certificate;
}

Result<void> OpensslTrustStore::fill(const TrustInput& input) {
    for (std::size_t i = 0; i < input.anchors.size(); ++i) {
        auto anchor = read(input.anchors[i]);
        if (anchor.has_error()) return anchor.error().at("trust anchor " + std::to_string(i + 1));
        X509_STORE_add_cert(store_.get(), anchor->get());
    }
    for (std::size_t i = 0; i < input.intermediates.size(); ++i) {
        auto issuing = read(input.intermediates[i]);
        if (issuing.has_error()) return issuing.error().at("issuing CA " + std::to_string(i + 1));
        intermediates_.push_back(std::move(*issuing));
    }
    for (std::size_t i = 0; i < input.crls.size(); ++i) {
        auto crl = read_crl(input.crls[i]);
        if (crl.has_error()) return crl.error().at("CRL " + std::to_string(i + 1));
        X509_STORE_add_crl(store_.get(), crl->get());
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
    revoked_.insert(input.revoked.begin(), input.revoked.end());
    ERR_clear_error();
    return {};
}

bool OpensslTrustStore::has_crl_of(const X509* certificate) const {
    return std::any_of(crls_.begin(), crls_.end(), [&](const CrlPtr& crl) {
        return X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate)) == 0;
    });
}

// By the CRLs held, whether they are current or not.
std::optional<TimePoint> OpensslTrustStore::revocation_of(X509* certificate) const {
    for (const CrlPtr& crl : crls_)
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate)) == 0)
            if (const auto time = revocation_in(crl.get(), certificate)) return time;
    return std::nullopt;
}

const IssuerRules* OpensslTrustStore::rules_of(const X509* issuer) const {
    for (const Rules& rules : rules_)
        if (X509_cmp(rules.issuer.get(), issuer) == 0) return &rules.what;
    return nullptr;
}

// For how long an old CRL of this name counts.
std::chrono::hours OpensslTrustStore::grace_for(const X509_NAME* issuer) const {
    for (const Rules& rules : rules_)
        if (X509_NAME_cmp(X509_get_subject_name(rules.issuer.get()), issuer) == 0) return rules.what.grace;
    return std::chrono::hours(0);
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

TimePoint OpensslTrustStore::end_of(const X509_CRL* crl) const {
    return later(to_time(X509_CRL_get0_nextUpdate(crl)).value_or(TimePoint::max()),
                 grace_for(X509_CRL_get_issuer(crl)));
}

// Whether the CRL that OpenSSL complains of is well signed after all: OpenSSL has no way to be told SM2's id
// for it.
bool OpensslTrustStore::crl_is_good(X509_STORE_CTX* context) const {
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
int OpensslTrustStore::on_problem(int good, X509_STORE_CTX* context) {
    if (good == 1) return good;
    const auto& judging = *static_cast<const Judging*>(X509_STORE_CTX_get_app_data(context));
    X509_CRL* const crl = X509_STORE_CTX_get0_current_crl(context);
    X509* const certificate = X509_STORE_CTX_get_current_cert(context);
    bool overlooked = false;
    switch (X509_STORE_CTX_get_error(context)) {
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            overlooked = certificate != nullptr && !judging.store.has_crl_of(certificate);
            break;
        case X509_V_ERR_CRL_HAS_EXPIRED:
            overlooked = crl != nullptr && judging.as_of <= judging.store.end_of(crl);
            break;
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
            overlooked = judging.store.crl_is_good(context);
            break;
        case X509_V_ERR_CRL_NOT_YET_VALID:
            overlooked = crl != nullptr && begin_of(crl) <= judging.now;
            break;
        case X509_V_ERR_CERT_REVOKED:
            // Asked about now, a revocation counts at once, whatever date it bears.
            overlooked = judging.as_of < judging.now && certificate != nullptr && crl != nullptr &&
                         revocation_in(crl, certificate).value_or(TimePoint::min()) > judging.as_of;
            break;
        default:
            break;
    }
    if (!overlooked) return 0;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

// Why it is not known that certificate `at` of the path was not revoked, where that must be known; empty:
// it is, or it need not be.
std::string OpensslTrustStore::unknown_revocation(const STACK_OF(X509) * path, int at, TimePoint now,
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
    const auto answer = answers_.find(to_hex(sha256(ByteView(encoded<X509>(certificate, i2d_X509)))));
    if (answer == answers_.end()) return "no OCSP answer about it could be fetched yet";
    if (answer->second.state != ForeignState::good)
        return "its CA says by OCSP: " + std::string(to_string(answer->second.state));
    const TimePoint until = later(answer->second.next_update, rules->grace);
    if (now > until) return "the last OCSP answer about it ran out and the grace time is over";
    validity.narrow(TimePoint::min(), until);
    return {};
}

// What RFC 5280 wants beyond OpenSSL's checks, and how long the path holds.
bool OpensslTrustStore::check_path(TrustVerdict& verdict, const STACK_OF(X509) * path, const Judging& judging,
                                   Validity& validity) const {
    const auto fail = [&](TrustStatus status, int depth, const std::string& reason) {
        verdict.status = status;
        verdict.reason = reason + " (" + subject_of(sk_X509_value(path, depth)) + ")";
        return false;
    };
    for (int i = 0; i < sk_X509_num(path); ++i) {
        X509* const certificate = sk_X509_value(path, i);
        const bool anchor = i + 1 == sk_X509_num(path);
        // Whenever it was: who holds a CA's key can date back what he makes with it.
        if (i > 0 && !revoked_.empty() &&
            revoked_.contains(to_hex(sha256(ByteView(encoded<X509>(certificate, i2d_X509))))))
            return fail(TrustStatus::revoked, i, "its CA was revoked by this platform");
        if (const std::string weakness = key_weakness(certificate); !weakness.empty())
            return fail(TrustStatus::weak_key, i, weakness);
        // OpenSSL takes some old certificates without basicConstraints for CAs; only an anchor may be one.
        if (i > 0 && !anchor && X509_check_ca(certificate) != 1)
            return fail(TrustStatus::bad_constraints, i,
                        "an issuer is not marked as a CA by basicConstraints");
        validity.narrow(to_time(X509_get0_notBefore(certificate)).value_or(TimePoint::max()),
                        to_time(X509_get0_notAfter(certificate)).value_or(TimePoint::min()));
        for (const CrlPtr& crl : crls_) {
            if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate)) != 0)
                continue;
            // OpenSSL asked whether it was current then.
            if (end_of(crl.get()) < judging.now) return fail(TrustStatus::revoked, i, "CRL has expired");
            if (const auto sound = check_signature_algorithm(crl.get()); sound.has_error())
                return fail(TrustStatus::revoked, i, "CRL: " + sound.error().detail);
            validity.narrow(begin_of(crl.get()), end_of(crl.get()));
        }
        if (anchor) continue;
        if (const auto sound = check_signature_algorithm(certificate); sound.has_error())
            return fail(TrustStatus::weak_key, i, sound.error().detail);
        if (const std::string why = unknown_revocation(path, i, judging.now, validity); !why.empty())
            return fail(TrustStatus::revoked, i, why);
    }
    return true;
}

void OpensslTrustStore::judge_path(TrustVerdict& verdict, X509* certificate,
                                   const std::vector<X509Ptr>& came_along, Usage usage, TimePoint as_of,
                                   TimePoint now) const {
    const Borrowed untrusted(sk_X509_new_null());
    for (const X509Ptr& issuing : intermediates_) sk_X509_push(untrusted.get(), issuing.get());
    for (const X509Ptr& other : came_along) sk_X509_push(untrusted.get(), other.get());
    const StoreContextPtr context(X509_STORE_CTX_new());
    if (!untrusted || !context ||
        X509_STORE_CTX_init(context.get(), store_.get(), certificate, untrusted.get()) != 1) {
        verdict.reason = "the chain check could not be set up";
        return;
    }
    X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(
        rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(as_of));
    X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(max_untrusted));
    X509_VERIFY_PARAM_set_auth_level(rules, 2);  // 112 bits: no SHA-1 or MD5 signatures, no RSA below 2048
    if (usage == Usage::tls_client) X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT);
    Judging judging{*this, as_of, now};
    X509_STORE_CTX_set_app_data(context.get(), &judging);
    X509_STORE_CTX_set_verify_cb(context.get(), on_problem);

    const int outcome = X509_verify_cert(context.get());
    ERR_clear_error();
    if (const int error = X509_STORE_CTX_get_error(context.get()); outcome != 1 || error != X509_V_OK) {
        verdict.status = error == X509_V_OK ? TrustStatus::no_path : status_of(error);
        verdict.reason = std::string(X509_verify_cert_error_string(error)) + " (certificate " +
                         std::to_string(X509_STORE_CTX_get_error_depth(context.get())) + " of the chain)";
        return;
    }
    Validity validity;
    if (!check_path(verdict, X509_STORE_CTX_get0_chain(context.get()), judging, validity)) return;
    verdict.status = TrustStatus::trusted;
    verdict.reason.clear();
    if (as_of == now) cache_.keep(verdict, usage, validity);
}

TrustVerdict OpensslTrustStore::judge_as_of(ByteView der, const std::vector<Bytes>& chain, Usage usage,
                                            TimePoint as_of, TimePoint now) const {
    TrustVerdict verdict;
    verdict.thumbprint = to_hex(sha256(der));
    const auto refuse = [&](TrustStatus status, std::string reason) {
        verdict.status = status;
        verdict.reason = std::move(reason);
        return verdict;
    };
    const bool revoked = revoked_.contains(verdict.thumbprint);
    if (!revoked && as_of == now)
        if (auto known = cache_.find(verdict.thumbprint, usage, now)) return *std::move(known);
    const auto certificate = read(der);
    if (certificate.has_error()) return refuse(TrustStatus::malformed, certificate.error().detail);
    verdict.subject = subject_of(certificate->get());
    verdict.serial = serial_of(certificate->get());
    verdict.revoked_at = revocation_of(certificate->get());
    // OpenSSL looks at CRLs first, and those of a CA that was not there yet confuse it.
    if (as_of < now && as_of < to_time(X509_get0_notBefore(certificate->get())).value_or(TimePoint::max()))
        return refuse(TrustStatus::not_yet_valid,
                      "certificate is not yet valid (certificate 0 of the chain)");
    if (revoked && (as_of == now || verdict.revoked_at.value_or(TimePoint::min()) <= as_of))
        return refuse(TrustStatus::revoked, "it was revoked by this platform");
    if (std::string weakness = key_weakness(certificate->get()); !weakness.empty())
        return refuse(TrustStatus::weak_key, std::move(weakness));
    if (std::string reason = misuse(certificate->get(), usage); !reason.empty())
        return refuse(TrustStatus::wrong_usage, std::move(reason));
    if (chain.size() > max_untrusted)
        return refuse(TrustStatus::malformed,
                      "more than " + std::to_string(max_untrusted) + " certificates came along");
    std::vector<X509Ptr> came_along;
    for (const Bytes& other : chain) {
        auto read = this->read(other);
        if (read.has_error())
            return refuse(TrustStatus::malformed, "of the chain that came along: " + read.error().detail);
        came_along.push_back(std::move(*read));
    }
    judge_path(verdict, certificate->get(), came_along, usage, as_of, now);
    return verdict;
}

}  // namespace

std::string_view to_string(TrustStatus status) {
    switch (status) {
        case TrustStatus::trusted:
            return "trusted";
        case TrustStatus::malformed:
            return "malformed";
        case TrustStatus::no_path:
            return "no path to a trusted CA";
        case TrustStatus::bad_signature:
            return "bad signature";
        case TrustStatus::not_yet_valid:
            return "not yet valid";
        case TrustStatus::expired:
            return "expired";
        case TrustStatus::revoked:
            return "revoked";
        case TrustStatus::wrong_usage:
            return "wrong usage";
        case TrustStatus::weak_key:
            return "weak key";
        case TrustStatus::bad_constraints:
            return "bad constraints";
    }
    return "unknown";
}

Result<std::shared_ptr<const TrustStore>> TrustStore::make(const TrustInput& input) {
    auto store = std::make_shared<OpensslTrustStore>(input);
    HUTONG_TRY(store->fill(input));
    return std::shared_ptr<const TrustStore>(std::move(store));
}

}  // namespace hutong::security
