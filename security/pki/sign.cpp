#include "security/pki/sign.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "security/keys/ecdsa_value.hpp"

namespace hutong::security {

namespace {

using AlgorithmPtr = std::unique_ptr<X509_ALGOR, OpensslDeleter<X509_ALGOR, X509_ALGOR_free>>;

int signature_nid(KeyKind kind) {
    switch (kind) {
        case KeyKind::rsa:
            return NID_sha256WithRSAEncryption;
        case KeyKind::p256:
            return NID_ecdsa_with_SHA256;
        case KeyKind::p384:
            return NID_ecdsa_with_SHA384;
        case KeyKind::p521:
            return NID_ecdsa_with_SHA512;
        case KeyKind::ed25519:
            return NID_ED25519;
        case KeyKind::sm2:
            return NID_SM2_with_SM3;
    }
    return NID_undef;
}

// The fields of an X.509 object that signing fills. OpenSSL lets only its own keys fill them; what it gives
// out as const is part of the object in our hands.
struct Fields {
    X509_ALGOR* inner;  // in what is signed; null: it is there already, or has no place there (RFC 2986)
    X509_ALGOR* outer;
    ASN1_BIT_STRING* bits;
};

template <class Object>
Fields fields_of(Object* object, void (*read)(const Object*, const ASN1_BIT_STRING**, const X509_ALGOR**),
                 const X509_ALGOR* inner) {
    const ASN1_BIT_STRING* bits = nullptr;
    const X509_ALGOR* outer = nullptr;
    read(object, &bits, &outer);
    return {const_cast<X509_ALGOR*>(inner), const_cast<X509_ALGOR*>(outer),
            const_cast<ASN1_BIT_STRING*>(bits)};
}

Bytes joined(const std::vector<Bytes>& pieces) {
    Bytes all;
    for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
    return all;
}

// X.690 section 8.9, for content of less than 128 bytes.
Bytes sequence(const std::vector<Bytes>& pieces) {
    const Bytes content = joined(pieces);
    return joined({{0x30, static_cast<std::uint8_t>(content.size())}, content});
}

template <class Object>
Result<void> sign_object(Object* object, const Fields& fields, int (*encode)(Object*, unsigned char**),
                         const SigningKey& key) {
    if (fields.inner != nullptr) HUTONG_TRY(set_signature_algorithm(fields.inner, key.kind()));
    HUTONG_TRY(set_signature_algorithm(fields.outer, key.kind()));
    unsigned char* der = nullptr;
    const int size = encode(object, &der);
    if (size <= 0) return openssl_error("what is to be signed cannot be encoded");
    const Bytes body(der, der + size);
    OPENSSL_free(der);
    HUTONG_ASSIGN(const Bytes signature, sign_der(body, key));
    // Whole octets: without this, OpenSSL would leave out zero bits at the end.
    fields.bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
    fields.bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
    if (ASN1_STRING_set(fields.bits, signature.data(), static_cast<int>(signature.size())) != 1)
        return openssl_error("a signature cannot be stored");
    return {};
}

}  // namespace

Result<void> set_signature_algorithm(X509_ALGOR* to, KeyKind kind) {
    // RFC 4055 section 5: RSA has NULL for parameters; the curves have none.
    const int parameters = kind == KeyKind::rsa ? V_ASN1_NULL : V_ASN1_UNDEF;
    if (X509_ALGOR_set0(to, OBJ_nid2obj(signature_nid(kind)), parameters, nullptr) != 1)
        return openssl_error("a signature algorithm cannot be named");
    return {};
}

Result<Bytes> sign_der(ByteView body, const SigningKey& key) {
    HUTONG_ASSIGN(Bytes value, key.sign(body));
    if (key.kind() == KeyKind::rsa || key.kind() == KeyKind::ed25519) return value;
    return der_from_raw(value);
}

Result<void> sign(X509* certificate, const SigningKey& key) {
    const auto read = [](const X509* of, const ASN1_BIT_STRING** bits, const X509_ALGOR** algorithm) {
        X509_get0_signature(bits, algorithm, of);
    };
    return sign_object<X509>(certificate,
                             fields_of<X509>(certificate, read, X509_get0_tbs_sigalg(certificate)),
                             i2d_re_X509_tbs, key);
}

Result<CrlPtr> new_crl(KeyKind kind) {
    const AlgorithmPtr algorithm(X509_ALGOR_new());
    HUTONG_TRY(set_signature_algorithm(algorithm.get(), kind));
    Bytes identifier(static_cast<std::size_t>(i2d_X509_ALGOR(algorithm.get(), nullptr)));
    unsigned char* at = identifier.data();
    i2d_X509_ALGOR(algorithm.get(), &at);
    // RFC 5280 section 5.1: a version, the algorithm, nobody's name, a time; all but the second set later.
    const Bytes version{0x02, 0x01, 0x01};
    const Bytes nobody = sequence({});
    const Bytes then{0x17, 0x0d, '0', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z'};
    const Bytes no_bits{0x03, 0x01, 0x00};
    return read_crl(sequence({sequence({version, identifier, nobody, then}), identifier, no_bits}));
}

Result<void> sign(X509_CRL* crl, const SigningKey& key) {
    return sign_object<X509_CRL>(crl, fields_of<X509_CRL>(crl, X509_CRL_get0_signature, nullptr),
                                 i2d_re_X509_CRL_tbs, key);
}

Result<void> sign(X509_REQ* request, const SigningKey& key) {
    return sign_object<X509_REQ>(request, fields_of<X509_REQ>(request, X509_REQ_get0_signature, nullptr),
                                 i2d_re_X509_REQ_tbs, key);
}

bool signed_der(ByteView body, ByteView signature, const X509* certificate) {
    using Context = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
    const Context context(EVP_MD_CTX_new());
    EVP_PKEY* const key = X509_get0_pubkey(certificate);
    const bool holds =
        key && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), body.data(), body.size()) == 1;
    ERR_clear_error();
    return holds;
}

}  // namespace hutong::security
