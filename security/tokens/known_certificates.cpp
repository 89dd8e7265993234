#include "security/tokens/known_certificates.hpp"

#include <algorithm>
#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "security/tokens/issuer_serial.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

std::string key_of(ByteView bytes) {
    return std::string(as_text(bytes));
}

// The extension's value (RFC 5280 section 4.2.1.2); without the extension the certificate has no such name.
std::string key_identifier_of(X509* certificate) {
    const ASN1_OCTET_STRING* const id = X509_get0_subject_key_id(certificate);
    if (id == nullptr) return {};
    return key_of({ASN1_STRING_get0_data(id), static_cast<std::size_t>(ASN1_STRING_length(id))});
}

std::string sha1_of(ByteView der) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(der.data(), der.size(), digest, &length, EVP_sha1(), nullptr) != 1) return {};
    return key_of({digest, length});
}

}  // namespace

KnownCertificates::KnownCertificates(const std::vector<Bytes>& certificates) {
    for (const Bytes& der : certificates) {
        const auto certificate = read_certificate(der);
        if (certificate.has_error()) continue;
        const std::string thumbprint = sha1_of(der);
        const auto [first, last] = by_thumbprint_.equal_range(thumbprint);
        if (std::any_of(first, last, [&](const auto& other) { return certificates_[other.second] == der; }))
            continue;
        const std::size_t position = certificates_.size();
        certificates_.push_back(der);
        by_thumbprint_.emplace(thumbprint, position);
        by_serial_.emplace(serial_of(certificate->get()), position);
        if (const std::string id = key_identifier_of(certificate->get()); !id.empty())
            by_key_identifier_.emplace(id, position);
    }
    ERR_clear_error();
}

Result<Bytes> KnownCertificates::only_one(const std::vector<std::size_t>& found,
                                          const std::string& what) const {
    if (found.empty())
        return refused("no registered certificate has this " + what +
                       "; register it for a consumer, or send the certificate itself");
    if (found.size() > 1)
        return refused("more than one registered certificate has this " + what +
                       "; send the certificate itself");
    return certificates_[found.front()];
}

Result<Bytes> KnownCertificates::look_up(const Index& index, const std::string& key,
                                         const std::string& what) const {
    std::vector<std::size_t> found;
    const auto [first, last] = index.equal_range(key);
    std::transform(first, last, std::back_inserter(found), [](const auto& entry) { return entry.second; });
    return only_one(found, what);
}

Result<Bytes> KnownCertificates::by_key_identifier(ByteView identifier) const {
    return look_up(by_key_identifier_, key_of(identifier), "SubjectKeyIdentifier");
}

Result<Bytes> KnownCertificates::by_thumbprint(ByteView sha1) const {
    return look_up(by_thumbprint_, key_of(sha1), "ThumbprintSHA1");
}

Result<Bytes> KnownCertificates::by_issuer_serial(std::string_view issuer, std::string_view serial) const {
    HUTONG_ASSIGN(const std::string hex, hex_of_serial(serial));
    HUTONG_ASSIGN(const DistinguishedNameText name, DistinguishedNameText::parse(issuer));
    std::vector<std::size_t> found;
    const auto [first, last] = by_serial_.equal_range(hex);
    for (auto entry = first; entry != last; ++entry) {
        const auto certificate = read_certificate(certificates_[entry->second]);
        if (certificate.has_value() && name.names_issuer_of(certificate->get()))
            found.push_back(entry->second);
    }
    return only_one(found, "X509IssuerSerial");
}

}  // namespace hutong::security
