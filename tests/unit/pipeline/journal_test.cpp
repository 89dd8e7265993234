// The journal stage over a real journal on disk.
#include <filesystem>

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/journal_calls.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

class JournalStageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JournalStageTest);
    CPPUNIT_TEST(request_and_response_by_level);
    CPPUNIT_TEST(the_replay_key_is_kept_at_every_level);
    CPPUNIT_TEST(refusals_leave_a_record);
    CPPUNIT_TEST_SUITE_END();

    std::filesystem::path folder_;
    std::unique_ptr<security::Journal> journal_;

  public:
    void setUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "hutong-journal-XXXXXX").string();
        CPPUNIT_ASSERT(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        auto opened = security::Journal::open(folder_, "node-1", {.min_free_bytes = 0});
        CPPUNIT_ASSERT_MESSAGE(opened.has_error() ? opened.error().detail : "", opened.has_value());
        journal_ = std::move(*opened);
    }
    void tearDown() override {
        journal_.reset();
        std::filesystem::remove_all(folder_);
    }

  private:
    std::vector<security::StoredRecord> records() {
        return security::read_journal(folder_, {.newest_first = false}).value();
    }

    void request_and_response_by_level() {
        JournalStage stage(*journal_);
        for (const auto& [level, request_records, response_records] :
             {std::tuple{registry::JournalLevel::none, 0u, 0u},
              std::tuple{registry::JournalLevel::metadata, 1u, 1u},
              std::tuple{registry::JournalLevel::evidence, 1u, 1u},
              std::tuple{registry::JournalLevel::full, 2u, 2u}}) {
            Call call;
            call.route->journal = level;
            call.plain();
            call.read();
            call.exchange->consumer = call.reader;
            const std::size_t before = records().size();
            CPPUNIT_ASSERT(!call.down(stage));
            CPPUNIT_ASSERT_EQUAL(before + request_records, records().size());
            call.exchange->reply.message.body = http::Payload("answer");
            CPPUNIT_ASSERT(!call.up(stage));
            CPPUNIT_ASSERT_EQUAL(before + request_records + response_records, records().size());
        }
        const auto all = records();
        CPPUNIT_ASSERT_EQUAL(std::string("reader"), all.back().record.consumer);
        CPPUNIT_ASSERT(all.back().record.message_digest == sha256("answer"));
        CPPUNIT_ASSERT(all[all.size() - 3].record.message_digest == sha256(test::get_message));
        CPPUNIT_ASSERT_EQUAL(test::get_message, all[all.size() - 4].record.content);
    }

    // Else a message could come again after a restart, when the replay window is made of the journal.
    void the_replay_key_is_kept_at_every_level() {
        JournalStage stage(*journal_);
        Call call;
        call.route->journal = registry::JournalLevel::none;
        call.plain();
        call.read();
        call.exchange->consumer = call.reader;
        call.exchange->replay_key = "key";
        CPPUNIT_ASSERT(!call.down(stage));
        const auto all = records();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
        CPPUNIT_ASSERT_EQUAL(std::string("key"), all[0].record.replay_key);
        CPPUNIT_ASSERT(all[0].record.consumer.empty() && all[0].record.service.empty());
    }

    void refusals_leave_a_record() {
        JournalStage stage(*journal_);
        Call call;
        call.route.reset();
        refuse::answer_with(*call.exchange, refuse::not_verified("digest of #Body"));
        CPPUNIT_ASSERT(!call.up(stage));
        const auto all = records();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
        CPPUNIT_ASSERT(all[0].record.kind == security::RecordKind::refusal);
        CPPUNIT_ASSERT_EQUAL(std::string("digest of #Body"), all[0].record.reason);
        CPPUNIT_ASSERT_EQUAL(std::string("FailedCheck"), all[0].record.outcome);
        CPPUNIT_ASSERT_EQUAL(std::string("01INCIDENT"), all[0].record.exchange);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(JournalStageTest);
