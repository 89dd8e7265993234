#include "security/trust/trust_store.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "security/trust/revocations.hpp"
#include "security/trust/signed_der.hpp"
#include "security/trust/sm2_id.hpp"
#include "security/trust/trust_domains.hpp"
#include "security/trust/trust_status.hpp"
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

// One chain check.
struct Judging {
    const Revocations& revocations;
    TimePoint as_of, now;
};

// OpenSSL asks about each problem it meets.
int on_problem(int good, X509_STORE_CTX* context) {
    if (good == 1) return good;
    const auto& judging = *static_cast<const Judging*>(X509_STORE_CTX_get_app_data(context));
    if (!judging.revocations.overlooks(context, judging.as_of, judging.now)) return 0;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
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
    Result<X509Ptr> read(ByteView der) const;
    void judge_path(TrustVerdict& verdict, X509* certificate, const std::vector<X509Ptr>& came_along,
                    Usage usage, TimePoint as_of, TimePoint now) const;
    bool check_path(TrustVerdict& verdict, const STACK_OF(X509) * path, const Judging& judging,
                    Validity& validity) const;

    const TrustDomains domains_;
    StorePtr store_{X509_STORE_new()};
    std::vector<X509Ptr> intermediates_;
    Revocations revocations_{domains_};
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
    HUTONG_TRY(revocations_.fill(input));
    for (const CrlPtr& crl : revocations_.crls()) X509_STORE_add_crl(store_.get(), crl.get());
    ERR_clear_error();
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
        if (i > 0 && revocations_.in_own_register(certificate))
            return fail(TrustStatus::revoked, i, "its CA was revoked by this platform");
        if (const std::string weakness = key_weakness(certificate); !weakness.empty())
            return fail(TrustStatus::weak_key, i, weakness);
        // OpenSSL takes some old certificates without basicConstraints for CAs; only an anchor may be one.
        if (i > 0 && !anchor && X509_check_ca(certificate) != 1)
            return fail(TrustStatus::bad_constraints, i,
                        "an issuer is not marked as a CA by basicConstraints");
        validity.narrow(to_time(X509_get0_notBefore(certificate)).value_or(TimePoint::max()),
                        to_time(X509_get0_notAfter(certificate)).value_or(TimePoint::min()));
        if (const std::string why = revocations_.unusable_crl(certificate, judging.now, validity);
            !why.empty())
            return fail(TrustStatus::revoked, i, why);
        if (anchor) continue;
        if (const auto sound = check_signature_algorithm(certificate); sound.has_error())
            return fail(TrustStatus::weak_key, i, sound.error().detail);
        if (const std::string why = revocations_.unknown(path, i, judging.now, validity); !why.empty())
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
    Judging judging{revocations_, as_of, now};
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
    const bool revoked = revocations_.in_own_register(verdict.thumbprint);
    if (!revoked && as_of == now)
        if (auto known = cache_.find(verdict.thumbprint, usage, now)) return *std::move(known);
    const auto certificate = read(der);
    if (certificate.has_error()) return refuse(TrustStatus::malformed, certificate.error().detail);
    verdict.subject = subject_of(certificate->get());
    verdict.serial = serial_of(certificate->get());
    verdict.revoked_at = revocations_.time_of(certificate->get());
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

Result<std::shared_ptr<const TrustStore>> TrustStore::make(const TrustInput& input) {
    auto store = std::make_shared<OpensslTrustStore>(input);
    HUTONG_TRY(store->fill(input));
    return std::shared_ptr<const TrustStore>(std::move(store));
}

}  // namespace hutong::security
