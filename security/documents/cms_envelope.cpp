#include "security/documents/cms_envelope.hpp"

#include <algorithm>
#include <array>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "security/documents/cms_objects.hpp"
#include "security/documents/der.hpp"
#include "security/keys/pem.hpp"
#include "security/xmlenc/content_cipher.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security {

namespace {

using OaepPtr = std::unique_ptr<RSA_OAEP_PARAMS, OpensslDeleter<RSA_OAEP_PARAMS, RSA_OAEP_PARAMS_free>>;
using AlgorPtr = std::unique_ptr<X509_ALGOR, OpensslDeleter<X509_ALGOR, X509_ALGOR_free>>;

constexpr std::size_t gcm_tag_bytes = 16;

struct Recipient {
    ByteView identifier;  // RecipientIdentifier, whole
    ByteView algorithm;   // AlgorithmIdentifier, whole
    ByteView wrapped;
};

// An AuthEnvelopedData as far as it is needed to open it.
struct Envelope {
    std::vector<Recipient> recipients;  // those of the form KeyTransRecipientInfo
    ByteView algorithm;                 // contentEncryptionAlgorithm, whole
    ByteView ciphertext;
    ByteView tag;
};

Result<Envelope> read_envelope(ByteView text) {
    der::Reader info(text);
    HUTONG_ASSIGN(const der::Item content_info, info.take(der::sequence));
    der::Reader typed(content_info.content);
    HUTONG_TRY(typed.take(der::object_id));
    HUTONG_ASSIGN(const der::Item tagged, typed.take(der::constructed(0)));
    HUTONG_ASSIGN(const der::Item sequence, der::Reader(tagged.content).take(der::sequence));
    der::Reader fields(sequence.content);
    HUTONG_TRY(fields.take(der::integer));
    fields.take_if(der::constructed(0));  // originatorInfo
    HUTONG_ASSIGN(const der::Item recipients, fields.take(der::set));
    HUTONG_ASSIGN(const der::Item encrypted, fields.take(der::sequence));
    // RFC 5083 section 2.1: attributes would be authenticated too, which content_cipher has no place for.
    if (fields.take_if(der::constructed(1))) return refused("it has authenticated attributes");
    HUTONG_ASSIGN(const der::Item mac, fields.take(der::octets));

    Envelope envelope;
    for (der::Reader each(recipients.content); !each.empty();) {
        HUTONG_ASSIGN(const der::Item one, each.take());
        if (one.tag != der::sequence) continue;
        der::Reader parts(one.content);
        HUTONG_TRY(parts.take(der::integer));
        HUTONG_ASSIGN(const der::Item identifier, parts.take());
        HUTONG_ASSIGN(const der::Item algorithm, parts.take(der::sequence));
        HUTONG_ASSIGN(const der::Item wrapped, parts.take(der::octets));
        envelope.recipients.push_back({identifier.whole, algorithm.whole, wrapped.content});
    }
    der::Reader content(encrypted.content);
    HUTONG_TRY(content.take(der::object_id));
    HUTONG_ASSIGN(const der::Item algorithm, content.take(der::sequence));
    HUTONG_ASSIGN(const der::Item ciphertext, content.take(der::context(0)));
    envelope.algorithm = algorithm.whole;
    envelope.ciphertext = ciphertext.content;
    envelope.tag = mac.content;
    return envelope;
}

// How a RecipientIdentifier may name this certificate: issuer and serial number, or subject key identifier.
Result<bool> is_for(ByteView identifier, X509* certificate) {
    if (const ASN1_OCTET_STRING* const ski = X509_get0_subject_key_id(certificate)) {
        const Bytes named = der::item(
            der::context(0), {ASN1_STRING_get0_data(ski), static_cast<std::size_t>(ASN1_STRING_length(ski))});
        if (std::ranges::equal(identifier, named)) return true;
    }
    unsigned char* out = nullptr;
    int length = i2d_X509_NAME(X509_get_issuer_name(certificate), &out);
    if (length <= 0) return openssl_error("the certificate's issuer cannot be encoded");
    Bytes both(out, out + length);
    OPENSSL_free(out);
    out = nullptr;
    length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &out);
    if (length <= 0) return openssl_error("the certificate's number cannot be encoded");
    both.insert(both.end(), out, out + length);
    OPENSSL_free(out);
    return std::ranges::equal(identifier, der::item(der::sequence, both));
}

const char* name_of(const X509_ALGOR* hash) {
    return hash == nullptr ? "SHA1" : OBJ_nid2sn(OBJ_obj2nid(hash->algorithm));
}

// RFC 4055 section 4.1: absent parameters mean SHA-1, and a label must be empty.
const KeyTransport* transport_of(ByteView algorithm) {
    const unsigned char* at = algorithm.data();
    const AlgorPtr read(d2i_X509_ALGOR(nullptr, &at, static_cast<long>(algorithm.size())));
    if (!read || OBJ_obj2nid(read->algorithm) != NID_rsaesOaep || read->parameter == nullptr ||
        read->parameter->type != V_ASN1_SEQUENCE)
        return nullptr;
    const ASN1_STRING* const encoded = read->parameter->value.sequence;
    at = ASN1_STRING_get0_data(encoded);
    const OaepPtr parameters(d2i_RSA_OAEP_PARAMS(nullptr, &at, ASN1_STRING_length(encoded)));
    if (!parameters || parameters->pSourceFunc != nullptr) return nullptr;
    AlgorPtr mask;
    if (parameters->maskGenFunc != nullptr) {
        const ASN1_TYPE* const inner = parameters->maskGenFunc->parameter;
        if (OBJ_obj2nid(parameters->maskGenFunc->algorithm) != NID_mgf1 || inner == nullptr ||
            inner->type != V_ASN1_SEQUENCE)
            return nullptr;
        at = ASN1_STRING_get0_data(inner->value.sequence);
        mask.reset(d2i_X509_ALGOR(nullptr, &at, ASN1_STRING_length(inner->value.sequence)));
        if (!mask) return nullptr;
    }
    const std::string_view hash = name_of(parameters->hashFunc);
    const std::string_view mask_hash = name_of(mask.get());
    for (const KeyTransport& row : key_transports())
        if (row.key == KeyKind::rsa && row.openssl_digest == hash && row.openssl_mask == mask_hash)
            return &row;
    return nullptr;
}

struct Gcm {
    const ContentCipher* cipher{nullptr};
    ByteView nonce;
};

// RFC 5084 section 3.2: GCMParameters are the nonce and the length of the tag, of which 12 is the default.
Result<Gcm> gcm_of(const Envelope& envelope) {
    static constexpr std::array<std::uint8_t, 8> aes{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01};
    HUTONG_ASSIGN(const der::Item algorithm, der::Reader(envelope.algorithm).take(der::sequence));
    der::Reader parts(algorithm.content);
    HUTONG_ASSIGN(const der::Item id, parts.take(der::object_id));
    HUTONG_ASSIGN(const der::Item parameters, parts.take(der::sequence));
    der::Reader values(parameters.content);
    HUTONG_ASSIGN(const der::Item nonce, values.take(der::octets));
    HUTONG_ASSIGN(const der::Item tag, values.take(der::integer));
    if (id.content.size() != aes.size() + 1 || !std::ranges::equal(id.content.first(aes.size()), aes))
        return refused("the content is not encrypted by AES");
    Gcm gcm{nullptr, nonce.content};
    if (id.content.back() == 0x06) gcm.cipher = find_content_cipher(names::aes128_gcm);
    if (id.content.back() == 0x2e) gcm.cipher = find_content_cipher(names::aes256_gcm);
    if (gcm.cipher == nullptr) return refused("the content is not encrypted by AES-128-GCM or AES-256-GCM");
    if (gcm.nonce.size() != gcm.cipher->iv_bytes || tag.content.size() != 1 ||
        tag.content[0] != gcm_tag_bytes || envelope.tag.size() != gcm_tag_bytes)
        return refused("the nonce or the tag of AES-GCM has not the usual length");
    return gcm;
}

bool wrap_by_oaep(CMS_RecipientInfo* recipient) {
    EVP_PKEY_CTX* const context = recipient ? CMS_RecipientInfo_get0_pkey_ctx(recipient) : nullptr;
    return context != nullptr && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0;
}

}  // namespace

Result<Bytes> encrypt_cms(ByteView content, const std::vector<Bytes>& recipients) {
    const CmsPtr cms(CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()));
    if (!cms || recipients.empty()) return openssl_error("the envelope cannot be made");
    for (const Bytes& der : recipients) {
        HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(der));
        EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
        if (key == nullptr || EVP_PKEY_is_a(key, "RSA") != 1)
            return invalid("the certificate of " + subject_of(certificate.get()) +
                           " has no RSA key, and only for those is encrypted");
        if (!wrap_by_oaep(CMS_add1_recipient_cert(cms.get(), certificate.get(), CMS_KEY_PARAM)))
            return openssl_error("the content key cannot be wrapped for " + subject_of(certificate.get()));
    }
    CMS_set_detached(cms.get(), 0);
    const BioPtr clear(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
    if (CMS_final(cms.get(), clear.get(), nullptr, CMS_BINARY) != 1)
        return openssl_error("the content cannot be encrypted");
    return to_der(cms.get());
}

Result<Bytes> decrypt_cms(ByteView text, const DecryptionKey& key) {
    const auto no = [](const Error& why) { return refused("not decrypted: " + why.detail); };
    const auto cms = read_cms(text);
    if (cms.has_error()) return no(cms.error());
    if (OBJ_obj2nid(CMS_get0_type(cms->get())) != NID_id_smime_ct_authEnvelopedData)
        return no(refused("it is no AuthEnvelopedData"));
    const auto canonical = to_der(cms->get());  // what came as BER too
    if (canonical.has_error()) return no(canonical.error());
    const auto envelope = read_envelope(*canonical);
    if (envelope.has_error()) return no(envelope.error());
    const auto gcm = gcm_of(*envelope);
    if (gcm.has_error()) return no(gcm.error());
    const auto certificate = read_certificate(key.certificate());
    if (certificate.has_error()) return no(certificate.error());
    for (const Recipient& recipient : envelope->recipients) {
        const auto ours = is_for(recipient.identifier, certificate->get());
        if (ours.has_error()) return no(ours.error());
        if (!*ours) continue;
        const KeyTransport* const transport = transport_of(recipient.algorithm);
        if (transport == nullptr) return no(refused("its key is not wrapped by an RSA-OAEP that is allowed"));
        const DecryptionKey::Unwrapped content_key =
            key.unwrap(*transport, recipient.wrapped, gcm->cipher->key_bytes);
        if (!content_key.away.empty()) return unavailable(content_key.away);
        Bytes sealed(gcm->nonce.begin(), gcm->nonce.end());
        sealed.insert(sealed.end(), envelope->ciphertext.begin(), envelope->ciphertext.end());
        sealed.insert(sealed.end(), envelope->tag.begin(), envelope->tag.end());
        const auto clear = unseal(*gcm->cipher, content_key.key, sealed);
        if (clear.has_error() || !content_key.genuine)
            return no(
                refused(content_key.genuine ? "the content was changed" : "the content key does not open"));
        return Bytes(clear->begin(), clear->end());
    }
    return no(refused("no recipient is this key"));
}

}  // namespace hutong::security
