#include "security/pki/ocsp.hpp"

#include <algorithm>
#include <array>

#include <openssl/sha.h>

#include "security/pki/crl.hpp"
#include "security/pki/der.hpp"
#include "security/pki/sign.hpp"
#include "security/trust/ocsp_objects.hpp"

namespace hutong::security {

namespace {

using AlgorithmPtr = std::unique_ptr<X509_ALGOR, OpensslDeleter<X509_ALGOR, X509_ALGOR_free>>;

const EVP_MD* md_of(OcspDigest digest) {
    return digest == OcspDigest::sha1 ? EVP_sha1() : EVP_sha256();
}

Bytes bytes_of(const ASN1_STRING* string) {
    const unsigned char* const data = ASN1_STRING_get0_data(string);
    return {data, data + ASN1_STRING_length(string)};
}

Result<Bytes> algorithm_of(KeyKind kind) {
    const AlgorithmPtr algorithm(X509_ALGOR_new());
    HUTONG_TRY(set_signature_algorithm(algorithm.get(), kind));
    return encoded<X509_ALGOR>(algorithm.get(), i2d_X509_ALGOR);
}

// The nonce within the extension is an OCTET STRING of its own.
Result<Bytes> nonce_of(OCSP_REQUEST* request) {
    const int at = OCSP_REQUEST_get_ext_by_NID(request, NID_id_pkix_OCSP_Nonce, -1);
    if (at < 0) return Bytes();
    const Bytes value = bytes_of(X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(request, at)));
    const bool sound = value.size() > 2 && value.size() <= longest_ocsp_nonce + 2 &&
                       value[0] == der::octet_string && value[1] == value.size() - 2;
    if (!sound)
        return invalid("the nonce is not 1 to " + std::to_string(longest_ocsp_nonce) + " octets long");
    return value;
}

// RFC 6960 section 4.4.8: a critical extension that is not understood must not be passed over.
bool has_unknown_critical(OCSP_REQUEST* request, OCSP_ONEREQ* one) {
    for (int i = 0; i < OCSP_REQUEST_get_ext_count(request); ++i) {
        X509_EXTENSION* const extension = OCSP_REQUEST_get_ext(request, i);
        if (X509_EXTENSION_get_critical(extension) == 1 &&
            OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_id_pkix_OCSP_Nonce)
            return true;
    }
    for (int i = 0; i < OCSP_ONEREQ_get_ext_count(one); ++i)
        if (X509_EXTENSION_get_critical(OCSP_ONEREQ_get_ext(one, i)) == 1) return true;
    return false;
}

Bytes status_element(const OcspStatus& status) {
    switch (status.state) {
        case OcspState::good:
            return der::element(der::implicit_tag(0), {});
        case OcspState::revoked: {
            Bytes reason;
            const auto code = revocation_code(status.reason);
            if (code && *code != 0) {  // "unspecified" is said by saying nothing
                const std::array<std::uint8_t, 1> number{static_cast<std::uint8_t>(*code)};
                reason = der::element(der::explicit_tag(0), der::element(der::enumerated, number));
            }
            return der::elements(der::explicit_tag(1), {der::time(status.revoked_at), reason});
        }
        case OcspState::unknown:
            break;
    }
    return der::element(der::implicit_tag(2), {});
}

Bytes single_response(ByteView id, const OcspStatus& status, const OcspTimes& times) {
    return der::elements(der::sequence, {id, status_element(status), der::time(times.this_update),
                                         der::element(der::explicit_tag(0), der::time(times.next_update))});
}

// ResponderID by key: the SHA-1 of the public key's bits (an identifier, not a protection).
Result<Bytes> responder_id(ByteView certificate_der) {
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(certificate_der));
    Bytes digest(SHA_DIGEST_LENGTH);
    unsigned length = 0;
    if (X509_pubkey_digest(certificate.get(), EVP_sha1(), digest.data(), &length) != 1)
        return openssl_error("the OCSP signer's key cannot be named");
    return der::element(der::explicit_tag(2), der::element(der::octet_string, digest));
}

Bytes nonce_extensions(ByteView nonce) {
    if (nonce.empty()) return {};
    return der::element(der::explicit_tag(1),
                        der::element(der::sequence, der::extension(NID_id_pkix_OCSP_Nonce, nonce)));
}

}  // namespace

Result<OcspQuestion> read_ocsp_request(ByteView der) {
    if (der.size() > longest_ocsp_request)
        return invalid("the question is longer than " + std::to_string(longest_ocsp_request) + " bytes");
    const unsigned char* at = der.data();
    const OcspRequestPtr request(d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(der.size())));
    if (!request || at != der.data() + der.size()) {
        (void)openssl_error("");
        return invalid("not an OCSP request in DER");
    }
    if (OCSP_request_onereq_count(request.get()) != 1)
        return invalid("one certificate is asked about at a time (RFC 5019)");
    OCSP_ONEREQ* const one = OCSP_request_onereq_get0(request.get(), 0);
    if (has_unknown_critical(request.get(), one))
        return invalid("a critical extension of the question is not known");
    OCSP_CERTID* const id = OCSP_onereq_get0_id(one);
    ASN1_OBJECT* algorithm = nullptr;
    ASN1_OCTET_STRING *name = nullptr, *key = nullptr;
    ASN1_INTEGER* serial = nullptr;
    if (OCSP_id_get0_info(&name, &algorithm, &key, &serial, id) != 1) return invalid("no CertID");
    OcspQuestion question;
    const int nid = OBJ_obj2nid(algorithm);
    if (nid != NID_sha1 && nid != NID_sha256)
        return invalid("the issuer is named by a digest other than SHA-1 and SHA-256");
    question.digest = nid == NID_sha1 ? OcspDigest::sha1 : OcspDigest::sha256;
    question.issuer_name = bytes_of(name);
    question.issuer_key = bytes_of(key);
    question.serial = to_hex(bytes_of(serial));
    if (question.serial.empty() || question.serial.size() > 40 || ASN1_STRING_type(serial) != V_ASN1_INTEGER)
        return invalid("the serial number is not 1 to 20 octets and positive");
    question.id = encoded<OCSP_CERTID>(id, i2d_OCSP_CERTID);
    HUTONG_ASSIGN(question.nonce, nonce_of(request.get()));
    return question;
}

bool asks_about(const OcspQuestion& question, const X509* issuer) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> name{}, key{};
    unsigned name_size = 0, key_size = 0;
    const EVP_MD* const md = md_of(question.digest);
    return X509_NAME_digest(X509_get_subject_name(issuer), md, name.data(), &name_size) == 1 &&
           X509_pubkey_digest(issuer, md, key.data(), &key_size) == 1 &&
           std::ranges::equal(question.issuer_name, ByteView(name.data(), name_size)) &&
           std::ranges::equal(question.issuer_key, ByteView(key.data(), key_size));
}

Result<std::vector<Bytes>> ocsp_ids(const X509* issuer, const std::string& serial) {
    HUTONG_ASSIGN(const Bytes number, from_hex(serial));
    const IntegerPtr integer(ASN1_INTEGER_new());
    if (ASN1_STRING_set(integer.get(), number.data(), static_cast<int>(number.size())) != 1)
        return openssl_error("the serial number cannot be encoded");
    std::vector<Bytes> ids;
    for (const OcspDigest digest : {OcspDigest::sha1, OcspDigest::sha256}) {
        const OcspIdPtr id(OCSP_cert_id_new(md_of(digest), X509_get_subject_name(issuer),
                                            X509_get0_pubkey_bitstr(issuer), integer.get()));
        if (!id) return openssl_error("the certificate cannot be named");
        ids.push_back(encoded<OCSP_CERTID>(id.get(), i2d_OCSP_CERTID));
    }
    return ids;
}

Result<Bytes> make_ocsp_answer(const std::vector<Bytes>& ids, const OcspStatus& status,
                               const OcspTimes& times, ByteView nonce, const SigningKey& delegate) {
    HUTONG_ASSIGN(const Bytes responder, responder_id(delegate.certificates().front()));
    Bytes singles;
    for (const Bytes& id : ids) {
        const Bytes single = single_response(id, status, times);
        singles.insert(singles.end(), single.begin(), single.end());
    }
    const Bytes content =
        der::elements(der::sequence, {responder, der::time(system_clock().now()),
                                      der::element(der::sequence, singles), nonce_extensions(nonce)});
    const Bytes certificates =
        der::element(der::explicit_tag(0), der::element(der::sequence, delegate.certificates().front()));
    HUTONG_ASSIGN(const Bytes algorithm, algorithm_of(delegate.kind()));
    HUTONG_ASSIGN(const Bytes signature, sign_der(content, delegate));
    const Bytes basic =
        der::elements(der::sequence, {content, algorithm, der::bits(signature), certificates});
    const Bytes bytes = der::elements(
        der::sequence, {der::object(NID_id_pkix_OCSP_basic), der::element(der::octet_string, basic)});
    const std::array<std::uint8_t, 1> successful{0};
    return der::elements(der::sequence, {der::element(der::enumerated, successful),
                                         der::element(der::explicit_tag(0), bytes)});
}

Bytes ocsp_refusal(OcspRefusal why) {
    const std::array<std::uint8_t, 1> status{static_cast<std::uint8_t>(why)};
    return der::element(der::sequence, der::element(der::enumerated, status));
}

}  // namespace hutong::security
