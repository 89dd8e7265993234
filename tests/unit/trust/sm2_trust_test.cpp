// SM2 CAs: chains and CRLs with the id of their trust domain, and the pairs of certificates they issue.
#include <cppunit/extensions/HelperMacros.h>

#include "security/trust/trust_store.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::security {

namespace {

using std::chrono::hours;
using test::CertificateRecipe;
using test::Identity;

CertificateRecipe sm2_ca(const std::string& name, const std::string& id = std::string(sm2_default_id)) {
    CertificateRecipe recipe = test::ca_recipe(name);
    recipe.key = "SM2:";
    recipe.id = id;
    return recipe;
}

CertificateRecipe holder(const std::string& usage,
                         const std::string& signer_id = std::string(sm2_default_id)) {
    CertificateRecipe recipe = test::signer_recipe("税务局", "SM2:");
    recipe.signer_id = signer_id;
    if (usage.empty())
        recipe.extensions.erase("keyUsage");
    else
        recipe.extensions["keyUsage"] = "critical," + usage;
    return recipe;
}

const std::string encryption = "keyEncipherment,dataEncipherment,keyAgreement";

class Sm2TrustTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(Sm2TrustTest);
    CPPUNIT_TEST(trusts_a_chain_of_sm2_cas);
    CPPUNIT_TEST(verifies_with_the_id_of_the_domain);
    CPPUNIT_TEST(refuses_an_impostor_with_the_same_name);
    CPPUNIT_TEST(knows_revocations_from_sm2_crls);
    CPPUNIT_TEST(fails_closed_on_an_sm2_crl_that_is_no_good);
    CPPUNIT_TEST(tells_the_two_certificates_of_a_pair_apart);
    CPPUNIT_TEST_SUITE_END();

    const Identity root{sm2_ca("root")};
    const Identity issuing{sm2_ca("issuing"), &root};
    const Identity agency{holder("digitalSignature"), &issuing};

    static TrustVerdict judge(const Identity& who, const TrustInput& input,
                              Usage usage = Usage::message_signing) {
        const auto store = TrustStore::make(input).value();
        const auto verdict = store->judge(who.der(), {}, usage, test::test_time());
        const auto again = store->judge(who.der(), {}, usage, test::test_time());
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(verdict.status)), std::string(to_string(again.status)));
        return verdict;
    }
    static void expect(TrustStatus status, const TrustVerdict& verdict) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(verdict.reason, std::string(to_string(status)),
                                     std::string(to_string(verdict.status)));
    }
    TrustInput ours(std::vector<Bytes> crls = {}) const {
        return {.anchors = {root.der()},
                .intermediates = {issuing.der()},
                .crls = std::move(crls),
                .revoked = {}};
    }

    void trusts_a_chain_of_sm2_cas() {
        expect(TrustStatus::trusted, judge(agency, ours()));
        const Identity mixed{test::signer_recipe("rsa", "RSA:2048"), &issuing};
        expect(TrustStatus::trusted, judge(mixed, ours()));
        const Identity curve_root{test::ca_recipe("curve")};
        const Identity under_curve{holder("digitalSignature"), &curve_root};
        expect(TrustStatus::trusted,
               judge(under_curve,
                     {.anchors = {curve_root.der()}, .intermediates = {}, .crls = {}, .revoked = {}}));
    }

    void verifies_with_the_id_of_the_domain() {
        const std::string id = "ca@province.gov.cn";
        const Identity ca{sm2_ca("province", id)};
        const Identity member{holder("digitalSignature", id), &ca};
        TrustInput input{.anchors = {ca.der()}, .intermediates = {}, .crls = {}, .revoked = {}};
        expect(TrustStatus::bad_signature, judge(member, input));
        config::TrustDomain province;
        province.issuers = {"CN=province"};
        province.certificate_id = id;
        input.domains["province"] = province;
        expect(TrustStatus::trusted, judge(member, input));
        // With the domain's id its CRL verifies too, and only so.
        input.crls = {ca.make_crl({})};
        expect(TrustStatus::trusted, judge(member, input));
        input.crls = {ca.make_crl({&member})};
        expect(TrustStatus::revoked, judge(member, input));
        CertificateRecipe usual = sm2_ca("province");
        const Identity other{usual};
        input.crls = {other.make_crl({})};
        expect(TrustStatus::revoked, judge(member, input));
        // The domain of all others.
        input.crls = {};
        province.issuers = {};
        input.domains["province"] = province;
        expect(TrustStatus::trusted, judge(member, input));
        expect(TrustStatus::bad_signature, [&] {
            TrustInput both = ours();
            both.domains = input.domains;
            return judge(agency, both);
        }());
    }

    void refuses_an_impostor_with_the_same_name() {
        const Identity impostor{sm2_ca("issuing")};
        expect(TrustStatus::bad_signature, judge(Identity(holder("digitalSignature"), &impostor), ours()));
    }

    void knows_revocations_from_sm2_crls() {
        expect(TrustStatus::trusted, judge(agency, ours({issuing.make_crl({}), root.make_crl({})})));
        expect(TrustStatus::revoked, judge(agency, ours({issuing.make_crl({&agency}), root.make_crl({})})));
        expect(TrustStatus::revoked, judge(agency, ours({issuing.make_crl({}), root.make_crl({&issuing})})));
    }

    void fails_closed_on_an_sm2_crl_that_is_no_good() {
        const Identity impostor{sm2_ca("issuing")};
        expect(TrustStatus::revoked, judge(agency, ours({impostor.make_crl({})})));
        expect(TrustStatus::revoked, judge(agency, ours({issuing.make_crl({}, hours(-48), hours(-24))})));
        Bytes changed = issuing.make_crl({});
        changed.back() ^= 1;
        expect(TrustStatus::revoked, judge(agency, ours({changed})));
        const Identity curve{test::ca_recipe("issuing")};  // an ECDSA signature under an SM2 CA's name
        expect(TrustStatus::revoked, judge(agency, ours({curve.make_crl({})})));
    }

    void tells_the_two_certificates_of_a_pair_apart() {
        const Identity encrypts{holder(encryption), &issuing};
        expect(TrustStatus::trusted, judge(agency, ours(), Usage::message_signing));
        expect(TrustStatus::wrong_usage, judge(agency, ours(), Usage::encryption));
        expect(TrustStatus::trusted, judge(encrypts, ours(), Usage::encryption));
        expect(TrustStatus::wrong_usage, judge(encrypts, ours(), Usage::message_signing));
        expect(TrustStatus::wrong_usage, judge(encrypts, ours(), Usage::tls_client));
        // What is for both, or does not say, is for neither.
        for (const std::string& usage : {"digitalSignature," + encryption, std::string()}) {
            const Identity both{holder(usage), &issuing};
            expect(TrustStatus::wrong_usage, judge(both, ours(), Usage::message_signing));
            expect(TrustStatus::wrong_usage, judge(both, ours(), Usage::encryption));
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(Sm2TrustTest);

}  // namespace

}  // namespace hutong::security
