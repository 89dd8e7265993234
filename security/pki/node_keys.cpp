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

}  // namespace

Result<std::string> make_request(EVP_PKEY* key, const std::string& name) {
    const RequestPtr request(X509_REQ_new());
    // The CA sets the subject; what stands here only helps people to tell requests apart.
    X509_NAME* const subject = X509_REQ_get_subject_name(request.get());
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<int>(name.size()), -1, 0) != 1 ||
        X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
        X509_REQ_set_pubkey(request.get(), key) != 1)
        return openssl_error("the certificate request cannot be made");
    HUTONG_ASSIGN(const auto signer, make_signing_key(key, {}));
    HUTONG_TRY(sign(request.get(), *signer));
    if (PEM_write_bio_X509_REQ(out.get(), request.get()) != 1)
        return openssl_error("the certificate request cannot be written");
    return written(out);
}

Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind) {
    HUTONG_ASSIGN(const auto path, file_in_keys(home, name, ".key"));
    HUTONG_ASSIGN(const KeyPtr key, make_key(kind));
    HUTONG_ASSIGN(const std::string pem, key_to_pem(key.get()));
    HUTONG_TRY(write_private_file(path, pem));
    return make_request(key.get(), name);
}

Result<void> store_chain(const Home& home, const std::string& name, const std::string& pem) {
    HUTONG_ASSIGN(const auto path, file_in_keys(home, name, ".pem"));
    HUTONG_TRY(certificates_from_pem(pem, "the certificate chain for " + name));
    return write_private_file(path, pem);
}

}  // namespace hutong::security
