#include "security/timestamp/authority.hpp"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "security/pki/der.hpp"
#include "security/pki/sign.hpp"
#include "security/timestamp/timestamp.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using namespace der;

constexpr const char* content_type_oid = "1.2.840.113549.1.9.3";
constexpr const char* message_digest_oid = "1.2.840.113549.1.9.4";
constexpr const char* signing_certificate_v2_oid = "1.2.840.113549.1.9.16.2.47";  // RFC 5816
constexpr const char* tst_info_oid = "1.2.840.113549.1.9.16.1.4";
constexpr const char* signed_data_oid = "1.2.840.113549.1.7.2";
constexpr const char* sha256_oid = "2.16.840.1.101.3.4.2.1";

// PKIFailureInfo, RFC 3161 section 2.4.2: the number of the bit.
enum class Failure { bad_algorithm = 0, bad_request = 2, bad_format = 5, policy = 15, extension = 16 };

Bytes rejection(Failure failure, std::string_view text) {
    const auto bit = static_cast<unsigned>(failure);
    Bytes bits(1 + bit / 8 + 1);
    bits[0] = static_cast<std::uint8_t>(7 - bit % 8);  // unused bits at the end
    bits.back() = static_cast<std::uint8_t>(0x80 >> bit % 8);
    const Bytes status = elements(
        sequence,
        {number(2), element(sequence, element(utf8_string, as_bytes(text))), element(bit_string, bits)});
    return element(sequence, status);
}

Bytes signature_algorithm(KeyKind kind) {
    if (kind == KeyKind::rsa) return elements(sequence, {oid("1.2.840.113549.1.1.1"), Bytes{0x05, 0x00}});
    return element(sequence, oid("1.2.840.10045.4.3.2"));  // ecdsa-with-SHA256
}

Bytes encoded(const X509_NAME* name) {
    const unsigned char* at = nullptr;
    std::size_t size = 0;
    X509_NAME_get0_der(name, &at, &size);
    return {at, at + size};
}

Bytes attribute(const char* type, const Bytes& of) {
    return elements(sequence, {oid(type), element(set, of)});
}

struct Allowed {
    int nid;
    int bytes;
};
constexpr Allowed imprints[] = {{NID_sha256, 32}, {NID_sha384, 48}, {NID_sha512, 64}};

bool fits(TS_MSG_IMPRINT* imprint) {
    const ASN1_OBJECT* algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
    const int length = ASN1_STRING_length(TS_MSG_IMPRINT_get_msg(imprint));
    for (const Allowed& allowed : imprints)
        if (OBJ_obj2nid(algorithm) == allowed.nid) return length == allowed.bytes;
    return false;
}

}  // namespace

struct TimestampAuthority::Query {
    Bytes imprint;  // MessageImprint as it came
    Bytes nonce;    // INTEGER as it came; empty: there is none
    bool wants_certificates{false};
};

Result<TimestampAuthority> TimestampAuthority::make(std::shared_ptr<const SigningKey> key) {
    if (key->kind() != KeyKind::rsa && key->kind() != KeyKind::p256)
        return invalid("a timestamp authority's key must be RSA or P-256");
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(key->certificates().front()));
    if (X509_check_purpose(certificate.get(), X509_PURPOSE_TIMESTAMP_SIGN, 0) != 1)
        return invalid("the certificate of " + subject_of(certificate.get()) +
                       " may not stamp: extendedKeyUsage must be timeStamping, alone and critical");
    return TimestampAuthority(std::move(key));
}

Result<Bytes> TimestampAuthority::answer(ByteView der, TimePoint now) const {
    const unsigned char* at = der.data();
    const std::unique_ptr<TS_REQ, OpensslDeleter<TS_REQ, TS_REQ_free>> asked(
        der.size() > longest_timestamp ? nullptr : d2i_TS_REQ(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!asked || at != der.data() + der.size())
        return rejection(Failure::bad_format, "this is no TimeStampReq");
    if (TS_REQ_get_version(asked.get()) != 1)
        return rejection(Failure::bad_request, "only version 1 of the query is known");
    if (!fits(TS_REQ_get_msg_imprint(asked.get())))
        return rejection(Failure::bad_algorithm,
                         "the imprint must be a digest by SHA-256, SHA-384 or SHA-512, of its length");
    if (TS_REQ_get_ext_count(asked.get()) > 0)
        return rejection(Failure::extension, "extensions of the query are not known");
    const ASN1_OBJECT* const policy = TS_REQ_get_policy_id(asked.get());
    char text[128];
    if (policy &&
        (OBJ_obj2txt(text, sizeof text, policy, 1) <= 0 || std::string_view(text) != self_attested_policy))
        return rejection(Failure::policy, "this authority stamps under its own policy only");

    const auto encode = [](const auto* object, auto i2d) {
        Bytes out(static_cast<std::size_t>(i2d(object, nullptr)));
        unsigned char* to = out.data();
        i2d(object, &to);
        return out;
    };
    Query query;
    query.imprint = encode(TS_REQ_get_msg_imprint(asked.get()), i2d_TS_MSG_IMPRINT);
    if (const ASN1_INTEGER* const nonce = TS_REQ_get_nonce(asked.get()))
        query.nonce = encode(nonce, i2d_ASN1_INTEGER);
    query.wants_certificates = TS_REQ_get_cert_req(asked.get()) != 0;
    HUTONG_ASSIGN(const Bytes made, token(query, now));
    return elements(sequence, {element(sequence, number(0)), made});
}

// TSTInfo (RFC 3161 section 2.4.2) as the content of a SignedData (RFC 5652 section 5).
Result<Bytes> TimestampAuthority::token(const Query& query, TimePoint now) const {
    Bytes serial = random_bytes(16);
    serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);
    const Bytes accuracy = element(sequence, number(1));  // seconds
    const Bytes info = elements(sequence, {number(1), oid(self_attested_policy), query.imprint,
                                           number(ByteView(serial)), der::time(now), accuracy, query.nonce});

    const Bytes& own = key_->certificates().front();
    const Bytes sha256_algorithm = element(sequence, oid(sha256_oid));
    const Bytes certificate_id = element(sequence, element(octet_string, ByteView(sha256(ByteView(own)))));
    const Bytes attributes =
        set_of({attribute(content_type_oid, oid(tst_info_oid)),
                attribute(message_digest_oid, element(octet_string, ByteView(sha256(ByteView(info))))),
                attribute(signing_certificate_v2_oid, element(sequence, element(sequence, certificate_id)))});
    HUTONG_ASSIGN(const Bytes signature, sign_der(attributes, *key_));

    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(own));
    const ASN1_INTEGER* const number_of = X509_get0_serialNumber(certificate.get());
    const Bytes issuer_and_serial =
        elements(sequence, {encoded(X509_get_issuer_name(certificate.get())),
                            number(ByteView(ASN1_STRING_get0_data(number_of),
                                            static_cast<std::size_t>(ASN1_STRING_length(number_of))))});
    // The attributes are signed as a SET and sent under the tag [0].
    Bytes sent_attributes = attributes;
    sent_attributes[0] = explicit_tag(0);
    const Bytes signer =
        elements(sequence, {number(1), issuer_and_serial, sha256_algorithm, sent_attributes,
                            signature_algorithm(key_->kind()), element(octet_string, signature)});

    Bytes certificates;
    if (query.wants_certificates) {
        for (const Bytes& one : key_->certificates())
            certificates.insert(certificates.end(), one.begin(), one.end());
        certificates = element(explicit_tag(0), certificates);
    }
    const Bytes content =
        elements(sequence, {oid(tst_info_oid), element(explicit_tag(0), element(octet_string, info))});
    const Bytes signed_data = elements(
        sequence, {number(3), element(set, sha256_algorithm), content, certificates, element(set, signer)});
    return elements(sequence, {oid(signed_data_oid), element(explicit_tag(0), signed_data)});
}

}  // namespace hutong::security
