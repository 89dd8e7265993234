// Who is believed and who is not, with certificates and CRLs made by OpenSSL directly.
#include "security/trust/trust_store.hpp"

#include <thread>

#include <cppunit/extensions/HelperMacros.h>

#include "security/trust/usage.hpp"
#include "security/trust/x509.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::security {

namespace {

using std::chrono::hours;
using test::ca_recipe;
using test::CertificateRecipe;
using test::Identity;
using test::signer_recipe;

class TrustStoreTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TrustStoreTest);
    CPPUNIT_TEST(trusts_a_chain_of_three);
    CPPUNIT_TEST(trusts_a_foreign_issuing_ca_without_its_root);
    CPPUNIT_TEST(uses_a_chain_that_came_along);
    CPPUNIT_TEST(refuses_strangers);
    CPPUNIT_TEST(refuses_an_impostor_with_the_same_name);
    CPPUNIT_TEST(minds_validity);
    CPPUNIT_TEST(minds_key_usage);
    CPPUNIT_TEST(minds_extended_key_usage_for_tls);
    CPPUNIT_TEST(what_can_be_bound_to_somebody);
    CPPUNIT_TEST(refuses_weak_keys_and_digests);
    CPPUNIT_TEST(minds_constraints_of_issuers);
    CPPUNIT_TEST(knows_revocations_from_the_register);
    CPPUNIT_TEST(knows_revocations_from_crls);
    CPPUNIT_TEST(a_revocation_counts_now_whatever_date_it_bears);
    CPPUNIT_TEST(a_crl_a_little_ahead_of_our_clock_counts);
    CPPUNIT_TEST(fails_closed_on_a_crl_that_is_no_good);
    CPPUNIT_TEST(believes_no_weak_signature_of_a_certificate_or_crl);
    CPPUNIT_TEST(dates_beyond_the_clock_do_not_turn_round);
    CPPUNIT_TEST(does_not_remember_beyond_expiry);
    CPPUNIT_TEST(refuses_garbage);
    CPPUNIT_TEST(serves_many_threads);
    CPPUNIT_TEST_SUITE_END();

    static std::shared_ptr<const TrustStore> store(TrustInput input) {
        auto made = TrustStore::make(input);
        CPPUNIT_ASSERT_MESSAGE(made.has_error() ? made.error().detail : "", made.has_value());
        return *made;
    }
    static void expect(TrustStatus status, const TrustVerdict& verdict) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(verdict.reason, std::string(to_string(status)),
                                     std::string(to_string(verdict.status)));
        CPPUNIT_ASSERT_EQUAL(status == TrustStatus::trusted, verdict.reason.empty());
    }
    // Judges twice: what is remembered must not differ from what was found.
    void judged(TrustStatus status, const Identity& who, const TrustStore& by,
                Usage usage = Usage::message_signing, hours later = hours(0),
                const std::vector<Bytes>& chain = {}) {
        for (int i = 0; i < 2; ++i)
            expect(status, by.judge(who.der(), chain, usage, test::test_time() + later));
    }
    CertificateRecipe with(CertificateRecipe recipe, const std::string& extension, const std::string& value) {
        if (value.empty())
            recipe.extensions.erase(extension);
        else
            recipe.extensions[extension] = value;
        return recipe;
    }

    const Identity root{ca_recipe("root")};
    const Identity issuing{ca_recipe("issuing"), &root};
    const Identity agency{signer_recipe("税务局"), &issuing};
    const TrustInput ours{
        .anchors = {root.der()}, .intermediates = {issuing.der()}, .crls = {}, .revoked = {}};

    void trusts_a_chain_of_three() {
        const auto verdict = store(ours)->judge(agency.der(), {}, Usage::message_signing, test::test_time());
        expect(TrustStatus::trusted, verdict);
        CPPUNIT_ASSERT_EQUAL(std::string("CN=税务局"), verdict.subject);
        CPPUNIT_ASSERT_EQUAL(agency.thumbprint(), verdict.thumbprint);
        CPPUNIT_ASSERT(!verdict.serial.empty());
        judged(TrustStatus::trusted, Identity(signer_recipe("rsa", "RSA:2048"), &issuing), *store(ours));
    }

    void trusts_a_foreign_issuing_ca_without_its_root() {
        judged(TrustStatus::trusted, agency,
               *store({.anchors = {issuing.der()}, .intermediates = {}, .crls = {}, .revoked = {}}));
    }

    void uses_a_chain_that_came_along() {
        const auto only_root =
            store({.anchors = {root.der()}, .intermediates = {}, .crls = {}, .revoked = {}});
        judged(TrustStatus::no_path, agency, *only_root);
        judged(TrustStatus::trusted, agency, *only_root, Usage::message_signing, hours(0), {issuing.der()});
        // A chain too long to be honest.
        const Identity other(signer_recipe("other"), &issuing);
        judged(TrustStatus::malformed, other, *only_root, Usage::message_signing, hours(0),
               std::vector<Bytes>(11, issuing.der()));
    }

    void refuses_strangers() {
        judged(TrustStatus::no_path, Identity(signer_recipe("self-signed")), *store(ours));
        const Identity elsewhere(ca_recipe("elsewhere"));
        judged(TrustStatus::no_path, Identity(signer_recipe("stranger"), &elsewhere), *store(ours),
               Usage::message_signing, hours(0), {elsewhere.der()});
        judged(TrustStatus::no_path, agency, *store({}));
    }

    void refuses_an_impostor_with_the_same_name() {
        const Identity impostor(ca_recipe("issuing"));
        judged(TrustStatus::bad_signature, Identity(signer_recipe("agency"), &impostor), *store(ours),
               Usage::message_signing, hours(0), {impostor.der()});
    }

    void minds_validity() {
        const auto trust = store(ours);
        judged(TrustStatus::trusted, agency, *trust);
        judged(TrustStatus::expired, agency, *trust, Usage::message_signing, hours(24 * 366));
        judged(TrustStatus::not_yet_valid, agency, *trust, Usage::message_signing, hours(-48));
    }

    void minds_key_usage() {
        const auto trust = store(ours);
        const auto signer = signer_recipe("signer");
        judged(TrustStatus::wrong_usage,
               Identity(with(signer, "keyUsage", "critical,keyEncipherment"), &issuing), *trust);
        judged(TrustStatus::wrong_usage,
               Identity(with(signer, "keyUsage", "critical,nonRepudiation"), &issuing), *trust);
        // RFC 5280 section 4.2.1.3: no extension, no restriction.
        judged(TrustStatus::trusted, Identity(with(signer, "keyUsage", ""), &issuing), *trust);
        // A CA is not a caller, not even an anchor.
        judged(TrustStatus::wrong_usage, issuing, *trust);
        judged(TrustStatus::wrong_usage, root, *trust);
    }

    void minds_extended_key_usage_for_tls() {
        const auto trust = store(ours);
        const auto client = signer_recipe("client");
        judged(TrustStatus::trusted, Identity(client, &issuing), *trust, Usage::tls_client);
        judged(TrustStatus::trusted, Identity(with(client, "extendedKeyUsage", "clientAuth"), &issuing),
               *trust, Usage::tls_client);
        const Identity server(with(client, "extendedKeyUsage", "serverAuth"), &issuing);
        judged(TrustStatus::wrong_usage, server, *trust, Usage::tls_client);
        // The two uses are remembered apart.
        judged(TrustStatus::trusted, server, *trust, Usage::message_signing);
        judged(TrustStatus::wrong_usage, server, *trust, Usage::tls_client);
    }

    // Whoever issued it, and be it nobody.
    void what_can_be_bound_to_somebody() {
        const auto refusal = [](const CertificateRecipe& recipe, Usage usage) {
            const auto bound = check_can_be_bound(Identity(recipe).der(), usage, test::test_time());
            CPPUNIT_ASSERT(bound.has_value() || bound.error().code == ErrorCode::invalid);
            return bound.has_value() ? std::string() : bound.error().detail;
        };
        const auto expect_refusal = [&](const CertificateRecipe& recipe, Usage usage,
                                        const std::string& why) {
            const std::string text = refusal(recipe, usage);
            CPPUNIT_ASSERT_MESSAGE(text, text.find(why) != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(text, text.find("CN=") != std::string::npos);
        };
        const auto good = signer_recipe("agency");
        CertificateRecipe past = good, early = good, weak = good;
        past.ends = hours(-1);
        early.begins = hours(24);
        weak.key = "EC:P-224";
        for (const Usage usage : {Usage::message_signing, Usage::tls_client}) {
            CPPUNIT_ASSERT_EQUAL(std::string(), refusal(good, usage));
            CPPUNIT_ASSERT_EQUAL(std::string(), refusal(early, usage));
            expect_refusal(ca_recipe("root"), usage, "a CA certificate is not an end entity's");
            expect_refusal(past, usage, "is out of date since");
            expect_refusal(weak, usage, "cannot be bound");
            expect_refusal(with(good, "keyUsage", "keyEncipherment"), usage, "digitalSignature");
        }
        const auto server = with(good, "extendedKeyUsage", "serverAuth");
        CPPUNIT_ASSERT_EQUAL(std::string(), refusal(server, Usage::message_signing));
        expect_refusal(server, Usage::tls_client, "clientAuth");
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             refusal(with(good, "keyUsage", "keyEncipherment"), Usage::encryption));
        expect_refusal(good, Usage::encryption, "keyEncipherment");
    }

    void refuses_weak_keys_and_digests() {
        const auto trust = store(ours);
        judged(TrustStatus::weak_key, Identity(signer_recipe("small", "RSA:1024"), &issuing), *trust);
        judged(TrustStatus::weak_key, Identity(signer_recipe("curve", "EC:P-224"), &issuing), *trust);
        auto sha1 = signer_recipe("sha1");
        sha1.digest = "SHA1";
        judged(TrustStatus::weak_key, Identity(sha1, &issuing), *trust);
        auto weak_ca = ca_recipe("weak issuing");
        weak_ca.key = "EC:P-224";
        const Identity weak_issuing(weak_ca, &root);
        judged(TrustStatus::weak_key, Identity(signer_recipe("below"), &weak_issuing), *trust,
               Usage::message_signing, hours(0), {weak_issuing.der()});
    }

    void minds_constraints_of_issuers() {
        const auto judge_below = [&](const CertificateRecipe& recipe, const std::string& name,
                                     TrustStatus status) {
            const Identity middle(recipe, &root);
            judged(status, Identity(signer_recipe(name), &middle), *store(ours), Usage::message_signing,
                   hours(0), {middle.der()});
        };
        const auto ca = ca_recipe("middle");
        judge_below(ca, "good", TrustStatus::trusted);
        judge_below(signer_recipe("an agency that issues"), "child", TrustStatus::bad_constraints);
        judge_below(with(ca, "keyUsage", "critical,cRLSign"), "child", TrustStatus::bad_constraints);
        judge_below(with(with(ca, "basicConstraints", ""), "keyUsage", "critical,keyCertSign"), "child",
                    TrustStatus::bad_constraints);
        judge_below(with(ca, "nameConstraints", "critical,permitted;DNS:gov.cn"), "agency.example.com",
                    TrustStatus::bad_constraints);
        // pathlen:0 allows no further CA below.
        const Identity last(with(ca, "basicConstraints", "critical,CA:TRUE,pathlen:0"), &root);
        const Identity beyond(ca_recipe("beyond"), &last);
        judged(TrustStatus::bad_constraints, Identity(signer_recipe("child"), &beyond), *store(ours),
               Usage::message_signing, hours(0), {beyond.der(), last.der()});
    }

    void knows_revocations_from_the_register() {
        TrustInput input = ours;
        input.revoked = {agency.thumbprint()};
        judged(TrustStatus::revoked, agency, *store(input));
        // A CA, with all that stands below it; whether it is an anchor itself or not.
        input.revoked = {issuing.thumbprint()};
        judged(TrustStatus::revoked, agency, *store(input));
        TrustInput directly = input;
        directly.anchors.push_back(issuing.der());
        judged(TrustStatus::revoked, agency, *store(directly));
        const auto as_of_before = store(input)->judge_as_of(agency.der(), {}, Usage::message_signing,
                                                            test::test_time() - hours(1), test::test_time());
        CPPUNIT_ASSERT(as_of_before.status == TrustStatus::revoked);
        input.revoked = {agency.thumbprint()};
        judged(TrustStatus::trusted, Identity(signer_recipe("other"), &issuing), *store(input));
    }

    void knows_revocations_from_crls() {
        TrustInput input = ours;
        input.crls = {issuing.make_crl({&agency})};
        judged(TrustStatus::revoked, agency, *store(input));
        judged(TrustStatus::trusted, Identity(signer_recipe("other"), &issuing), *store(input));
        // The issuing CA itself revoked by its root.
        input.crls = {root.make_crl({&issuing})};
        judged(TrustStatus::revoked, agency, *store(input));
    }

    void a_revocation_counts_now_whatever_date_it_bears() {
        TrustInput input = ours;
        input.crls = {issuing.make_crl({&agency}, hours(-2), hours(24), hours(1))};
        judged(TrustStatus::revoked, agency, *store(input));
        input.revoked = {agency.thumbprint()};
        judged(TrustStatus::revoked, agency, *store(input));
        const auto as_of = [&](hours later) {
            return store(input)->judge_as_of(agency.der(), {}, Usage::message_signing,
                                             test::test_time() + later, test::test_time() + hours(5));
        };
        expect(TrustStatus::trusted, as_of(hours(0)));
        expect(TrustStatus::revoked, as_of(hours(1)));
    }

    void a_crl_a_little_ahead_of_our_clock_counts() {
        using std::chrono::minutes;
        TrustInput input = ours;
        input.crls = {issuing.make_crl({&agency}, minutes(3))};
        judged(TrustStatus::revoked, agency, *store(input));
        judged(TrustStatus::trusted, Identity(signer_recipe("other"), &issuing), *store(input));
        input.crls = {issuing.make_crl({}, minutes(6))};
        judged(TrustStatus::revoked, agency, *store(input));
    }

    void believes_no_weak_signature_of_a_certificate_or_crl() {
        auto recipe = signer_recipe("sha224");
        recipe.digest = "SHA224";
        judged(TrustStatus::weak_key, Identity(recipe, &issuing), *store(ours));
        for (const char* digest : {"SHA1", "SHA224"}) {
            TrustInput input = ours;
            input.crls = {issuing.make_crl({}, hours(-1), hours(24), {}, digest)};
            judged(TrustStatus::revoked, agency, *store(input));
        }
    }

    void dates_beyond_the_clock_do_not_turn_round() {
        const auto read = [](const char* text) {
            ASN1_TIME* const time = ASN1_TIME_new();
            CPPUNIT_ASSERT_EQUAL(1, ASN1_TIME_set_string(time, text));
            const auto value = to_time(time);
            ASN1_TIME_free(time);
            return value.value();
        };
        CPPUNIT_ASSERT(read("99991231235959Z") == TimePoint::max());
        for (const char* text : {"00000101000000Z", "15000101000000Z", "16770101000000Z"})
            CPPUNIT_ASSERT_MESSAGE(text, read(text) < read("17000101000000Z"));
        CPPUNIT_ASSERT(read("17000101000000Z") < read("19700101000000Z"));
    }

    void fails_closed_on_a_crl_that_is_no_good() {
        TrustInput input = ours;
        input.crls = {issuing.make_crl({}, hours(-48), hours(-24))};
        judged(TrustStatus::revoked, agency, *store(input));
        const Identity impostor(ca_recipe("issuing"));
        input.crls = {impostor.make_crl({})};
        judged(TrustStatus::revoked, agency, *store(input));
    }

    void does_not_remember_beyond_expiry() {
        TrustInput input = ours;
        input.crls = {issuing.make_crl({}, hours(-1), hours(24))};
        const auto trust = store(input);
        judged(TrustStatus::trusted, agency, *trust);
        judged(TrustStatus::revoked, agency, *trust, Usage::message_signing, hours(25));
        judged(TrustStatus::trusted, agency, *trust, Usage::message_signing, hours(23));
    }

    void refuses_garbage() {
        const auto trust = store(ours);
        const auto now = test::test_time();
        expect(TrustStatus::malformed, trust->judge({}, {}, Usage::message_signing, now));
        Bytes longer = agency.der();
        longer.push_back(0);
        expect(TrustStatus::malformed, trust->judge(longer, {}, Usage::message_signing, now));
        expect(TrustStatus::malformed,
               trust->judge(agency.der(), {Bytes{1, 2, 3}}, Usage::message_signing, now));
        Bytes changed = agency.der();
        changed.back() ^= 1;
        expect(TrustStatus::bad_signature, trust->judge(changed, {}, Usage::message_signing, now));
        CPPUNIT_ASSERT(
            TrustStore::make({.anchors = {Bytes{1}}, .intermediates = {}, .crls = {}, .revoked = {}})
                .has_error());
        CPPUNIT_ASSERT(
            TrustStore::make({.anchors = {}, .intermediates = {}, .crls = {Bytes{1}}, .revoked = {}})
                .has_error());
    }

    void serves_many_threads() {
        const auto trust = store(ours);
        std::atomic<int> good{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i)
                    if (trust->judge(agency.der(), {}, Usage::message_signing,
                                     test::test_time() + hours(i % 2 * 24 * 366)))
                        ++good;
            });
        for (auto& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(100, good.load());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TrustStoreTest);

}  // namespace

}  // namespace hutong::security
