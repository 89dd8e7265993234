#include "gateway/stages/replay.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/stages/token_callers.hpp"
#include "security/xmldsig/names.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

class ReplayTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReplayTest);
    CPPUNIT_TEST(remembers_until_the_message_is_stale);
    CPPUNIT_TEST(full_table_refuses_and_forgets_nothing);
    CPPUNIT_TEST(keyed_by_signer_and_signed_id_or_signature);
    CPPUNIT_TEST(lives_as_long_as_the_most_patient_service_says);
    CPPUNIT_TEST(is_remembered_for_the_most_patient_service);
    CPPUNIT_TEST(a_shared_scope_is_never_only_local);
    CPPUNIT_TEST(knows_an_ecdsa_signature_by_r);
    CPPUNIT_TEST(takes_a_nonce_once_in_two_messages);
    CPPUNIT_TEST(refuses_what_it_knows_at_the_header);
    CPPUNIT_TEST_SUITE_END();

    void remembers_until_the_message_is_stale() {
        ReplayWindow window(1000);
        const TimePoint now = system_clock().now();
        using Answer = ReplayWindow::Answer;
        CPPUNIT_ASSERT(window.enter("k", now + std::chrono::seconds(10), now) == Answer::fresh);
        CPPUNIT_ASSERT(window.enter("k", now + std::chrono::seconds(10), now + std::chrono::seconds(10)) ==
                       Answer::replayed);
        CPPUNIT_ASSERT(window.enter("k", now + std::chrono::seconds(30), now + std::chrono::seconds(11)) ==
                       Answer::fresh);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, window.size());
    }

    void full_table_refuses_and_forgets_nothing() {
        ReplayWindow window(16);  // one entry per shard
        const TimePoint now = system_clock().now();
        const TimePoint later = now + std::chrono::hours(1);
        unsigned full = 0;
        for (int i = 0; i < 100; ++i)
            if (window.enter("key" + std::to_string(i), later, now) == ReplayWindow::Answer::full) ++full;
        CPPUNIT_ASSERT(full >= 84);
        CPPUNIT_ASSERT(window.enter("key0", later, now) == ReplayWindow::Answer::replayed);
    }

    void keyed_by_signer_and_signed_id_or_signature() {
        ReplayStage stage(std::make_shared<ReplayWindow>(1000));
        const auto answer = [&](const std::string& signer, std::optional<std::string> id,
                                const std::string& value) {
            Call call;
            call.exchange->claims.emplace();
            call.exchange->claims->message_id = std::move(id);
            call.exchange->claims->signature_value = value;
            call.exchange->route = call.route;
            call.reader->id = signer;
            call.exchange->consumer = call.reader;
            call.exchange->trust.thumbprint = "one of the consumer's certificates, number " + value;
            if (call.header(stage)) return true;
            return call.down(stage).has_value();
        };
        CPPUNIT_ASSERT(!answer("a", std::nullopt, "v1"));
        CPPUNIT_ASSERT(answer("a", std::nullopt, "v1"));
        CPPUNIT_ASSERT(!answer("b", std::nullopt, "v1"));
        CPPUNIT_ASSERT(!answer("a", "urn:1", "v1"));
        CPPUNIT_ASSERT(answer("a", "urn:1", "v2"));
        CPPUNIT_ASSERT(!answer("a", "urn:2", "v2"));
        Call plain;
        CPPUNIT_ASSERT(!plain.down(stage));
    }

    void lives_as_long_as_the_most_patient_service_says() {
        const config::Security options;
        registry::Catalogue catalogue;
        const auto life = [&] { return replay_life(options, longest_times(catalogue)); };
        const auto usual = options.freshness + 2 * options.clock_skew;
        CPPUNIT_ASSERT(life() == usual);
        catalogue.services.resize(3);
        catalogue.services[1].security.request.freshness = std::chrono::seconds(3);
        catalogue.services[1].security.request.clock_skew = std::chrono::seconds(0);
        CPPUNIT_ASSERT(life() == usual);
        catalogue.services[2].security.request.freshness = std::chrono::seconds(3600);
        CPPUNIT_ASSERT(life() == std::chrono::seconds(3600) + 2 * options.clock_skew);
    }

    // A service that is less patient than others must not make the node forget for them.
    void is_remembered_for_the_most_patient_service() {
        const auto window = std::make_shared<ReplayWindow>(1000);
        ReplayStage stage(window);
        Call call;
        signed_by_reader(call, "v1", "AAAA");
        call.route->service.security.request.freshness = std::chrono::seconds(3);
        call.route->service.security.request.clock_skew = std::chrono::seconds(0);
        call.table->longest_times.freshness = std::chrono::hours(1);
        call.exchange->table = call.table;
        CPPUNIT_ASSERT(!call.header(stage) && !call.down(stage));
        const TimePoint late = call.exchange->received + std::chrono::minutes(59);
        CPPUNIT_ASSERT(window->knows(call.exchange->replay_key, late));
        CPPUNIT_ASSERT(window->knows(one_time_key(call.exchange->claims->one_time.front()), late));
    }

    void a_shared_scope_is_never_only_local() {
        const auto window = std::make_shared<ReplayWindow>(1000);
        ReplayStage stage(window);
        Call call;
        call.exchange->route = call.route;
        call.route->service.security.replay = registry::ReplayScope::shared;
        call.exchange->claims.emplace();
        const auto refusal = call.down(stage);
        CPPUNIT_ASSERT(refusal && refusal->code.side == soap::FaultCode::Side::receiver);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, window->size());
    }

    // Whoever holds (r, s) can write (r, n - s), which verifies as well.
    void knows_an_ecdsa_signature_by_r() {
        ReplayStage stage(std::make_shared<ReplayWindow>(1000));
        const auto answer = [&](std::string_view algorithm, std::uint8_t r, std::uint8_t s) {
            Bytes value(64, r);
            std::fill(value.begin() + 32, value.end(), s);
            Call call;
            call.exchange->claims.emplace();
            call.exchange->claims->signature_algorithm = std::string(algorithm);
            call.exchange->claims->signature_value = to_base64(value);
            call.exchange->route = call.route;
            call.exchange->consumer = call.reader;
            return call.header(stage).has_value() || call.down(stage).has_value();
        };
        CPPUNIT_ASSERT(!answer(security::names::ecdsa_sha256, 1, 2));
        CPPUNIT_ASSERT(answer(security::names::ecdsa_sha256, 1, 3));
        CPPUNIT_ASSERT(!answer(security::names::ecdsa_sha256, 2, 3));
        CPPUNIT_ASSERT(!answer(security::names::eddsa_ed25519, 1, 2));
        CPPUNIT_ASSERT(!answer(security::names::eddsa_ed25519, 1, 3));
    }

    static void signed_by_reader(Call& call, const std::string& signature, const std::string& nonce) {
        call.exchange->claims.emplace();
        call.exchange->claims->signature_value = signature;
        if (!nonce.empty())
            call.exchange->claims->one_time = {
                {"nonce reader " + nonce, call.exchange->received + std::chrono::minutes(1)}};
        call.exchange->route = call.route;
        call.exchange->consumer = call.reader;
    }

    void takes_a_nonce_once_in_two_messages() {
        ReplayStage stage(std::make_shared<ReplayWindow>(1000));
        const auto answer = [&](const std::string& signature, const std::string& nonce) {
            Call call;
            signed_by_reader(call, signature, nonce);
            return call.header(stage).has_value() || call.down(stage).has_value();
        };
        CPPUNIT_ASSERT(!answer("v1", "AAAA"));
        CPPUNIT_ASSERT(answer("v2", "AAAA"));
        CPPUNIT_ASSERT(!answer("v3", "BBBB"));
    }

    // Before a byte of its Body costs anything.
    void refuses_what_it_knows_at_the_header() {
        ReplayStage stage(std::make_shared<ReplayWindow>(1000));
        Call first;
        signed_by_reader(first, "v1", "");
        CPPUNIT_ASSERT(!first.header(stage) && !first.down(stage));
        Call again;
        signed_by_reader(again, "v1", "");
        CPPUNIT_ASSERT(again.header(stage));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReplayTest);
