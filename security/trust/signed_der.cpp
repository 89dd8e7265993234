#include "security/trust/signed_der.hpp"

#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "security/keys/key_kind.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using AnyPtr = std::unique_ptr<ASN1_TYPE, OpensslDeleter<ASN1_TYPE, ASN1_TYPE_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

constexpr int least_security_bits = 112;

}  // namespace

Result<void> verify_signed_der(ByteView body, const X509_ALGOR* algorithm, const ASN1_BIT_STRING* signature,
                               EVP_PKEY* key, std::string_view sm2_id) {
    const Error bad = refused("the signature does not fit its signer's key");
    const int method = OBJ_obj2nid(algorithm->algorithm);
    const bool sm2 = EVP_PKEY_is_a(key, "SM2") == 1;
    if (sm2 != (method == NID_SM2_with_SM3)) return refused("the signature's algorithm is not its signer's");
    // What says nothing by its name (RSASSA-PSS, EdDSA) is checked by OpenSSL when it reads the parameters.
    if (int digest = NID_undef; OBJ_find_sigid_algs(method, &digest, nullptr) == 1 && digest != NID_undef) {
        const EVP_MD* const md = EVP_get_digestbynid(digest);
        if (md == nullptr || EVP_MD_get_size(md) * 4 < least_security_bits)
            return refused("the signature's digest is weak");
    }
    // An object of unknown content is encoded again just as it came.
    const unsigned char* at = body.data();
    const AnyPtr object(d2i_ASN1_TYPE(nullptr, &at, static_cast<long>(body.size())));
    const ContextPtr context(EVP_MD_CTX_new());
    const KeyContextPtr parameters(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    bool good = object && at == body.data() + body.size() && context && parameters;
    if (good && sm2) good = EVP_PKEY_CTX_set1_id(parameters.get(), sm2_id.data(), sm2_id.size()) == 1;
    if (good) {
        EVP_MD_CTX_set_pkey_ctx(context.get(), parameters.get());
        good = ASN1_item_verify_ctx(ASN1_ITEM_rptr(ASN1_ANY), algorithm, signature, object.get(),
                                    context.get()) == 1;
    }
    ERR_clear_error();
    return good ? Result<void>() : bad;
}

Result<void> verify_crl(const X509_CRL* crl, EVP_PKEY* key, std::string_view sm2_id) {
    const ASN1_BIT_STRING* signature = nullptr;
    const X509_ALGOR* algorithm = nullptr;
    X509_CRL_get0_signature(crl, &signature, &algorithm);
    unsigned char* der = nullptr;
    // Keeps the encoding that the CRL came in.
    const int size = i2d_re_X509_CRL_tbs(const_cast<X509_CRL*>(crl), &der);
    if (size <= 0) return internal("a CRL cannot be encoded");
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
        der, [](unsigned char* p) { OPENSSL_free(p); });
    return verify_signed_der({der, static_cast<std::size_t>(size)}, algorithm, signature, key, sm2_id);
}

}  // namespace hutong::security
