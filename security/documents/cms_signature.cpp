#include "security/documents/cms_signature.hpp"

#include <algorithm>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "security/documents/cms_objects.hpp"
#include "security/documents/der.hpp"
#include "security/keys/ecdsa_value.hpp"
#include "security/keys/pem.hpp"
#include "security/pki/sign.hpp"
#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/digest.hpp"
#include "security/xmldsig/key_cache.hpp"
#include "security/xmldsig/signature_value.hpp"

namespace hutong::security {

namespace {

constexpr int most_signers = 20;
constexpr std::size_t most_certificates = 40;

using TimePtr = std::unique_ptr<ASN1_TIME, OpensslDeleter<ASN1_TIME, ASN1_STRING_free>>;

Bytes digest_of(ByteView content, const DigestAlgorithm& algorithm) {
    Digest digest(algorithm);
    digest.write(as_text(content));
    return digest.finish();
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

bool add_attributes(CMS_SignerInfo* signer, const Bytes& digest, TimePoint now) {
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

// An attribute that is there once, with one value of this type; nullptr: it is not.
const void* attribute(CMS_SignerInfo* signer, int nid, int type) {
    return CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(nid), -3, type);
}

// RFC 5652 section 5.6: the attributes speak of this content.
Result<void> check_attributes(CMS_ContentInfo* cms, CMS_SignerInfo* signer, const DigestAlgorithm& digest,
                              ByteView content) {
    // Without attributes, a document that looks like the attributes of another could stand in for it.
    const auto* const type =
        static_cast<const ASN1_OBJECT*>(attribute(signer, NID_pkcs9_contentType, V_ASN1_OBJECT));
    const auto* const said = static_cast<const ASN1_OCTET_STRING*>(
        attribute(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING));
    if (type == nullptr || said == nullptr)
        return refused("it has no signed attributes contentType and messageDigest");
    if (OBJ_cmp(type, CMS_get0_eContentType(cms)) != 0)
        return refused("its signed attributes are of another type of content");
    const ByteView octets(ASN1_STRING_get0_data(said), static_cast<std::size_t>(ASN1_STRING_length(said)));
    if (!std::ranges::equal(octets, digest_of(content, digest)))
        return refused("the document is not the one that was signed");
    return {};
}

// Everything but the certificate's own trust. The value is verified by our own table, as everywhere, which
// knows SM2's id and takes no parameters of PSS but the usual ones.
Result<void> check_signer(CMS_ContentInfo* cms, CMS_SignerInfo* signer, ByteView content,
                          DocumentSignature& found) {
    HUTONG_ASSIGN(const PublicKey key, public_key_of(found.certificate));
    const SignatureAlgorithm* const algorithm = algorithm_of(signer, key.kind());
    if (algorithm == nullptr)
        return refused(
            "its algorithms are not allowed; use SHA-256, SHA-384, SHA-512 or SM3, as the curve has it");
    found.algorithm = algorithm->uri;
    HUTONG_TRY(check_attributes(cms, signer, *algorithm->digest, content));
    const ASN1_OCTET_STRING* const octets = CMS_SignerInfo_get0_signature(signer);
    Bytes value(ASN1_STRING_get0_data(octets), ASN1_STRING_get0_data(octets) + ASN1_STRING_length(octets));
    if (key.kind() != KeyKind::rsa) {
        HUTONG_ASSIGN(value, raw_from_der(value, key.signature_bytes() / 2));
    }
    return verify_value(*algorithm, key, attributes_to_sign(signer), value);
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
    const std::string failure = "the CMS signature cannot be made";
    const DigestAlgorithm& digest = *default_signature_algorithm(key.kind()).digest;
    // OpenSSL fills in everything but the value: the public key alone is enough for that.
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(key.certificates().front()));
    const CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_DETACHED | CMS_BINARY | CMS_PARTIAL));
    CMS_SignerInfo* const signer =
        cms ? CMS_add1_signer(cms.get(), certificate.get(), X509_get0_pubkey(certificate.get()), digest.md,
                              CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES | CMS_KEY_PARAM)
            : nullptr;
    if (signer == nullptr || !add_attributes(signer, digest_of(content, digest), now))
        return openssl_error(failure);
    X509_ALGOR* algorithm = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, nullptr, &algorithm);
    HUTONG_TRY(set_signature_algorithm(algorithm, key.kind()));
    for (std::size_t i = 1; i < key.certificates().size(); ++i) {
        HUTONG_ASSIGN(const X509Ptr issuer, read_certificate(key.certificates()[i]));
        if (CMS_add1_cert(cms.get(), issuer.get()) != 1) return openssl_error(failure);
    }
    HUTONG_ASSIGN(const Bytes value, sign_der(attributes_to_sign(signer), key));
    if (ASN1_STRING_set(CMS_SignerInfo_get0_signature(signer), value.data(),
                        static_cast<int>(value.size())) != 1)
        return openssl_error(failure);
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
    std::vector<DocumentSignature> all;
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); ++i) {
        CMS_SignerInfo* const signer = sk_CMS_SignerInfo_value(signers, i);
        DocumentSignature& found = all.emplace_back();
        found.signing_time = signing_time_of(signer);
        X509* certificate = nullptr;
        CMS_SignerInfo_get0_algs(signer, nullptr, &certificate, nullptr, nullptr);
        if (certificate == nullptr) {
            found.reason = "the signer's certificate did not come along";
            continue;
        }
        found.certificate = to_der(certificate);
        for (const std::vector<Bytes>* source : {&certificates, &further})
            for (const Bytes& other : *source)
                if (other != found.certificate) found.chain.push_back(other);
        const auto checked = check_signer(cms.get(), signer, content, found);
        found.intact = checked.has_value();
        if (checked.has_error()) found.reason = checked.error().detail;
    }
    ERR_clear_error();
    return all;
}

}  // namespace hutong::security
