// CRLs and OCSP answers of others: which may be believed, and which must not be.
#include "security/trust/foreign_status.hpp"

#include "tests/unit/trust/foreign_objects.hpp"

namespace hutong::security {

namespace {

using std::chrono::hours;
using namespace test;

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
};

CPPUNIT_TEST_SUITE_REGISTRATION(ForeignStatusTest);

}  // namespace

}  // namespace hutong::security
