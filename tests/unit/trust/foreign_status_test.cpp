// CRLs and OCSP answers of others that must not be believed, made by OpenSSL directly; and what the trust
// store makes of those that may.
#include "security/trust/foreign_status.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "security/trust/trust_store.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::security {

namespace {

using std::chrono::hours;
using test::ca_recipe;
using test::CertificateRecipe;
using test::Identity;
using test::signer_recipe;
using test::test_time;

CertificateRecipe with(CertificateRecipe recipe, const std::string& extension, const std::string& value) {
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

std::time_t at(hours from_now) {
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

void sign(X509_CRL* crl, EVP_PKEY* key, const CrlRecipe& recipe) {
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

Bytes make_crl(const Identity& issuer, const CrlRecipe& recipe) {
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

int sign(OCSP_BASICRESP* answer, const Identity& signer, const AnswerRecipe& recipe) {
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

Bytes make_answer(const Identity& about, const Identity& issuer, const Identity& signer,
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

class ForeignStatusTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ForeignStatusTest);
    CPPUNIT_TEST(a_sound_crl_is_taken);
    CPPUNIT_TEST(bad_crls_are_refused);
    CPPUNIT_TEST(an_older_crl_is_refused);
    CPPUNIT_TEST(sound_answers_are_taken);
    CPPUNIT_TEST(bad_answers_are_refused);
    CPPUNIT_TEST(a_responder_must_be_fit_and_not_revoked);
    CPPUNIT_TEST(weak_signatures_are_not_believed);
    CPPUNIT_TEST(answers_of_an_sm2_ca_are_verified_with_its_id);
    CPPUNIT_TEST(an_older_answer_is_refused);
    CPPUNIT_TEST(the_question_names_the_certificate);
    CPPUNIT_TEST(without_a_crl_nothing_is_believed_and_an_old_one_counts_for_its_grace);
    CPPUNIT_TEST(without_a_good_answer_nothing_is_believed);
    CPPUNIT_TEST(a_ca_below_one_with_sources_needs_its_own);
    CPPUNIT_TEST_SUITE_END();

    const Identity ca{ca_recipe("foreign")};
    const Identity agency{signer_recipe("agency"), &ca};
    const Identity other{signer_recipe("other"), &ca};
    const Identity impostor{ca_recipe("foreign")};
    const Identity elsewhere{ca_recipe("elsewhere")};
    static CertificateRecipe responder() {
        return with(with(signer_recipe("ocsp"), "extendedKeyUsage", "OCSPSigning"), "noCheck", "ignored");
    }
    const Identity delegate{responder(), &ca};
    const Identity not_for_ocsp{with(signer_recipe("tls"), "extendedKeyUsage", "serverAuth"), &ca};
    const Identity no_usage{signer_recipe("plain"), &ca};
    const Identity delegate_elsewhere{with(signer_recipe("ocsp"), "extendedKeyUsage", "OCSPSigning"),
                                      &elsewhere};

    static void refuse(const Result<CrlFacts>& checked, const std::string& part) {
        CPPUNIT_ASSERT_MESSAGE(part, checked.has_error());
        CPPUNIT_ASSERT_MESSAGE(checked.error().detail,
                               checked.error().detail.find(part) != std::string::npos);
    }
    static void refuse(const Result<AnswerFacts>& checked, const std::string& part) {
        CPPUNIT_ASSERT_MESSAGE(part, checked.has_error());
        CPPUNIT_ASSERT_MESSAGE(checked.error().detail,
                               checked.error().detail.find(part) != std::string::npos);
    }
    Result<CrlFacts> check(const Bytes& crl, const std::optional<CrlFacts>& held = {}) const {
        return check_foreign_crl(crl, ca.der(), test_time(), held);
    }
    Result<AnswerFacts> take(const Bytes& answer, std::optional<TimePoint> held = {},
                             const Bytes& crl = {}) const {
        return check_foreign_answer(answer, agency.der(), ca.der(), test_time(), held, crl);
    }

    void a_sound_crl_is_taken() {
        const CrlFacts facts = check(make_crl(ca, {})).value();
        CPPUNIT_ASSERT(facts.number == Bytes{7});
        CPPUNIT_ASSERT(facts.this_update == test_time() - hours(1) &&
                       facts.next_update == test_time() + hours(24));
        CPPUNIT_ASSERT(check(make_crl(ca, {.number = 0})).value().number.empty());
    }

    void bad_crls_are_refused() {
        refuse(check(Bytes{}), "not a DER");
        Bytes longer = make_crl(ca, {});
        longer.push_back(0);
        refuse(check(longer), "not a DER");
        refuse(check(make_crl(impostor, {})), "not signed by the CA");
        refuse(check(make_crl(elsewhere, {})), "another CA's");
        Bytes altered = make_crl(ca, {});
        altered.back() ^= 1;
        refuse(check(altered), "not signed by the CA");
        refuse(check(make_crl(ca, {.begins = hours(-48), .ends = hours(-24)})), "ran out");
        refuse(check(make_crl(ca, {.begins = hours(1)})), "from the future");
        refuse(check(make_crl(ca, {.has_end = false})), "until when it counts");
        refuse(
            check(make_crl(ca, {.extensions = {{NID_issuing_distribution_point, "critical,onlyuser:TRUE"}}})),
            "a part of the CA's certificates");
        refuse(check(make_crl(ca, {.delta_of = 3})), "delta");
        refuse(check(make_crl(ca, {.extensions = {{NID_netscape_comment, "critical,hello"}}})),
               "critical extension");
        const Identity no_lists{with(ca_recipe("foreign"), "keyUsage", "critical,keyCertSign")};
        refuse(check_foreign_crl(make_crl(no_lists, {}), no_lists.der(), test_time(), {}), "does not allow");
    }

    void an_older_crl_is_refused() {
        const CrlFacts held = check(make_crl(ca, {.number = 300})).value();
        CPPUNIT_ASSERT(check(make_crl(ca, {.number = 300}), held).has_value());
        CPPUNIT_ASSERT(check(make_crl(ca, {.number = 301}), held).has_value());
        refuse(check(make_crl(ca, {.number = 299}), held), "older than the one in use");
        refuse(check(make_crl(ca, {.number = 0}), held), "older than the one in use");
        refuse(check(make_crl(ca, {.begins = hours(-2), .number = 301}), held), "older than the one in use");
    }

    void sound_answers_are_taken() {
        CPPUNIT_ASSERT(take(make_answer(agency, ca, ca)).value().state == ForeignState::good);
        CPPUNIT_ASSERT(take(make_answer(agency, ca, delegate)).value().state == ForeignState::good);
        // The CA's own certificate need not come along.
        CPPUNIT_ASSERT(take(make_answer(agency, ca, ca, {.with_certificate = false})).has_value());
        const AnswerFacts revoked =
            take(make_answer(agency, ca, delegate, {.status = V_OCSP_CERTSTATUS_REVOKED})).value();
        CPPUNIT_ASSERT(revoked.state == ForeignState::revoked &&
                       revoked.next_update == test_time() + hours(24));
        CPPUNIT_ASSERT(
            take(make_answer(agency, ca, ca, {.status = V_OCSP_CERTSTATUS_UNKNOWN})).value().state ==
            ForeignState::unknown);
    }

    void bad_answers_are_refused() {
        refuse(take(Bytes{1, 2}), "not an OCSP answer");
        refuse(take(Bytes{0x30, 0x03, 0x0a, 0x01, 0x06}), "gives no answer: unauthorized");
        refuse(take(make_answer(other, ca, ca)), "about another certificate");
        refuse(take(make_answer(agency, impostor, ca)), "about another certificate");
        refuse(take(make_answer(agency, ca, elsewhere)), "no certificate from the CA itself");
        refuse(take(make_answer(agency, ca, impostor)), "does not fit");  // it has the CA's name
        refuse(take(make_answer(agency, ca, delegate_elsewhere)), "no certificate from the CA itself");
        refuse(take(make_answer(agency, ca, not_for_ocsp)), "no certificate for OCSP signing");
        refuse(take(make_answer(agency, ca, no_usage)), "no certificate for OCSP signing");
        refuse(take(make_answer(agency, ca, delegate, {.with_certificate = false})),
               "does not come with its signer's certificate");
        refuse(take(make_answer(agency, ca, ca, {.begins = hours(-48), .ends = hours(-24)})), "ran out");
        refuse(take(make_answer(agency, ca, ca, {.begins = hours(1)})), "from the future");
        refuse(take(make_answer(agency, ca, ca, {.has_end = false})), "until when it counts");
        const Identity expired{with({.name = "ocsp", .ends = hours(-1)}, "extendedKeyUsage", "OCSPSigning"),
                               &ca};
        refuse(take(make_answer(agency, ca, expired)), "not valid now");
        // Every octet counts: none may be changed without its being noticed.
        const Bytes sound = make_answer(agency, ca, ca, {.with_certificate = false});
        for (std::size_t i = 0; i < sound.size(); ++i) {
            Bytes altered = sound;
            altered[i] ^= 1;
            const auto checked = take(altered);
            CPPUNIT_ASSERT_MESSAGE("octet " + std::to_string(i), checked.has_error());
        }
    }

    void a_responder_must_be_fit_and_not_revoked() {
        const auto by = [&](const CertificateRecipe& recipe) {
            return make_answer(agency, ca, Identity(recipe, &ca));
        };
        refuse(take(by(with(responder(), "keyUsage", "critical,nonRepudiation"))), "does not include");
        refuse(take(by(with(with(responder(), "basicConstraints", "critical,CA:TRUE"), "keyUsage",
                            "critical,keyCertSign,digitalSignature"))),
               "is a CA's");
        CertificateRecipe weak = responder();
        weak.digest = "SHA1";
        refuse(take(by(weak)), "is not believed");
        // Who answers must not be revoked himself.
        const Identity silent{with(signer_recipe("ocsp"), "extendedKeyUsage", "OCSPSigning"), &ca};
        const Bytes answer = make_answer(agency, ca, silent);
        refuse(take(answer), "id-pkix-ocsp-nocheck and no CRL");
        CPPUNIT_ASSERT(take(answer, {}, ca.make_crl({&other})).has_value());
        refuse(take(answer, {}, ca.make_crl({&silent})), "is revoked");
        refuse(take(answer, {}, ca.make_crl({}, hours(-48), hours(-24))), "CRL ran out");
        CPPUNIT_ASSERT(take(make_answer(agency, ca, delegate), {}, ca.make_crl({&other})).has_value());
        refuse(take(make_answer(agency, ca, delegate), {}, ca.make_crl({&delegate})), "is revoked");
    }

    void weak_signatures_are_not_believed() {
        for (const char* digest : {"SHA1", "SHA224"}) {
            refuse(check(make_crl(ca, {.digest = digest})), "is not believed");
            refuse(take(make_answer(agency, ca, ca, {.signed_with = digest})), "is not believed");
        }
        CertificateRecipe recipe = ca_recipe("rsa");
        recipe.key = "RSA:2048";
        const Identity rsa{recipe};
        const auto by_rsa = [&](const CrlRecipe& how) {
            return check_foreign_crl(make_crl(rsa, how), rsa.der(), test_time(), {});
        };
        CPPUNIT_ASSERT(by_rsa({}).has_value());
        CPPUNIT_ASSERT(by_rsa({.pss = true}).has_value());
        CPPUNIT_ASSERT(by_rsa({.digest = "SHA512", .pss = true, .mask = "SHA512"}).has_value());
        for (const char* weak : {"SHA1", "SHA224"}) {
            refuse(by_rsa({.digest = weak}), "is not believed");
            refuse(by_rsa({.digest = weak, .pss = true, .mask = weak}),
                   "with these parameters is not believed");
            refuse(by_rsa({.pss = true, .mask = weak}), "with these parameters is not believed");
        }
    }

    // The CA's id and no other, for what the CA signs, for what its delegate does, and for the delegate's
    // certificate.
    void answers_of_an_sm2_ca_are_verified_with_its_id() {
        const std::string id = "ca@province.gov.cn", usual(sm2_default_id);
        CertificateRecipe authority = ca_recipe("province");
        authority.key = "SM2:";
        authority.id = authority.signer_id = id;
        const Identity sm2_ca(authority);
        const auto below = [&](CertificateRecipe recipe, const std::string& signer_id) {
            recipe.key = "SM2:";
            recipe.signer_id = signer_id;
            return recipe;
        };
        const Identity member(below(signer_recipe("member"), id), &sm2_ca);
        const Identity speaker(below(responder(), id), &sm2_ca);
        const Identity certified_otherwise(below(responder(), usual), &sm2_ca);
        const auto judge = [&](const Identity& signer, const std::string& signed_by_id,
                               const std::string& asked_id) {
            const Bytes answer =
                make_answer(member, sm2_ca, signer, {.signed_with = "SM3", .sm2_id = signed_by_id});
            return check_foreign_answer(answer, member.der(), sm2_ca.der(), test_time(), {}, {}, asked_id);
        };
        for (const Identity* signer : {&sm2_ca, &speaker}) {
            CPPUNIT_ASSERT(judge(*signer, id, id).value().state == ForeignState::good);
            refuse(judge(*signer, usual, id), "does not fit");
        }
        refuse(judge(sm2_ca, id, usual), "does not fit");
        refuse(judge(speaker, id, usual), "no certificate from the CA itself");
        refuse(judge(certified_otherwise, id, id), "no certificate from the CA itself");
    }

    void an_older_answer_is_refused() {
        const TimePoint held = test_time() - hours(1);
        CPPUNIT_ASSERT(take(make_answer(agency, ca, ca), held).has_value());
        refuse(take(make_answer(agency, ca, ca, {.begins = hours(-2)}), held), "older than the one in use");
    }

    void the_question_names_the_certificate() {
        const Bytes question = foreign_question(agency.der(), ca.der()).value();
        const unsigned char* begin = question.data();
        OCSP_REQUEST* const request = d2i_OCSP_REQUEST(nullptr, &begin, static_cast<long>(question.size()));
        CPPUNIT_ASSERT(request && OCSP_request_onereq_count(request) == 1);
        OCSP_CERTID* const expected = OCSP_cert_to_id(EVP_sha1(), agency.certificate(), ca.certificate());
        CPPUNIT_ASSERT_EQUAL(
            0, OCSP_id_cmp(expected, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0))));
        OCSP_CERTID_free(expected);
        OCSP_REQUEST_free(request);
        CPPUNIT_ASSERT(issued_by(agency.der(), ca.der()) && !issued_by(agency.der(), impostor.der()));
    }

    static TrustVerdict judge(const TrustInput& input, const Identity& whom, hours later = hours(0)) {
        const auto store = TrustStore::make(input).value();
        return store->judge(whom.der(), {}, Usage::message_signing, test_time() + later);
    }

    void without_a_crl_nothing_is_believed_and_an_old_one_counts_for_its_grace() {
        TrustInput input{.anchors = {ca.der()}, .intermediates = {}, .crls = {}, .revoked = {}};
        CPPUNIT_ASSERT(judge(input, agency).status == TrustStatus::trusted);
        input.rules = {{ca.thumbprint(), true, false, hours(12)}};
        CPPUNIT_ASSERT(judge(input, agency).status == TrustStatus::revoked);
        input.crls = {ca.make_crl({&other})};
        CPPUNIT_ASSERT(judge(input, agency).status == TrustStatus::trusted);
        CPPUNIT_ASSERT(judge(input, other).status == TrustStatus::revoked);
        CPPUNIT_ASSERT(judge(input, agency, hours(35)).status == TrustStatus::trusted);
        CPPUNIT_ASSERT(judge(input, other, hours(35)).status == TrustStatus::revoked);
        CPPUNIT_ASSERT(judge(input, agency, hours(37)).status == TrustStatus::revoked);
        // What was remembered within the grace does not outlast it.
        const auto store = TrustStore::make(input).value();
        CPPUNIT_ASSERT(store->judge(agency.der(), {}, Usage::message_signing, test_time() + hours(35)));
        CPPUNIT_ASSERT(!store->judge(agency.der(), {}, Usage::message_signing, test_time() + hours(37)));
        // No grace for a CA that was given none.
        input.rules = {{ca.thumbprint(), true, false, hours(0)}};
        CPPUNIT_ASSERT(judge(input, agency, hours(25)).status == TrustStatus::revoked);
    }

    void without_a_good_answer_nothing_is_believed() {
        TrustInput input{.anchors = {ca.der()}, .intermediates = {}, .crls = {}, .revoked = {}};
        input.rules = {{ca.thumbprint(), false, true, hours(12)}};
        CPPUNIT_ASSERT(judge(input, agency).status == TrustStatus::revoked);
        for (const auto [state, status] : {std::pair{ForeignState::good, TrustStatus::trusted},
                                           std::pair{ForeignState::revoked, TrustStatus::revoked},
                                           std::pair{ForeignState::unknown, TrustStatus::revoked}}) {
            input.answers = {{agency.thumbprint(), state, test_time() + hours(24)}};
            CPPUNIT_ASSERT(judge(input, agency).status == status);
            CPPUNIT_ASSERT(judge(input, other).status == TrustStatus::revoked);
        }
        input.answers = {{agency.thumbprint(), ForeignState::good, test_time() + hours(24)}};
        CPPUNIT_ASSERT(judge(input, agency, hours(35)).status == TrustStatus::trusted);
        CPPUNIT_ASSERT(judge(input, agency, hours(37)).status == TrustStatus::revoked);
        const auto store = TrustStore::make(input).value();
        CPPUNIT_ASSERT(store->judge(agency.der(), {}, Usage::message_signing, test_time() + hours(35)));
        CPPUNIT_ASSERT(!store->judge(agency.der(), {}, Usage::message_signing, test_time() + hours(37)));
    }

    void a_ca_below_one_with_sources_needs_its_own() {
        const Identity below{ca_recipe("below"), &ca};
        const Identity far{signer_recipe("far"), &below};
        TrustInput input{
            .anchors = {ca.der()}, .intermediates = {below.der()}, .crls = {ca.make_crl({})}, .revoked = {}};
        CPPUNIT_ASSERT(judge(input, far).status == TrustStatus::trusted);
        input.rules = {{ca.thumbprint(), true, false, hours(0)}};
        CPPUNIT_ASSERT(judge(input, far).status == TrustStatus::revoked);
        input.rules.push_back({below.thumbprint(), true, false, hours(0)});
        CPPUNIT_ASSERT(judge(input, far).status == TrustStatus::revoked);
        input.crls.push_back(below.make_crl({}));
        CPPUNIT_ASSERT(judge(input, far).status == TrustStatus::trusted);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ForeignStatusTest);

}  // namespace

}  // namespace hutong::security
