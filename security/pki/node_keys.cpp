#include <openssl/pem.h>

#include "base/ids.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/private_file.hpp"
#include "security/pki/authority.hpp"
#include "security/pki/sign.hpp"

namespace hutong::security {

namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ, X509_REQ_free>>;

Result<std::filesystem::path> file_in_keys(const Home& home, const std::string& name, const char* extension) {
    if (!is_name(name))
        return invalid("\"" + name + "\" cannot be a key's name: small letters, digits, -, _ and . can");
    return home.keys() / (name + extension);
}

// Tokens differ in what RSA-OAEP they have; SoftHSM2 2.6 has it with SHA-1 only.
Result<void> check_decrypts(const PrivateKey& key) {
    const Oaep oaep;
    const Bytes secret = random_bytes(32);
    using Context = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.public_key(), nullptr));
    Bytes wrapped(static_cast<std::size_t>(EVP_PKEY_get_size(key.public_key())));
    std::size_t size = wrapped.size();
    if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get(), oaep) ||
        EVP_PKEY_encrypt(context.get(), wrapped.data(), &size, secret.data(), secret.size()) != 1)
        return openssl_error("encrypting for a new key");
    const auto opened = key.decrypt(oaep, wrapped);
    if (opened.has_error() && opened.error().code == ErrorCode::unavailable) return opened.error();
    if (opened.has_error() || *opened != secret)
        return refused(
            "its token cannot decrypt by RSA-OAEP with SHA-256, as callers encrypt; leave this key "
            "in a file" +
            (opened.has_error() ? " (" + opened.error().detail + ")" : std::string()));
    return {};
}

}  // namespace

Result<std::string> make_request(EVP_PKEY* key, const std::string& name) {
    HUTONG_ASSIGN(PrivateKeyPtr opened, make_private_key(key));
    return make_request(std::move(opened), name);
}

Result<std::string> make_request(PrivateKeyPtr key, const std::string& name) {
    const RequestPtr request(X509_REQ_new());
    // The CA sets the subject; what stands here only helps people to tell requests apart.
    X509_NAME* const subject = X509_REQ_get_subject_name(request.get());
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<int>(name.size()), -1, 0) != 1 ||
        X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
        X509_REQ_set_pubkey(request.get(), key->public_key()) != 1)
        return openssl_error("the certificate request cannot be made");
    HUTONG_TRY(sign(request.get(), *certified(std::move(key), {})));
    if (PEM_write_bio_X509_REQ(out.get(), request.get()) != 1)
        return openssl_error("the certificate request cannot be written");
    return written(out);
}

Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind) {
    return make_key_and_csr(home, name, kind, KeyUse::sign, KeyProviders(), {});
}

Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind, KeyUse use,
                                     const KeyProviders& providers, const std::string& uri) {
    HUTONG_ASSIGN(const auto path, file_in_keys(home, name, ".key"));
    auto key = providers.make_key(path, uri, kind, use);
    if (key.has_error()) return key.error().at("the key " + name);
    if (use == KeyUse::decrypt && (*key)->may_block())
        if (const auto able = check_decrypts(**key); able.has_error())
            return able.error().at("the key " + name);
    return make_request(std::move(*key), name);
}

Result<void> store_chain(const Home& home, const std::string& name, const std::string& pem) {
    HUTONG_ASSIGN(const auto path, file_in_keys(home, name, ".pem"));
    HUTONG_TRY(certificates_from_pem(pem, "the certificate chain for " + name));
    return write_private_file(path, pem);
}

}  // namespace hutong::security
