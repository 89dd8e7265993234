#include "security/keys/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

namespace hutong::security {

namespace {

// RFC 7914 section 2: 16 MiB and a good tenth of a second for each try, within what OpenSSL reads without
// being told.
constexpr std::uint64_t scrypt_cost = 1u << 14;
constexpr std::uint64_t scrypt_block = 8;
constexpr std::uint64_t scrypt_parallel = 5;

// OpenSSL would ask the terminal for a passphrase; a daemon has none.
int give_passphrase(char* to, int size, int, void* passphrase) {
    const auto* const text = static_cast<const std::string*>(passphrase);
    if (text == nullptr || text->empty() || text->size() > static_cast<std::size_t>(size)) return -1;
    return static_cast<int>(text->copy(to, text->size()));
}

Error unreadable_key(std::string_view pem, const std::string& name, bool passphrase) {
    if (!is_encrypted_key(pem)) return invalid(name + ": not an unencrypted private key in PEM");
    if (passphrase) return invalid(name + ": the passphrase in keys.passphrase_file does not open this key");
    return invalid(name +
                   ": the key is encrypted; name the file with its passphrase as keys.passphrase_file, "
                   "or give an unencrypted key");
}

}  // namespace

BioPtr reading(std::string_view text) {
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string written(const BioPtr& bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

Result<KeyPtr> key_from_pem(std::string_view pem, const std::string& name, const std::string& passphrase) {
    const BioPtr in = reading(pem);
    KeyPtr key(
        PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, const_cast<std::string*>(&passphrase)));
    ERR_clear_error();
    if (!key) return unreadable_key(pem, name, !passphrase.empty());
    return key;
}

bool is_encrypted_key(std::string_view pem) {
    return pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos ||
           pem.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

Result<KeyPtr> make_key(KeyKind kind) {
    KeyPtr key(kind == KeyKind::rsa   ? EVP_RSA_gen(2048)
               : kind == KeyKind::sm2 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2")
                                      : EVP_EC_gen("P-256"));
    if (!key) return openssl_error("the key cannot be made");
    return key;
}

namespace {

using Pkcs8Ptr =
    std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpensslDeleter<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>>;
using SealedPtr = std::unique_ptr<X509_SIG, OpensslDeleter<X509_SIG, X509_SIG_free>>;

Result<std::string> encrypted_pem(EVP_PKEY* key, const std::string& passphrase) {
    const Pkcs8Ptr plain(EVP_PKEY2PKCS8(key));
    X509_ALGOR* const method = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, scrypt_cost,
                                                     scrypt_block, scrypt_parallel);
    if (!plain || method == nullptr) return openssl_error("the key cannot be encrypted");
    const SealedPtr sealed(PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), plain.get(),
                                          method));  // takes the method, when it succeeds
    if (!sealed) {
        X509_ALGOR_free(method);
        return openssl_error("the key cannot be encrypted");
    }
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PKCS8(out.get(), sealed.get()) != 1)
        return openssl_error("the key cannot be written as PEM");
    return written(out);
}

}  // namespace

Result<std::string> key_to_pem(EVP_PKEY* key, const std::string& passphrase) {
    if (!passphrase.empty()) return encrypted_pem(key, passphrase);
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return openssl_error("the key cannot be written as PEM");
    return written(out);
}

Result<KeyPtr> public_half(const EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    const unsigned char* at = der;
    KeyPtr half(size > 0 ? d2i_PUBKEY(nullptr, &at, size) : nullptr);
    OPENSSL_free(der);
    if (!half) return openssl_error("the public key cannot be read");
    return half;
}

Result<std::vector<X509Ptr>> certificates_from_pem(std::string_view pem, const std::string& name) {
    const BioPtr in = reading(pem);
    std::vector<X509Ptr> chain;
    while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, give_passphrase, nullptr))
        chain.emplace_back(certificate);
    const auto reason = ERR_GET_REASON(ERR_peek_last_error());
    ERR_clear_error();
    if (reason != PEM_R_NO_START_LINE) return invalid(name + ": a certificate in it is malformed");
    if (chain.empty()) return invalid(name + ": no certificate in PEM in it");
    return chain;
}

std::string certificate_to_pem(X509* certificate) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate);
    return written(out);
}

Bytes to_der(const X509* certificate) {
    Bytes der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
    unsigned char* at = der.data();
    i2d_X509(certificate, &at);
    return der;
}

Error openssl_error(std::string_view what) {
    char reason[256] = "no reason given";
    if (const auto code = ERR_peek_last_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return internal(std::string(what) + ": " + reason);
}

}  // namespace hutong::security
