#include "security/trust/usage.hpp"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

constexpr std::uint32_t signs = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
constexpr std::uint32_t encrypts = KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT;

// The CA keeps a copy of an encryption key, so what such a key signs proves nothing, and what is encrypted
// with a signing key cannot be recovered: an SM2 certificate says which of the two it is for, and is for one.
std::string misuse_of_pair(std::uint32_t usage, Usage wanted) {
    if ((usage & signs) != 0 && (usage & encrypts) != 0)
        return "an SM2 certificate is for signing or for encryption, and its keyUsage allows both or does "
               "not say";
    if (wanted == Usage::encryption) return (usage & signs) == 0 ? "" : "it is an SM2 signing certificate";
    return (usage & encrypts) == 0 ? "" : "it is an SM2 encryption certificate";
}

}  // namespace

std::string misuse(X509* certificate, Usage usage) {
    // A CA's key speaks for the CA only; this also keeps an anchor from being a caller.
    if (X509_check_ca(certificate) != 0) return "a CA certificate is not an end entity's";
    const std::uint32_t key_usage = X509_get_key_usage(certificate);
    const EVP_PKEY* const key = X509_get0_pubkey(certificate);
    if (key != nullptr && EVP_PKEY_is_a(key, "SM2") == 1)
        if (std::string reason = misuse_of_pair(key_usage, usage); !reason.empty()) return reason;
    // RFC 5280 section 4.2.1.3: without the extension any use is allowed.
    if (usage == Usage::message_signing && (key_usage & KU_DIGITAL_SIGNATURE) == 0)
        return "its keyUsage does not include digitalSignature";
    if (usage == Usage::document_signing && (key_usage & signs) == 0)
        return "its keyUsage includes neither digitalSignature nor nonRepudiation";
    if (usage == Usage::encryption && (key_usage & KU_KEY_ENCIPHERMENT) == 0)
        return "its keyUsage does not include keyEncipherment";
    const std::uint32_t extended = X509_get_extended_key_usage(certificate);
    if (usage == Usage::tls_client && (extended & XKU_SSL_CLIENT) == 0)
        return "its extendedKeyUsage does not include clientAuth";
    return "";
}

Result<void> check_can_be_bound(ByteView der, Usage usage, TimePoint now) {
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(der));
    const std::string whose = "the certificate of " + subject_of(certificate.get());
    std::string reason = misuse(certificate.get(), usage);
    // What a client's key does in a handshake is to sign (RFC 8446 section 4.4.2.2).
    if (reason.empty() && usage == Usage::tls_client)
        reason = misuse(certificate.get(), Usage::message_signing);
    if (!reason.empty()) return invalid(whose + " cannot be bound: " + reason);
    if (const std::string weakness = key_weakness(certificate.get()); !weakness.empty())
        return invalid(whose + " cannot be bound: " + weakness);
    const auto end = to_time(X509_get0_notAfter(certificate.get()));
    if (!end || *end <= now)
        return invalid(whose + " is out of date" + (end ? " since " + format_utc(*end) : std::string()));
    return {};
}

}  // namespace hutong::security
