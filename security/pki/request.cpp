#include "security/pki/request.hpp"

#include <openssl/pem.h>

#include "security/keys/key_kind.hpp"
#include "security/trust/sm2_id.hpp"

namespace hutong::security {

namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ, X509_REQ_free>>;

}  // namespace

Result<KeyPtr> key_of_request(std::string_view csr_pem) {
    const BioPtr in = reading(csr_pem);
    const RequestPtr request(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    KeyPtr key(request ? X509_REQ_get_pubkey(request.get()) : nullptr);
    if (!key) {
        (void)openssl_error("");
        return invalid("not a certificate request in PEM (-----BEGIN CERTIFICATE REQUEST-----)");
    }
    if (const auto kind = kind_of(key.get()); kind.has_error())
        return kind.error().at("the request's key cannot be certified; make a new one");
    if (!set_signer_id(request.get())) return openssl_error("the request cannot be read");
    if (X509_REQ_verify(request.get(), key.get()) != 1) {
        (void)openssl_error("");
        return refused(
            "the request is not signed by its own key: it was altered, or the key is somebody else's");
    }
    return key;
}

}  // namespace hutong::security
