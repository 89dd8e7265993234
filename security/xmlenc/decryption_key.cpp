#include "security/xmlenc/decryption_key.hpp"

#include <cctype>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "security/keys/pem.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::security {

namespace {

using BignumPtr = std::unique_ptr<BIGNUM, OpensslDeleter<BIGNUM, BN_free>>;

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string issuer_text(X509* certificate) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    // RFC 2253, but with characters beyond ASCII as they are.
    X509_NAME_print_ex(out.get(), X509_get_issuer_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    return written(out);
}

std::string serial_text(X509* certificate) {
    const BignumPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    char* const text = BN_bn2dec(number.get());
    std::string result(text);
    OPENSSL_free(text);
    return result;
}

}  // namespace

std::string normalised_name(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        std::size_t end = 0;
        bool quoted = false;
        for (; end < text.size() && (quoted || (text[end] != ',' && text[end] != ';')); ++end) {
            if (text[end] == '\\' && end + 1 < text.size())
                ++end;
            else if (text[end] == '"')
                quoted = !quoted;
        }
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = part.find('=');
        if (!result.empty()) result += ',';
        if (equals == std::string_view::npos) {
            result += trimmed(part);
            continue;
        }
        for (const char c : trimmed(part.substr(0, equals)))
            result += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        std::string value = trimmed(part.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        result += "=" + value;
    }
    return result;
}

Result<std::shared_ptr<const DecryptionKey>> DecryptionKey::make(evp_pkey_st* key, const Bytes& der) {
    auto opened = make_private_key(key);
    if (opened.has_error()) return invalid("the encryption key: " + opened.error().detail);
    return make(std::move(*opened), der);
}

Result<std::shared_ptr<const DecryptionKey>> DecryptionKey::make(PrivateKeyPtr key, const Bytes& der) {
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(der));
    if (key->kind() != KeyKind::rsa && key->kind() != KeyKind::sm2)
        return invalid("the encryption key is neither an RSA key of 2048 to 8192 bits nor an SM2 key");
    if (EVP_PKEY_eq(X509_get0_pubkey(certificate.get()), key->public_key()) != 1) {
        static_cast<void>(openssl_error(""));
        return invalid("the encryption certificate is not that of the key");
    }
    auto made = std::make_shared<DecryptionKey>();
    made->key_ = std::move(key);
    made->certificate_ = der;
    if (const ASN1_OCTET_STRING* ski = X509_get0_subject_key_id(certificate.get())) {
        const unsigned char* const data = ASN1_STRING_get0_data(ski);
        made->subject_key_identifier_.assign(data, data + ASN1_STRING_length(ski));
    }
    // SHA-1 names the certificate here and proves nothing.
    made->thumbprint_.resize(SHA_DIGEST_LENGTH);
    SHA1(der.data(), der.size(), made->thumbprint_.data());
    made->issuer_ = normalised_name(issuer_text(certificate.get()));
    made->serial_ = serial_text(certificate.get());
    return std::shared_ptr<const DecryptionKey>(std::move(made));
}

Result<std::shared_ptr<const DecryptionKey>> DecryptionKey::load(const KeyProviders& providers,
                                                                 const std::filesystem::path& key_file,
                                                                 const std::filesystem::path& chain_file) {
    HUTONG_ASSIGN(const std::string chain_pem, read_small_file(chain_file));
    HUTONG_ASSIGN(const auto chain, certificates_from_pem(chain_pem, chain_file.string()));
    HUTONG_ASSIGN(PrivateKeyPtr key, providers.open(key_file, X509_get0_pubkey(chain.front().get())));
    auto made = make(std::move(key), to_der(chain.front().get()));
    if (made.has_error()) return made.error().at(key_file.string());
    return made;
}

Result<std::shared_ptr<const DecryptionKey>> DecryptionKey::load(const std::string& key_file,
                                                                 const std::string& chain_file) {
    return load(KeyProviders(), key_file, chain_file);
}

DecryptionKey::Unwrapped DecryptionKey::unwrap(const KeyTransport& transport, ByteView wrapped,
                                               std::size_t size) const {
    Bytes random = random_bytes(size);
    if (transport.key != key_->kind()) return {std::move(random), false};
    auto key = key_->decrypt({transport.openssl_digest, transport.openssl_mask}, wrapped);
    if (key.has_error() && key.error().code == ErrorCode::unavailable)
        return {std::move(random), false, key.error().detail};
    if (key.has_error() || key->size() != size) return {std::move(random), false};
    return {std::move(*key), true};
}

bool DecryptionKey::has_subject_key_identifier(ByteView value) const {
    return !value.empty() && Bytes(value.begin(), value.end()) == subject_key_identifier_;
}
bool DecryptionKey::has_thumbprint(ByteView sha1) const {
    return Bytes(sha1.begin(), sha1.end()) == thumbprint_;
}
bool DecryptionKey::has_issuer_serial(std::string_view issuer, std::string_view serial) const {
    return trimmed(serial) == serial_ && normalised_name(issuer) == issuer_;
}

}  // namespace hutong::security
