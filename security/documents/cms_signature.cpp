#include "security/documents/cms_signature.hpp"

#include <algorithm>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "security/documents/cms_objects.hpp"
#include "security/documents/der.hpp"
#include "security/keys/pem.hpp"
#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

namespace {

constexpr int most_signers = 20;
constexpr std::size_t most_certificates = 40;

using EcdsaPtr = std::unique_ptr<ECDSA_SIG, OpensslDeleter<ECDSA_SIG, ECDSA_SIG_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, OpensslDeleter<ASN1_TIME, ASN1_STRING_free>>;

// The octets of a SignatureValue in the form that CMS has them: numbers of a curve as a SEQUENCE.
Result<Bytes> value_for_cms(KeyKind kind, const Bytes& value) {
    if (kind == KeyKind::rsa || kind == KeyKind::ed25519) return value;
    const EcdsaPtr pair(ECDSA_SIG_new());
    const int half = static_cast<int>(value.size() / 2);
    if (!pair || ECDSA_SIG_set0(pair.get(), BN_bin2bn(value.data(), half, nullptr),
                                BN_bin2bn(value.data() + half, half, nullptr)) != 1)
        return openssl_error("the signature cannot be encoded");
    unsigned char* out = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &out);
    if (length <= 0) return openssl_error("the signature cannot be encoded");
    Bytes result(out, out + length);
    OPENSSL_free(out);
    return result;
}

// RFC 5652 section 5.4: what is signed is the attributes as a SET OF, which DER orders by their octets.
Bytes attributes_to_sign(CMS_SignerInfo* signer) {
    std::vector<Bytes> encoded;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
        unsigned char* out = nullptr;
        const int length = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(signer, i), &out);
        if (length <= 0) continue;
        encoded.emplace_back(out, out + length);
        OPENSSL_free(out);
    }
    std::sort(encoded.begin(), encoded.end());
    Bytes all;
    for (const Bytes& one : encoded) all.insert(all.end(), one.begin(), one.end());
    return der::item(der::set, all);
}

bool add_attributes(CMS_SignerInfo* signer, ByteView content, TimePoint now) {
    const Sha256Digest digest = sha256(content);
    const TimePtr time(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(now)));
    return time &&
           CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                       OBJ_nid2obj(NID_pkcs7_data), -1) == 1 &&
           CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, ASN1_STRING_type(time.get()),
                                       time.get(), -1) == 1 &&
           CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest.data(),
                                       static_cast<int>(digest.size())) == 1;
}

// The row of the table of algorithms by which this signer signed; nullptr: none that is allowed.
const SignatureAlgorithm* algorithm_of(CMS_SignerInfo* signer, KeyKind kind) {
    X509_ALGOR* digest = nullptr;
    X509_ALGOR* signature = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
    const bool pss = OBJ_obj2nid(signature->algorithm) == NID_rsassaPss;
    for (const SignatureAlgorithm& row : signature_algorithms())
        if (row.key == kind && (row.scheme == Scheme::rsa_pss) == pss && row.digest != nullptr &&
            EVP_MD_get_type(row.digest->md) == OBJ_obj2nid(digest->algorithm))
            return &row;
    return nullptr;
}

std::optional<TimePoint> signing_time_of(CMS_SignerInfo* signer) {
    const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
    const X509_ATTRIBUTE* const attribute = at < 0 ? nullptr : CMS_signed_get_attr(signer, at);
    const ASN1_TYPE* const value =
        attribute ? X509_ATTRIBUTE_get0_type(const_cast<X509_ATTRIBUTE*>(attribute), 0) : nullptr;
    if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
        return std::nullopt;
    return to_time(value->value.asn1_string);
}

// Everything but the certificate's own trust.
std::string fault_of(CMS_SignerInfo* signer, BIO* digested, X509* certificate, DocumentSignature& found) {
    EVP_PKEY* const key = X509_get0_pubkey(certificate);
    if (key == nullptr) return "the certificate's key cannot be read";
    const auto kind = kind_of(key);
    if (kind.has_error()) return kind.error().detail;
    const SignatureAlgorithm* const algorithm = algorithm_of(signer, *kind);
    if (algorithm == nullptr) return "its algorithms are not allowed; use SHA-256, SHA-384 or SHA-512";
    found.algorithm = algorithm->uri;
    // Without attributes, a document that looks like the attributes of another could stand in for it.
    if (CMS_signed_get_attr_count(signer) < 1) return "it has no signed attributes";
    if (CMS_SignerInfo_verify(signer) != 1) return "the signature value does not fit the certificate's key";
    if (CMS_SignerInfo_verify_content(signer, digested) != 1)
        return "the document is not the one that was signed";
    return {};
}

std::vector<Bytes> certificates_in(CMS_ContentInfo* cms) {
    std::vector<Bytes> all;
    STACK_OF(X509)* const certificates = CMS_get1_certs(cms);
    for (int i = 0; i < sk_X509_num(certificates); ++i) all.push_back(to_der(sk_X509_value(certificates, i)));
    sk_X509_pop_free(certificates, X509_free);
    return all;
}

}  // namespace

Result<Bytes> sign_cms(ByteView content, const SigningKey& key, TimePoint now) {
    const Error failure = internal("the CMS signature cannot be made");
    // OpenSSL fills in everything but the value: the public key alone is enough for that.
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(key.certificates().front()));
    const CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_DETACHED | CMS_BINARY | CMS_PARTIAL));
    CMS_SignerInfo* const signer =
        cms ? CMS_add1_signer(cms.get(), certificate.get(), X509_get0_pubkey(certificate.get()), EVP_sha256(),
                              CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES)
            : nullptr;
    if (signer == nullptr || !add_attributes(signer, content, now)) return openssl_error(failure.detail);
    for (std::size_t i = 1; i < key.certificates().size(); ++i) {
        HUTONG_ASSIGN(const X509Ptr issuer, read_certificate(key.certificates()[i]));
        if (CMS_add1_cert(cms.get(), issuer.get()) != 1) return openssl_error(failure.detail);
    }
    HUTONG_ASSIGN(const Bytes value, key.sign(attributes_to_sign(signer)));
    HUTONG_ASSIGN(const Bytes encoded, value_for_cms(key.kind(), value));
    if (ASN1_STRING_set(CMS_SignerInfo_get0_signature(signer), encoded.data(),
                        static_cast<int>(encoded.size())) != 1)
        return openssl_error(failure.detail);
    return to_der(cms.get());
}

Result<std::vector<DocumentSignature>> verify_cms(ByteView der, ByteView content,
                                                  const std::vector<Bytes>& further) {
    HUTONG_ASSIGN(const CmsPtr cms, read_cms(der));
    if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed || CMS_is_detached(cms.get()) != 1)
        return invalid("the signature is no CMS SignedData without content (a detached signature)");
    const std::vector<Bytes> certificates = certificates_in(cms.get());
    STACK_OF(CMS_SignerInfo)* const signers = CMS_get0_SignerInfos(cms.get());
    if (sk_CMS_SignerInfo_num(signers) < 1) return invalid("the CMS has no signer");
    if (sk_CMS_SignerInfo_num(signers) > most_signers || certificates.size() > most_certificates)
        return invalid("the CMS has more than " + std::to_string(most_signers) + " signers or " +
                       std::to_string(most_certificates) + " certificates");
    const CertificatesPtr others(sk_X509_new_null());
    for (const Bytes& other : further) {
        HUTONG_ASSIGN(X509Ptr read, read_certificate(other));
        sk_X509_push(others.get(), read.release());
    }
    CMS_set1_signers_certs(cms.get(), others.get(), 0);
    const BioPtr digested(
        CMS_dataInit(cms.get(), BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))));
    char buffer[4096];
    while (digested && BIO_read(digested.get(), buffer, sizeof buffer) > 0) {
    }
    std::vector<DocumentSignature> all;
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); ++i) {
        CMS_SignerInfo* const signer = sk_CMS_SignerInfo_value(signers, i);
        DocumentSignature& found = all.emplace_back();
        found.signing_time = signing_time_of(signer);
        X509* certificate = nullptr;
        CMS_SignerInfo_get0_algs(signer, nullptr, &certificate, nullptr, nullptr);
        if (!digested || certificate == nullptr) {
            found.reason =
                digested ? "the signer's certificate did not come along" : "its digests are not known";
            continue;
        }
        found.certificate = to_der(certificate);
        for (const std::vector<Bytes>* source : {&certificates, &further})
            for (const Bytes& other : *source)
                if (other != found.certificate) found.chain.push_back(other);
        found.reason = fault_of(signer, digested.get(), certificate, found);
        found.intact = found.reason.empty();
    }
    ERR_clear_error();
    return all;
}

}  // namespace hutong::security
