// What must be known about certificates of another's CA before the trust store believes them.
#include <cppunit/extensions/HelperMacros.h>

#include "security/trust/trust_store.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::security {

namespace {

using std::chrono::hours;
using namespace test;

class ForeignRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ForeignRulesTest);
    CPPUNIT_TEST(without_a_crl_nothing_is_believed_and_an_old_one_counts_for_its_grace);
    CPPUNIT_TEST(without_a_good_answer_nothing_is_believed);
    CPPUNIT_TEST(a_ca_below_one_with_sources_needs_its_own);
    CPPUNIT_TEST_SUITE_END();

    const Identity ca{ca_recipe("foreign")};
    const Identity agency{signer_recipe("agency"), &ca};
    const Identity other{signer_recipe("other"), &ca};

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
        for (const auto& [state, status] : {std::pair{ForeignState::good, TrustStatus::trusted},
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

CPPUNIT_TEST_SUITE_REGISTRATION(ForeignRulesTest);

}  // namespace

}  // namespace hutong::security
