// Who vouches for an export: the node under the platform's root, and nobody else.
#include <future>

#include "security/pki/crl.hpp"
#include "tests/unit/evidence/export_fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class ExportTrustTest : public ExportFixture {
    CPPUNIT_TEST_SUITE(ExportTrustTest);
    CPPUNIT_TEST(another_root_vouches_for_nothing);
    CPPUNIT_TEST(what_is_not_sealed_is_proven_by_the_signed_head);
    CPPUNIT_TEST(a_seal_that_nobody_vouches_for_proves_nothing);
    CPPUNIT_TEST(only_the_node_speaks_for_the_node);
    CPPUNIT_TEST(a_head_s_own_time_is_compared_with_the_timestamp_s);
    CPPUNIT_TEST(a_revoked_key_cannot_date_a_head_back);
    CPPUNIT_TEST(a_root_of_callers_speaks_for_callers_only);
    CPPUNIT_TEST_SUITE_END();

  public:
    void another_root_vouches_for_nothing() {
        make_export();
        const TemporaryFolder other;
        const Home elsewhere{other.path / "home"};
        const Bytes stranger = Platform(elsewhere).authority().root();
        const Evidence evidence = verify_zip(zip(), {{stranger}, {}}).value();
        CPPUNIT_ASSERT(!evidence.intact());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(evidence, Outcome::holds, "timestamp"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(evidence, Outcome::holds, "head"));
    }

    void what_is_not_sealed_is_proven_by_the_signed_head() {
        auto options = small_options();
        options.segment_bytes = 1u << 20;
        const auto journal = open_journal(home_.journal(), options);
        write_records(*journal);
        write_zip(collect(home_.journal(), "mine").value(), zip()).value();
        Evidence evidence = verify();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(evidence, Outcome::unknown, "proof"));
        CPPUNIT_ASSERT(evidence.standing() == Standing::not_proven && !evidence.intact());
        write_head(journal->head());
        append(*journal, make_record("other", "later")).value();
        write_zip(collect(home_.journal(), "mine").value(), zip()).value();
        evidence = verify();
        CPPUNIT_ASSERT_MESSAGE(text_of(evidence), evidence.intact());
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, count(evidence, Outcome::holds, "proof"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(evidence, Outcome::holds, "head"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(evidence, Outcome::unknown, "timestamp"));
    }

    void a_seal_that_nobody_vouches_for_proves_nothing() {
        auto options = small_options();
        options.segment_bytes = 1u << 20;
        JournalHead early;
        {
            const auto journal = open_journal(home_.journal(), options);
            write_records(*journal);
            early = journal->head();
            append(*journal, make_record("other", "later")).value();
            std::promise<void> sealed;
            journal->seal([&](const Result<std::uint64_t>&) { sealed.set_value(); });
            sealed.get_future().wait();
        }
        const auto export_now = [&] {
            write_zip(collect(home_.journal(), "mine").value(), zip()).value();
            return verify();
        };
        // Anybody can make a chain that fits in itself.
        Evidence evidence = export_now();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text_of(evidence), std::size_t{1},
                                     count(evidence, Outcome::holds, "seal"));
        CPPUNIT_ASSERT(evidence.standing() == Standing::not_proven);
        CPPUNIT_ASSERT(evidence.unproven.starts_with("segment 1 is not under its node's signature"));
        // Nor does the node's word about an earlier state say anything of this one.
        write_head(early);
        evidence = export_now();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text_of(evidence), std::size_t{1},
                                     count(evidence, Outcome::unknown, "head"));
        CPPUNIT_ASSERT(evidence.standing() == Standing::not_proven);
        finish_segments();
        CPPUNIT_ASSERT(export_now().intact());
        // A timestamp says when, and not who: the authority stamps for anyone.
        std::filesystem::remove(journal::head_path(home_.journal(), 1));
        evidence = export_now();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text_of(evidence), std::size_t{1},
                                     count(evidence, Outcome::holds, "timestamp"));
        CPPUNIT_ASSERT(evidence.standing() == Standing::not_proven);
    }

    void only_the_node_speaks_for_the_node() {
        make_export();
        CPPUNIT_ASSERT(verify().intact());
        const auto rightful = node_key_;
        for (const auto& [name, profile, common_name, organisation] :
             {std::tuple{"other", Profile::gateway_signing, "gateway node-2", "Hutong"},
              std::tuple{"agency", Profile::agency_signing, "tax", "State Tax"},
              std::tuple{"namesake", Profile::agency_signing, "gateway node-1", "Hutong"},
              std::tuple{"foreign", Profile::gateway_signing, "gateway node-1", "State Tax"}}) {
            node_key_ = platform_.make_key(name, profile, common_name, organisation);
            finish_segments();
            write_zip(collect(home_.journal(), "mine").value(), zip()).value();
            const Evidence evidence = verify();
            CPPUNIT_ASSERT_MESSAGE(name, evidence.standing() == Standing::broken);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::size_t{0}, count(evidence, Outcome::holds, "head"));
            CPPUNIT_ASSERT_MESSAGE(text_of(evidence),
                                   text_of(evidence).find("which is not node node-1") != std::string::npos);
        }
        node_key_ = rightful;
    }

    void a_head_s_own_time_is_compared_with_the_timestamp_s() {
        write_records(*open_journal(home_.journal()));
        for (const int minutes : {-4, 4, 6, 60}) {
            finish_segments(std::chrono::minutes(minutes));
            write_zip(collect(home_.journal(), "mine").value(), zip()).value();
            const Evidence evidence = verify();
            const std::string text = std::to_string(minutes) + "\n" + text_of(evidence);
            CPPUNIT_ASSERT_MESSAGE(text, evidence.intact());
            const std::size_t doubts = minutes > 5 ? count(evidence, Outcome::holds, "head") : 0;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, doubts, count(evidence, Outcome::unknown, "head"));
        }
    }

    // The revocation is later than the time that the head says, and earlier than the timestamp.
    void a_revoked_key_cannot_date_a_head_back() {
        const auto issuing =
            load_pem_key((home_.pki() / "issuing.key").string(), (home_.pki() / "issuing.pem").string())
                .value();
        const auto node = read_certificate(node_key_->certificates().front()).value();
        const TimePoint now = system_clock().now();
        const RevokedEntry revoked{serial_of(node.get()), now + std::chrono::minutes(30), "keyCompromise"};
        write_records(*open_journal(home_.journal()), build_crl(platform_.authority().certificate(), *issuing,
                                                                {revoked}, 2, now + std::chrono::minutes(60))
                                                          .value());
        for (const int minutes : {0, 90}) {
            finish_segments(std::chrono::minutes(minutes));
            write_zip(collect(home_.journal(), "mine").value(), zip()).value();
            const Evidence evidence = verify();
            const std::string text = text_of(evidence);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, minutes == 0, evidence.intact());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                text, minutes != 0,
                text.find("and revoked when the seal was timestamped") != std::string::npos);
        }
    }

    void a_root_of_callers_speaks_for_callers_only() {
        make_export();
        const TemporaryFolder other;
        const Home elsewhere{other.path / "home"};
        VerifyInput input{{Platform(elsewhere).authority().root()}, {}, {platform_.authority().root()}};
        Evidence evidence = verify_zip(zip(), input).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(evidence, Outcome::holds, "head"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(evidence, Outcome::holds, "timestamp"));
        // Nor does the root of an outside timestamp authority vouch for the platform's own.
        input.tsa_roots = {platform_.authority().root()};
        evidence = verify_zip(zip(), input).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count(evidence, Outcome::holds, "timestamp"));
        CPPUNIT_ASSERT(!evidence.intact());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExportTrustTest);
