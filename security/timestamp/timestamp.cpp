#include "security/timestamp/timestamp.hpp"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "security/pki/der.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using AnswerPtr = std::unique_ptr<TS_RESP, OpensslDeleter<TS_RESP, TS_RESP_free>>;
using CheckPtr = std::unique_ptr<TS_VERIFY_CTX, OpensslDeleter<TS_VERIFY_CTX, TS_VERIFY_CTX_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE, X509_STORE_free>>;

Error corrupt(const std::string& why) {
    return {ErrorCode::corrupt, "the timestamp " + why};
}

std::string last_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    // The chain's problem is in the error's data.
    const char* data = nullptr;
    int flags = 0;
    ERR_peek_last_error_data(&data, &flags);
    std::string text = reason ? reason : "no reason is given";
    if (data && *data && (flags & ERR_TXT_STRING) != 0) text += " (" + std::string(data) + ")";
    ERR_clear_error();
    return text;
}

std::optional<TimePoint> time_of(const TS_TST_INFO* info) {
    return to_time(TS_TST_INFO_get_time(info));
}

// A store that looks at certificates as of `time`.
Result<StorePtr> make_store(const std::vector<Bytes>& anchors, TimePoint time) {
    StorePtr store(X509_STORE_new());
    X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(time));
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(rules, 2);
    for (const Bytes& der : anchors) {
        HUTONG_ASSIGN(const X509Ptr anchor, read_certificate(der));
        X509_STORE_add_cert(store.get(), anchor.get());
    }
    return store;
}

// The whole of RFC 3161 section 2.4.2's checks with these anchors; empty when they hold.
Result<std::string> check(TS_RESP* answer, const TimestampInput& input, const std::vector<Bytes>& anchors,
                          TimePoint time) {
    const CheckPtr check(TS_VERIFY_CTX_new());
    HUTONG_ASSIGN(StorePtr store, make_store(anchors, time));
    STACK_OF(X509)* const further = sk_X509_new_null();
    TS_VERIFY_CTX_set_store(check.get(), store.release());
    TS_VERIFY_CTX_set_certs(check.get(), further);  // both belong to it now
    for (const Bytes& der : input.further) {
        HUTONG_ASSIGN(X509Ptr certificate, read_certificate(der));
        if (sk_X509_push(further, certificate.get()) > 0) certificate.release();
    }
    auto* const imprint = static_cast<unsigned char*>(OPENSSL_memdup(input.imprint.data(), 32));
    TS_VERIFY_CTX_set_imprint(check.get(), imprint, 32);
    if (input.nonce) {
        const Bytes query = timestamp_query(input.imprint, *input.nonce);
        const unsigned char* at = query.data();
        const std::unique_ptr<TS_REQ, OpensslDeleter<TS_REQ, TS_REQ_free>> asked(
            d2i_TS_REQ(nullptr, &at, static_cast<long>(query.size())));
        const ASN1_INTEGER* const nonce = TS_REQ_get_nonce(asked.get());
        const ASN1_INTEGER* const given = TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(answer));
        if (!given || ASN1_INTEGER_cmp(nonce, given) != 0) return std::string("its nonce is not the query's");
    }
    TS_VERIFY_CTX_set_flags(check.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE);
    ERR_clear_error();
    if (TS_RESP_verify_response(check.get(), answer) == 1) return std::string();
    return last_reason();
}

std::string text_of(const ASN1_OBJECT* object) {
    char text[128];
    const int size = OBJ_obj2txt(text, sizeof text, object, 1);
    return size > 0 ? text : "";
}

// The certificate that the signature names; TS_RESP_verify_response() has bound it to the signature.
X509Ptr signer_of(PKCS7* token, const std::vector<Bytes>& further) {
    STACK_OF(X509)* const others = sk_X509_new_null();
    for (const Bytes& der : further) {
        auto certificate = read_certificate(der);
        if (certificate && sk_X509_push(others, certificate->get()) > 0) certificate->release();
    }
    STACK_OF(X509)* const signers = PKCS7_get0_signers(token, others, 0);
    X509Ptr signer;
    if (signers && sk_X509_num(signers) == 1) {
        signer.reset(sk_X509_value(signers, 0));
        X509_up_ref(signer.get());
    }
    sk_X509_free(signers);
    sk_X509_pop_free(others, X509_free);
    ERR_clear_error();
    return signer;
}

bool revoked(X509* certificate, const std::vector<Bytes>& crls) {
    for (const Bytes& der : crls) {
        const auto crl = read_crl(der);
        if (!crl || X509_NAME_cmp(X509_CRL_get_issuer(crl->get()), X509_get_issuer_name(certificate)) != 0)
            continue;
        X509_REVOKED* entry = nullptr;
        if (X509_CRL_get0_by_cert(crl->get(), &entry, certificate) == 1) return true;
    }
    return false;
}

std::string rejection(const TS_STATUS_INFO* status) {
    std::string text = "the timestamp authority refused";
    const STACK_OF(ASN1_UTF8STRING)* const words = TS_STATUS_INFO_get0_text(status);
    for (int i = 0; i < sk_ASN1_UTF8STRING_num(words); ++i) {
        const ASN1_UTF8STRING* const word = sk_ASN1_UTF8STRING_value(words, i);
        text += ": " + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(word)),
                                   static_cast<std::size_t>(ASN1_STRING_length(word)));
    }
    return text;
}

}  // namespace

Bytes timestamp_query(const Sha256Digest& imprint, ByteView nonce) {
    using namespace der;
    const Bytes sha256_algorithm = element(sequence, oid("2.16.840.1.101.3.4.2.1"));
    const Bytes yes{0x01, 0x01, 0xff};  // certReq
    return elements(
        sequence,
        {number(1), elements(sequence, {sha256_algorithm, element(octet_string, ByteView(imprint))}),
         nonce.empty() ? Bytes() : number(nonce), yes});
}

Result<Bytes> token_of(ByteView der) {
    const unsigned char* at = der.data();
    const AnswerPtr answer(d2i_TS_RESP(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    PKCS7* const token = answer ? TS_RESP_get_token(answer.get()) : nullptr;
    if (!token) return corrupt("holds no token");
    return encoded<PKCS7>(token, i2d_PKCS7);
}

Result<Timestamp> read_timestamp(ByteView der, const TimestampInput& input) {
    const unsigned char* at = der.data();
    const AnswerPtr answer(d2i_TS_RESP(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!answer || at != der.data() + der.size()) return corrupt("is no answer of an RFC 3161 authority");
    const TS_STATUS_INFO* const status = TS_RESP_get_status_info(answer.get());
    const long granted = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
    if (granted != TS_STATUS_GRANTED && granted != TS_STATUS_GRANTED_WITH_MODS)
        return refused(rejection(status));
    TS_TST_INFO* const info = TS_RESP_get_tst_info(answer.get());
    if (!info) return corrupt("holds no token");
    const auto time = time_of(info);
    if (!time) return corrupt("has no readable time");
    const X509Ptr signer = signer_of(TS_RESP_get_token(answer.get()), input.further);
    if (!signer) return corrupt("does not bring its authority's certificate");

    Timestamp stamp;
    stamp.time = *time;
    stamp.tsa = subject_of(signer.get());
    stamp.policy = text_of(TS_TST_INFO_get_policy_id(info));
    unsigned char* encoded = nullptr;
    const int size = i2d_X509(signer.get(), &encoded);
    stamp.certificate.assign(encoded, encoded + size);
    OPENSSL_free(encoded);

    // First by itself, its own certificate taken for granted; then whether that one is to be believed.
    HUTONG_ASSIGN(const std::string fault, check(answer.get(), input, {stamp.certificate}, *time));
    if (!fault.empty()) return corrupt("does not hold: " + fault);
    HUTONG_ASSIGN(stamp.distrust, check(answer.get(), input, input.anchors, *time));
    if (stamp.distrust.empty() && revoked(signer.get(), input.crls))
        stamp.distrust = "the authority's certificate is revoked";
    stamp.trusted = stamp.distrust.empty();
    return stamp;
}

}  // namespace hutong::security
