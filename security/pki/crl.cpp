#include "security/pki/crl.hpp"

#include <array>

#include <openssl/x509v3.h>

#include "security/pki/der.hpp"
#include "security/pki/signed_der.hpp"

namespace hutong::security {

namespace {

constexpr auto lifetime = std::chrono::hours(24 * 7);
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

Result<Bytes> entry_of(const RevokedEntry& entry) {
    HUTONG_ASSIGN(const Bytes serial, from_hex(entry.serial));
    HUTONG_ASSIGN(const long code, revocation_code(entry.reason));
    Bytes extensions;
    if (code != 0) {  // "unspecified" is said by saying nothing
        const std::array<std::uint8_t, 1> number{static_cast<std::uint8_t>(code)};
        extensions = der::element(der::sequence,
                                  der::extension(NID_crl_reason, der::element(der::enumerated, number)));
    }
    return der::elements(der::sequence, {der::natural(serial), der::x509_time(entry.when), extensions});
}

Bytes extensions_of(const X509* issuer, std::uint64_t number) {
    const ASN1_OCTET_STRING* const key_id = X509_get0_subject_key_id(const_cast<X509*>(issuer));
    const ByteView id(ASN1_STRING_get0_data(key_id), static_cast<std::size_t>(ASN1_STRING_length(key_id)));
    const Bytes authority = der::element(der::sequence, der::element(der::implicit_tag(0), id));
    Bytes octets;
    for (int shift = 56; shift >= 0; shift -= 8) octets.push_back(static_cast<std::uint8_t>(number >> shift));
    const Bytes all = der::elements(der::sequence, {der::extension(NID_authority_key_identifier, authority),
                                                    der::extension(NID_crl_number, der::natural(octets))});
    return der::element(der::explicit_tag(0), all);
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

// TBSCertList, RFC 5280 section 5.1.2.
Result<Bytes> build_crl(const X509* issuer, const SigningKey& key, const std::vector<RevokedEntry>& revoked,
                        std::uint64_t number, TimePoint now) {
    const std::array<std::uint8_t, 1> version{1};  // v2
    HUTONG_ASSIGN(const Bytes algorithm, algorithm_identifier(key.kind()));
    const unsigned char* name = nullptr;
    std::size_t name_size = 0;
    if (X509_NAME_get0_der(X509_get_subject_name(issuer), &name, &name_size) != 1)
        return openssl_error("the CRL's issuer cannot be named");
    Bytes entries;
    for (const RevokedEntry& each : revoked) {
        HUTONG_ASSIGN(const Bytes entry, entry_of(each));
        entries.insert(entries.end(), entry.begin(), entry.end());
    }
    if (!entries.empty()) entries = der::element(der::sequence, entries);  // an empty list must not be there
    const Bytes content =
        der::elements(der::sequence, {der::natural(version), algorithm, ByteView(name, name_size),
                                      der::x509_time(now - clock_differences), der::x509_time(now + lifetime),
                                      entries, extensions_of(issuer, number)});
    return signed_sequence(content, key);
}

}  // namespace hutong::security
