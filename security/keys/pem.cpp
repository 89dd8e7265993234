#include "security/keys/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace hutong::security {

namespace {

// OpenSSL would ask the terminal for a passphrase; a daemon has none.
int no_passphrase(char*, int, int, void*) {
    return -1;
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

Result<KeyPtr> key_from_pem(std::string_view pem, const std::string& name) {
    const BioPtr in = reading(pem);
    KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key) return invalid(name + ": not an unencrypted private key in PEM");
    return key;
}

Result<KeyPtr> make_key(KeyKind kind) {
    KeyPtr key(kind == KeyKind::rsa   ? EVP_RSA_gen(2048)
               : kind == KeyKind::sm2 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2")
                                      : EVP_EC_gen("P-256"));
    if (!key) return openssl_error("the key cannot be made");
    return key;
}

Result<std::string> key_to_pem(EVP_PKEY* key) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return openssl_error("the key cannot be written as PEM");
    return written(out);
}

Result<std::vector<X509Ptr>> certificates_from_pem(std::string_view pem, const std::string& name) {
    const BioPtr in = reading(pem);
    std::vector<X509Ptr> chain;
    while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr))
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
