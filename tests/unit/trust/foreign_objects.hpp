// CRLs and OCSP answers, sound or not, made by OpenSSL directly.
#pragma once

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::test {

using std::chrono::hours;
inline CertificateRecipe with(CertificateRecipe recipe, const std::string& extension,
                              const std::string& value) {
    recipe.extensions[extension] = value;
    return recipe;
}

template <class Object, class Encode>
Bytes encoded(Object* object, Encode encode) {
    unsigned char* der = nullptr;
    const int size = encode(object, &der);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

inline std::time_t at(hours from_now) {
    return std::chrono::system_clock::to_time_t(test_time() + from_now);
}

// What a CRL is made with, sound unless something is changed.
struct CrlRecipe {
    hours begins{-1}, ends{24};
    bool has_end{true};
    long number{7};                                         // 0: none
    long delta_of{0};                                       // 0: it is none
    std::vector<std::pair<int, std::string>> extensions{};  // OpenSSL's names and syntax
    const char* digest{"SHA256"};
    bool pss{false};
    const char* mask{"SHA256"};  // of MGF1
};

inline void sign(X509_CRL* crl, EVP_PKEY* key, const CrlRecipe& recipe) {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* parameters = nullptr;
    CPPUNIT_ASSERT_EQUAL(
        1, EVP_DigestSignInit(context, &parameters, EVP_get_digestbyname(recipe.digest), nullptr, key));
    if (recipe.pss) {
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_get_digestbyname(recipe.mask));
    }
    CPPUNIT_ASSERT(X509_CRL_sign_ctx(crl, context) > 0);
    EVP_MD_CTX_free(context);
}

inline Bytes make_crl(const Identity& issuer, const CrlRecipe& recipe) {
    X509_CRL* const crl = X509_CRL_new();
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer.certificate()));
    ASN1_TIME* const time = ASN1_TIME_new();
    X509_CRL_set1_lastUpdate(crl, ASN1_TIME_set(time, at(recipe.begins)));
    if (recipe.has_end) X509_CRL_set1_nextUpdate(crl, ASN1_TIME_set(time, at(recipe.ends)));
    ASN1_TIME_free(time);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer.certificate(), nullptr, nullptr, crl, 0);
    X509V3_set_nconf(&context, NCONF_new(nullptr));
    const auto add_number = [crl](int nid, long value, int critical) {
        ASN1_INTEGER* const number = ASN1_INTEGER_new();
        ASN1_INTEGER_set_int64(number, value);
        X509_CRL_add1_ext_i2d(crl, nid, number, critical, X509V3_ADD_DEFAULT);
        ASN1_INTEGER_free(number);
    };
    if (recipe.number != 0) add_number(NID_crl_number, recipe.number, 0);
    if (recipe.delta_of != 0) add_number(NID_delta_crl, recipe.delta_of, 1);
    for (const auto& [nid, value] : recipe.extensions) {
        X509_EXTENSION* const one = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        CPPUNIT_ASSERT_MESSAGE(value, one != nullptr);
        X509_CRL_add_ext(crl, one, -1);
        X509_EXTENSION_free(one);
    }
    sign(crl, issuer.key(), recipe);
    const Bytes der = encoded(crl, i2d_X509_CRL);
    X509_CRL_free(crl);
    return der;
}

struct AnswerRecipe {
    int status{V_OCSP_CERTSTATUS_GOOD};
    hours begins{-1}, ends{24};
    bool has_end{true};
    const EVP_MD* digest{EVP_sha1()};
    bool with_certificate{true};
    const char* signed_with{"SHA256"};
    std::string sm2_id{};  // for a signer with SM2; the digest is then SM3
};

inline int sign(OCSP_BASICRESP* answer, const Identity& signer, const AnswerRecipe& recipe) {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* parameters = nullptr;
    CPPUNIT_ASSERT_EQUAL(1, EVP_DigestSignInit(context, &parameters, EVP_get_digestbyname(recipe.signed_with),
                                               nullptr, signer.key()));
    if (!recipe.sm2_id.empty())
        CPPUNIT_ASSERT(EVP_PKEY_CTX_set1_id(parameters, recipe.sm2_id.data(), recipe.sm2_id.size()) == 1);
    const int done = OCSP_basic_sign_ctx(answer, signer.certificate(), context, nullptr,
                                         recipe.with_certificate ? 0 : OCSP_NOCERTS);
    EVP_MD_CTX_free(context);
    return done;
}

inline Bytes make_answer(const Identity& about, const Identity& issuer, const Identity& signer,
                         const AnswerRecipe& recipe = {}) {
    OCSP_BASICRESP* const basic = OCSP_BASICRESP_new();
    OCSP_CERTID* const id = OCSP_cert_to_id(recipe.digest, about.certificate(), issuer.certificate());
    ASN1_TIME* const from = ASN1_GENERALIZEDTIME_set(nullptr, at(recipe.begins));
    ASN1_TIME* const to = ASN1_GENERALIZEDTIME_set(nullptr, at(recipe.ends));
    OCSP_basic_add1_status(basic, id, recipe.status, OCSP_REVOKED_STATUS_KEYCOMPROMISE, from, from,
                           recipe.has_end ? to : nullptr);
    CPPUNIT_ASSERT_EQUAL(1, sign(basic, signer, recipe));
    OCSP_RESPONSE* const response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    const Bytes der = encoded(response, i2d_OCSP_RESPONSE);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    return der;
}

}  // namespace hutong::test
