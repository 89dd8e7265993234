#include "security/pki/crl.hpp"

#include <array>

#include <openssl/x509v3.h>

#include "security/pki/certificate_builder.hpp"
#include "security/pki/sign.hpp"

namespace hutong::security {

namespace {

using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OpensslDeleter<ASN1_INTEGER, ASN1_INTEGER_free>>;
using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, OpensslDeleter<ASN1_ENUMERATED, ASN1_ENUMERATED_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, OpensslDeleter<ASN1_TIME, ASN1_TIME_free>>;
using RevokedPtr = std::unique_ptr<X509_REVOKED, OpensslDeleter<X509_REVOKED, X509_REVOKED_free>>;

constexpr auto clock_differences = std::chrono::minutes(5);

struct Reason {
    std::string_view name;
    long code;
};
constexpr std::array<Reason, 8> reasons{{{"unspecified", 0},
                                         {"keyCompromise", 1},
                                         {"cACompromise", 2},
                                         {"affiliationChanged", 3},
                                         {"superseded", 4},
                                         {"cessationOfOperation", 5},
                                         {"privilegeWithdrawn", 9},
                                         {"aACompromise", 10}}};

Result<RevokedPtr> build_entry(const RevokedEntry& entry) {
    HUTONG_ASSIGN(const Bytes bytes, from_hex(entry.serial));
    HUTONG_ASSIGN(const long code, revocation_code(entry.reason));
    RevokedPtr revoked(X509_REVOKED_new());
    const IntegerPtr serial(ASN1_INTEGER_new());
    const TimePtr when(ASN1_TIME_new());
    bool made = ASN1_STRING_set(serial.get(), bytes.data(), static_cast<int>(bytes.size())) == 1 &&
                X509_REVOKED_set_serialNumber(revoked.get(), serial.get()) == 1 &&
                set_time(when.get(), entry.when) &&
                X509_REVOKED_set_revocationDate(revoked.get(), when.get()) == 1;
    if (code != 0) {  // "unspecified" is said by saying nothing
        const EnumeratedPtr value(ASN1_ENUMERATED_new());
        made =
            made && ASN1_ENUMERATED_set(value.get(), code) == 1 &&
            X509_REVOKED_add1_ext_i2d(revoked.get(), NID_crl_reason, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
    }
    if (!made) return openssl_error("an entry of the CRL cannot be made");
    return revoked;
}

bool add_extensions(X509_CRL* crl, X509* issuer, std::uint64_t number) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, nullptr, nullptr, crl, 0);
    X509_EXTENSION* const key_id =
        X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always");
    const bool added = key_id && X509_CRL_add_ext(crl, key_id, -1) == 1;
    X509_EXTENSION_free(key_id);
    const IntegerPtr value(ASN1_INTEGER_new());
    return added && ASN1_INTEGER_set_uint64(value.get(), number) == 1 &&
           X509_CRL_add1_ext_i2d(crl, NID_crl_number, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

}  // namespace

Result<long> revocation_code(const std::string& reason) {
    std::string known;
    for (const Reason& each : reasons) {
        if (each.name == reason) return each.code;
        known += (known.empty() ? "" : ", ") + std::string(each.name);
    }
    return invalid("unknown revocation reason \"" + reason + "\": one of " + known);
}

std::string revocation_reason(long code) {
    for (const Reason& each : reasons)
        if (each.code == code) return std::string(each.name);
    return "unspecified";
}

Result<Bytes> build_crl(X509* issuer, const SigningKey& key, const std::vector<RevokedEntry>& revoked,
                        std::uint64_t number, TimePoint now, std::chrono::hours life) {
    HUTONG_ASSIGN(const CrlPtr crl, new_crl(key.kind()));
    const TimePtr time(ASN1_TIME_new());
    bool made = X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1 &&
                X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer)) == 1 &&
                set_time(time.get(), now - clock_differences) &&
                X509_CRL_set1_lastUpdate(crl.get(), time.get()) == 1 && set_time(time.get(), now + life) &&
                X509_CRL_set1_nextUpdate(crl.get(), time.get()) == 1;
    for (const RevokedEntry& each : revoked) {
        HUTONG_ASSIGN(RevokedPtr entry, build_entry(each));
        made = made && X509_CRL_add0_revoked(crl.get(), entry.get()) == 1;
        if (made) entry.release();  // it belongs to the CRL now
    }
    if (!made || !add_extensions(crl.get(), issuer, number) || X509_CRL_sort(crl.get()) != 1)
        return openssl_error("the CRL cannot be made");
    HUTONG_TRY(sign(crl.get(), key));
    Bytes der(static_cast<std::size_t>(i2d_X509_CRL(crl.get(), nullptr)));
    unsigned char* at = der.data();
    i2d_X509_CRL(crl.get(), &at);
    return der;
}

}  // namespace hutong::security
