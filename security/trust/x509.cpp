#include "security/trust/x509.hpp"

#include <algorithm>
#include <ctime>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "security/keys/key_kind.hpp"
#include "security/trust/sm2_id.hpp"

namespace hutong::security {

namespace {

template <class Pointer, class Decode>
Result<Pointer> read_der(ByteView der, Decode decode, const char* what) {
    const unsigned char* at = der.data();
    Pointer object(decode(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!object || at != der.data() + der.size()) return invalid(std::string("not a DER ") + what);
    return object;
}

}  // namespace

Result<X509Ptr> read_certificate(ByteView der) {
    auto certificate = read_der<X509Ptr>(der, d2i_X509, "certificate");
    if (certificate && !set_signer_id(certificate->get())) return internal("no memory for a certificate");
    return certificate;
}
Result<CrlPtr> read_crl(ByteView der) {
    return read_der<CrlPtr>(der, d2i_X509_CRL, "certificate revocation list");
}

std::string name_text(const X509_NAME* name) {
    const std::unique_ptr<BIO, OpensslDeleter<BIO, BIO_free_all>> out(BIO_new(BIO_s_mem()));
    // RFC 2253 escaping is RFC 4514's; bytes beyond ASCII stay UTF-8 for people to read.
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string subject_of(const X509* certificate) {
    return name_text(X509_get_subject_name(certificate));
}

std::string issuer_of(const X509* certificate) {
    return name_text(X509_get_issuer_name(certificate));
}

std::string public_key_digest(const X509* certificate) {
    unsigned char* out = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &out);
    if (length <= 0) return {};
    std::string digest = to_hex(sha256(ByteView(out, static_cast<std::size_t>(length))));
    OPENSSL_free(out);
    return digest;
}

std::string serial_of(const X509* certificate) {
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(certificate);
    return to_hex({ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

std::optional<TimePoint> to_time(const ASN1_TIME* time) {
    std::tm broken{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken) != 1) return std::nullopt;
    // Beyond what the clock's nanosecond range holds, a date means "always" or "never yet".
    constexpr int first_year = 1680, last_year = 2250;
    if (broken.tm_year + 1900 > last_year) return TimePoint::max();
    if (broken.tm_year + 1900 < first_year) return TimePoint::min();
    return std::chrono::system_clock::from_time_t(timegm(&broken));
}

std::string key_weakness(const X509* certificate) {
    EVP_PKEY* const key = X509_get0_pubkey(certificate);
    // A CA's key may be restricted to PSS (RFC 4055); in the hands of a caller no row of our table takes it.
    if (key != nullptr && EVP_PKEY_is_a(key, "RSA-PSS") == 1) {
        const int bits = EVP_PKEY_get_bits(key);
        return bits >= 2048 ? "" : "the RSA key has " + std::to_string(bits) + " bits; 2048 are the least";
    }
    const auto kind = kind_of(key);
    return kind.has_error() ? kind.error().detail : "";
}

}  // namespace hutong::security
