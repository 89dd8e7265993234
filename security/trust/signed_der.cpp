#include "security/trust/signed_der.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "security/keys/key_kind.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using AnyPtr = std::unique_ptr<ASN1_TYPE, OpensslDeleter<ASN1_TYPE, ASN1_TYPE_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

using PssPtr = std::unique_ptr<RSA_PSS_PARAMS, OpensslDeleter<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>>;
using AlgorithmPtr = std::unique_ptr<X509_ALGOR, OpensslDeleter<X509_ALGOR, X509_ALGOR_free>>;

// Those that say by their name what they are.
constexpr std::array believed{NID_sha256WithRSAEncryption,
                              NID_sha384WithRSAEncryption,
                              NID_sha512WithRSAEncryption,
                              NID_ecdsa_with_SHA256,
                              NID_ecdsa_with_SHA384,
                              NID_ecdsa_with_SHA512,
                              NID_ED25519,
                              NID_SM2_with_SM3};
constexpr std::array pss_digests{NID_sha256, NID_sha384, NID_sha512};

int nid_of(const X509_ALGOR* algorithm) {
    return algorithm ? OBJ_obj2nid(algorithm->algorithm) : NID_undef;
}

// RFC 4055 section 3.1: what is not said means SHA-1.
bool is_good_pss(const X509_ALGOR* algorithm) {
    const PssPtr pss(static_cast<RSA_PSS_PARAMS*>(
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS), algorithm->parameter)));
    if (!pss || nid_of(pss->maskGenAlgorithm) != NID_mgf1) return false;
    const AlgorithmPtr mask(static_cast<X509_ALGOR*>(
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), pss->maskGenAlgorithm->parameter)));
    const int digest = nid_of(pss->hashAlgorithm);
    return std::ranges::find(pss_digests, digest) != pss_digests.end() && nid_of(mask.get()) == digest;
}

}  // namespace

Result<void> check_signature_algorithm(const X509_ALGOR* algorithm) {
    const int method = nid_of(algorithm);
    const bool good = method == NID_rsassaPss ? is_good_pss(algorithm)
                                              : std::ranges::find(believed, method) != believed.end();
    ERR_clear_error();
    if (good) return {};
    char name[80] = "";
    if (algorithm) OBJ_obj2txt(name, sizeof name, algorithm->algorithm, 0);
    return refused("the signature's algorithm " + std::string(name) +
                   (method == NID_rsassaPss ? " with these parameters" : "") + " is not believed");
}

Result<void> check_signature_algorithm(const X509* certificate) {
    return check_signature_algorithm(X509_get0_tbs_sigalg(certificate));
}

Result<void> check_signature_algorithm(const X509_CRL* crl) {
    const X509_ALGOR* algorithm = nullptr;
    X509_CRL_get0_signature(crl, nullptr, &algorithm);
    return check_signature_algorithm(algorithm);
}

Result<void> verify_signed_der(ByteView body, const X509_ALGOR* algorithm, const ASN1_BIT_STRING* signature,
                               EVP_PKEY* key, std::string_view sm2_id) {
    const Error bad = refused("the signature does not fit its signer's key");
    const int method = nid_of(algorithm);
    const bool sm2 = EVP_PKEY_is_a(key, "SM2") == 1;
    if (sm2 != (method == NID_SM2_with_SM3)) return refused("the signature's algorithm is not its signer's");
    HUTONG_TRY(check_signature_algorithm(algorithm));
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
