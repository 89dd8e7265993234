#include "security/trust/foreign_status.hpp"

#include <algorithm>
#include <memory>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "security/trust/ocsp_objects.hpp"
#include "security/trust/signed_der.hpp"
#include "security/trust/sm2_id.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

Error refuse(std::string why) {
    ERR_clear_error();
    return refused(std::move(why));
}

Result<void> check_times(const std::string& what, TimePoint this_update, TimePoint next_update, TimePoint now,
                         std::chrono::hours grace = std::chrono::hours(0)) {
    if (this_update > now + clock_differences)
        return refuse(what + " is from the future: thisUpdate is " + format_utc(this_update));
    if (next_update <= now - grace) return refuse(what + " ran out at " + format_utc(next_update));
    if (next_update <= this_update) return refuse(what + " ends before it begins");
    return {};
}

Result<Bytes> number_of(const X509_CRL* crl) {
    int critical = 0;
    const IntegerPtr number(
        static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, &critical, nullptr)));
    if (!number) {
        if (critical == -1) return Bytes();  // there is none
        return refuse("the CRL's number cannot be read");
    }
    const unsigned char* const data = ASN1_STRING_get0_data(number.get());
    if (ASN1_STRING_type(number.get()) != V_ASN1_INTEGER || ASN1_STRING_length(number.get()) > 20)
        return refuse("the CRL's number is not a number of up to 20 octets");
    return Bytes(data, data + ASN1_STRING_length(number.get()));
}

bool less(const Bytes& a, const Bytes& b) {
    return a.size() != b.size() ? a.size() < b.size() : std::ranges::lexicographical_compare(a, b);
}

Result<void> check_scope(const X509_CRL* crl) {
    if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0)
        return refuse("it is a delta CRL; give the address of the full one");
    // A list for a part of the certificates only would let the others pass as good.
    if (X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) >= 0)
        return refuse("the CRL is for a part of the CA's certificates only (issuingDistributionPoint)");
    for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i)
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)) == 1)
            return refuse("the CRL has a critical extension that is not known here");
    return {};
}

// RFC 6960 section 4.2.2.2.1: the CA says that its responder need not be asked about, or its CRL says that
// the responder is not revoked.
Result<void> check_not_revoked(X509* signer, ByteView crl_der, TimePoint now) {
    const bool exempt = X509_get_ext_by_NID(signer, NID_id_pkix_OCSP_noCheck, -1) >= 0;
    if (crl_der.empty()) {
        if (exempt) return {};
        return refuse(
            "whether the OCSP answer's signer is revoked is not known: its certificate lacks "
            "id-pkix-ocsp-nocheck and no CRL of the CA is held; trust the CA with --crl too");
    }
    HUTONG_ASSIGN(const CrlPtr crl, read_crl(crl_der));
    X509_REVOKED* entry = nullptr;
    if (X509_CRL_get0_by_cert(crl.get(), &entry, signer) == 1)
        return refuse("the certificate of the OCSP answer's signer is revoked");
    const auto until = to_time(X509_CRL_get0_nextUpdate(crl.get()));
    if (!exempt && (!until || *until <= now))
        return refuse(
            "whether the OCSP answer's signer is revoked is not known: its certificate lacks "
            "id-pkix-ocsp-nocheck and the CA's CRL ran out");
    return {};
}

// The signer is the issuer itself, or has a certificate from it, and from it alone, for OCSP signing.
Result<void> check_delegate(X509* signer, X509* issuer, TimePoint now, ByteView crl) {
    if (X509_check_issued(issuer, signer) != X509_V_OK || X509_verify(signer, X509_get0_pubkey(issuer)) != 1)
        return refuse("the OCSP answer's signer has no certificate from the CA itself");
    if (const auto sound = check_signature_algorithm(signer); sound.has_error())
        return refuse("the certificate of the OCSP answer's signer: " + sound.error().detail);
    if (X509_check_ca(signer) != 0 || (X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE) == 0)
        return refuse(
            "the certificate of the OCSP answer's signer is a CA's, or its keyUsage does not include "
            "digitalSignature");
    if ((X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) == 0 ||
        (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) == 0)
        return refuse("the OCSP answer's signer has no certificate for OCSP signing");
    const auto from = to_time(X509_get0_notBefore(signer)), to = to_time(X509_get0_notAfter(signer));
    if (!from || !to || now < *from || now > *to)
        return refuse("the certificate of the OCSP answer's signer is not valid now");
    if (std::string weakness = key_weakness(signer); !weakness.empty())
        return refuse("the OCSP answer's signer: " + weakness);
    return check_not_revoked(signer, crl, now);
}

// Not by OCSP_basic_verify: it knows no distinguishing id of SM2, and trusts more signers than are wanted
// here.
Result<void> check_signer(OCSP_BASICRESP* basic, X509* issuer, TimePoint now, ByteView crl,
                          std::string_view sm2_id) {
    STACK_OF(X509)* const known = sk_X509_new_null();
    sk_X509_push(known, issuer);
    X509* named = nullptr;
    const int found = OCSP_resp_get0_signer(basic, &named, known);
    sk_X509_free(known);
    if (found != 1) return refuse("the OCSP answer does not come with its signer's certificate");
    HUTONG_ASSIGN(const X509Ptr signer, read_certificate(encoded<X509>(named, i2d_X509)));
    if (!set_signer_id(signer.get(), sm2_id)) return internal("no memory for a certificate");
    if (X509_cmp(signer.get(), issuer) != 0) HUTONG_TRY(check_delegate(signer.get(), issuer, now, crl));
    const Bytes content = encoded<OCSP_RESPDATA>(OCSP_resp_get0_respdata(basic), i2d_OCSP_RESPDATA);
    const auto sound =
        verify_signed_der(content, OCSP_resp_get0_tbs_sigalg(basic), OCSP_resp_get0_signature(basic),
                          X509_get0_pubkey(signer.get()), sm2_id);
    if (sound.has_error()) return sound.error().at("the OCSP answer");
    return {};
}

ForeignState state_of(int status) {
    if (status == V_OCSP_CERTSTATUS_GOOD) return ForeignState::good;
    return status == V_OCSP_CERTSTATUS_REVOKED ? ForeignState::revoked : ForeignState::unknown;
}

}  // namespace

Result<CrlFacts> check_foreign_crl(ByteView der, ByteView issuer_der, TimePoint now,
                                   const std::optional<CrlFacts>& held, std::string_view sm2_id) {
    HUTONG_ASSIGN(const X509Ptr issuer, read_certificate(issuer_der));
    HUTONG_ASSIGN(const CrlPtr crl, read_crl(der));
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_subject_name(issuer.get())) != 0)
        return refuse("the CRL is another CA's");
    if ((X509_get_key_usage(issuer.get()) & KU_CRL_SIGN) == 0)
        return refuse("the CA's certificate does not allow its key to sign CRLs");
    if (const auto sound = check_signature_algorithm(crl.get()); sound.has_error())
        return refuse("the CRL: " + sound.error().detail);
    if (verify_crl(crl.get(), X509_get0_pubkey(issuer.get()), sm2_id).has_error())
        return refuse("the CRL is not signed by the CA");
    HUTONG_TRY(check_scope(crl.get()));
    CrlFacts facts;
    HUTONG_ASSIGN(facts.number, number_of(crl.get()));
    const auto from = to_time(X509_CRL_get0_lastUpdate(crl.get()));
    const auto to = to_time(X509_CRL_get0_nextUpdate(crl.get()));
    if (!from || !to) return refuse("the CRL does not say until when it counts (nextUpdate)");
    facts.this_update = *from;
    facts.next_update = *to;
    HUTONG_TRY(check_times("the CRL", *from, *to, now));
    if (held && (facts.this_update < held->this_update || less(facts.number, held->number)))
        return refuse("the CRL is older than the one in use (thisUpdate " + format_utc(facts.this_update) +
                      ", in use " + format_utc(held->this_update) + ")");
    return facts;
}

std::string_view to_string(ForeignState state) {
    switch (state) {
        case ForeignState::good:
            return "good";
        case ForeignState::revoked:
            return "revoked";
        case ForeignState::unknown:
            break;
    }
    return "unknown";
}

std::optional<ForeignState> foreign_state_from(std::string_view text) {
    for (const auto state : {ForeignState::good, ForeignState::revoked, ForeignState::unknown})
        if (text == to_string(state)) return state;
    return std::nullopt;
}

Result<Bytes> foreign_question(ByteView certificate_der, ByteView issuer_der) {
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(certificate_der));
    HUTONG_ASSIGN(const X509Ptr issuer, read_certificate(issuer_der));
    const OcspRequestPtr request(OCSP_REQUEST_new());
    OcspIdPtr id(OCSP_cert_to_id(EVP_sha1(), certificate.get(), issuer.get()));
    if (!request || !id || OCSP_request_add0_id(request.get(), id.get()) == nullptr)
        return internal("an OCSP request cannot be made");
    id.release();  // it belongs to the request now
    return encoded<OCSP_REQUEST>(request.get(), i2d_OCSP_REQUEST);
}

Result<AnswerFacts> check_foreign_answer(ByteView der, ByteView certificate_der, ByteView issuer_der,
                                         TimePoint now, std::optional<TimePoint> held, ByteView crl,
                                         std::string_view sm2_id, std::chrono::hours grace) {
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(certificate_der));
    HUTONG_ASSIGN(const X509Ptr issuer, read_certificate(issuer_der));
    const unsigned char* at = der.data();
    const OcspResponsePtr response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!response || at != der.data() + der.size()) return invalid("not an OCSP answer in DER");
    if (const int status = OCSP_response_status(response.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return refuse(std::string("the responder gives no answer: ") + OCSP_response_status_str(status));
    const OcspBasicPtr basic(OCSP_response_get1_basic(response.get()));
    if (!basic) return refuse("the OCSP answer is of a kind that is not known here");
    const OcspIdPtr id(OCSP_cert_to_id(EVP_sha1(), certificate.get(), issuer.get()));
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME *from = nullptr, *to = nullptr;
    const int found = OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, nullptr, &from, &to);
    const auto this_update = to_time(from), next_update = to_time(to);
    // In its grace an answer goes by the signer it had in its time.
    const TimePoint signer_as_of = std::min(now, next_update.value_or(now));
    HUTONG_TRY(check_signer(basic.get(), issuer.get(), signer_as_of, crl, sm2_id));
    if (found != 1) return refuse("the OCSP answer is about another certificate");
    if (!this_update || !next_update)
        return refuse("the OCSP answer does not say until when it counts (nextUpdate)");
    HUTONG_TRY(check_times("the OCSP answer", *this_update, *next_update, now, grace));
    if (held && *this_update < *held)
        return refuse("the OCSP answer is older than the one in use (thisUpdate " + format_utc(*this_update) +
                      ", in use " + format_utc(*held) + ")");
    return AnswerFacts{state_of(status), *this_update, *next_update};
}

bool issued_by(ByteView certificate_der, ByteView issuer_der, std::string_view sm2_id) {
    const auto certificate = read_certificate(certificate_der), issuer = read_certificate(issuer_der);
    const bool signed_by_it = certificate.has_value() && issuer.has_value() &&
                              set_signer_id(certificate->get(), sm2_id) &&
                              X509_check_issued(issuer->get(), certificate->get()) == X509_V_OK &&
                              X509_verify(certificate->get(), X509_get0_pubkey(issuer->get())) == 1;
    ERR_clear_error();
    return signed_by_it;
}

}  // namespace hutong::security
