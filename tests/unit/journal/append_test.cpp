// Records go in, come out unchanged and in order, from any number of threads, over any number of segments.
#include <atomic>
#include <set>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class AppendTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AppendTest);
    CPPUNIT_TEST(every_field_comes_back);
    CPPUNIT_TEST(segments_are_sealed_and_linked);
    CPPUNIT_TEST(reopening_goes_on_where_it_ended);
    CPPUNIT_TEST(queries_select);
    CPPUNIT_TEST(readers_see_whole_records_while_threads_write);
    CPPUNIT_TEST(one_writer_at_a_time);
    CPPUNIT_TEST(another_nodes_journal_is_refused);
    CPPUNIT_TEST(too_long_and_too_many_are_refused);
    CPPUNIT_TEST(closing_writes_what_is_queued);
    CPPUNIT_TEST(no_folder_is_an_error);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;

    void every_field_comes_back() {
        Record record = make_record("e1", std::string("<x>\0\xff 统一</x>", 14));
        record.kind = RecordKind::refusal;
        record.reason = "certificate revoked";
        append(*open_journal(folder_.path), record).value();
        const auto found = read_journal(folder_.path, {}).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found.size());
        const Record& back = found[0].record;
        CPPUNIT_ASSERT(back.kind == record.kind && back.time == record.time);
        CPPUNIT_ASSERT_EQUAL(record.exchange, back.exchange);
        CPPUNIT_ASSERT_EQUAL(record.consumer, back.consumer);
        CPPUNIT_ASSERT_EQUAL(record.service, back.service);
        CPPUNIT_ASSERT_EQUAL(record.operation, back.operation);
        CPPUNIT_ASSERT_EQUAL(record.signer, back.signer);
        CPPUNIT_ASSERT_EQUAL(record.message_id, back.message_id);
        CPPUNIT_ASSERT_EQUAL(record.replay_key, back.replay_key);
        CPPUNIT_ASSERT_EQUAL(record.outcome, back.outcome);
        CPPUNIT_ASSERT_EQUAL(record.reason, back.reason);
        CPPUNIT_ASSERT_EQUAL(record.remote, back.remote);
        CPPUNIT_ASSERT_EQUAL(record.message_bytes, back.message_bytes);
        CPPUNIT_ASSERT(record.message_digest == back.message_digest);
        CPPUNIT_ASSERT_EQUAL(record.content, back.content);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, found[0].position.sequence);
    }

    void segments_are_sealed_and_linked() {
        fill(folder_.path, 60);
        const auto report = verify_journal(folder_.path).value();
        CPPUNIT_ASSERT_EQUAL(std::string(), report.first_fault);
        CPPUNIT_ASSERT(report.intact);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{60}, report.records);
        CPPUNIT_ASSERT(report.segments >= 3);
        std::uint64_t expected = 0;
        for_each_record(folder_.path, std::nullopt, [&](const StoredRecord& stored) {
            CPPUNIT_ASSERT_EQUAL(++expected, stored.position.sequence);
            CPPUNIT_ASSERT_EQUAL("exchange-" + std::to_string(expected), stored.record.exchange);
        }).value();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{60}, expected);
    }

    void reopening_goes_on_where_it_ended() {
        fill(folder_.path, 3);
        fill(folder_.path, 3);
        const auto journal = open_journal(folder_.path);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{6}, journal->last().sequence);
        const auto position = append(*journal, make_record("e7")).value();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, position.sequence);
        CPPUNIT_ASSERT_EQUAL(position.offset, journal->last().offset);
        const auto found = read_journal(folder_.path, {}).value();
        CPPUNIT_ASSERT_EQUAL(position.offset, found[0].position.offset);
        CPPUNIT_ASSERT(verify_journal(folder_.path).value().intact);
    }

    void queries_select() {
        fill(folder_.path, 60);
        JournalQuery query;
        query.limit = 5;
        auto found = read_journal(folder_.path, query).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, found.size());
        CPPUNIT_ASSERT_EQUAL(std::string("exchange-60"), found[0].record.exchange);
        CPPUNIT_ASSERT_EQUAL(std::string("exchange-56"), found[4].record.exchange);
        query.newest_first = false;
        CPPUNIT_ASSERT_EQUAL(std::string("exchange-1"),
                             read_journal(folder_.path, query).value()[0].record.exchange);
        query.exchange = "exchange-7";
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, read_journal(folder_.path, query).value().size());
        query.consumer = "nobody";
        CPPUNIT_ASSERT(read_journal(folder_.path, query).value().empty());
        JournalQuery service;
        service.service = "gongshang/company";
        service.since = system_clock().now() + std::chrono::hours(1);
        CPPUNIT_ASSERT(read_journal(folder_.path, service).value().empty());
        service.since = system_clock().now() - std::chrono::hours(1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{60}, read_journal(folder_.path, service).value().size());
    }

    void readers_see_whole_records_while_threads_write() {
        constexpr int threads = 4, each = 200;
        const auto journal = open_journal(folder_.path);
        std::atomic<int> durable{0};
        std::vector<std::thread> writers;
        for (int t = 0; t < threads; ++t)
            writers.emplace_back([&, t] {
                for (int i = 0; i < each; ++i)
                    journal->append(
                        make_record(std::to_string(t) + "/" + std::to_string(i)),
                        [&](const Result<Position>& position) { durable += position.has_value(); });
            });
        while (durable < threads * each) {
            const int before = durable;
            int seen = 0;
            for_each_record(folder_.path, std::nullopt, [&](const StoredRecord&) { ++seen; }).value();
            CPPUNIT_ASSERT(seen >= before);
            const auto report = verify_journal(folder_.path).value();
            CPPUNIT_ASSERT_EQUAL(std::string(), report.first_fault);
        }
        for (auto& writer : writers) writer.join();
        std::set<std::string> exchanges;
        for_each_record(folder_.path, std::nullopt, [&](const StoredRecord& stored) {
            exchanges.insert(stored.record.exchange);
        }).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{threads * each}, exchanges.size());
    }

    void one_writer_at_a_time() {
        const auto journal = open_journal(folder_.path);
        const auto second = Journal::open(folder_.path, "node-1", small_options());
        CPPUNIT_ASSERT(second.has_error() && second.error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(second.error().detail.find("another process is writing this journal") !=
                       std::string::npos);
    }

    void another_nodes_journal_is_refused() {
        fill(folder_.path, 1);
        const auto other = Journal::open(folder_.path, "node-2", small_options());
        CPPUNIT_ASSERT(other.has_error() && other.error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(other.error().detail.find("belongs to node node-1") != std::string::npos);
    }

    void too_long_and_too_many_are_refused() {
        auto options = small_options();
        options.max_queued_bytes = 1000;
        const auto journal = open_journal(folder_.path, options);
        auto error = append(*journal, make_record("e", std::string(2000, 'x'))).error();
        CPPUNIT_ASSERT(error.code == ErrorCode::limit);
        CPPUNIT_ASSERT(error.detail.find("journal.max_queued_bytes") != std::string::npos);
        error = append(*journal, make_record("e", std::string(5u << 20, 'x'))).error();
        CPPUNIT_ASSERT(error.code == ErrorCode::limit);
        CPPUNIT_ASSERT(error.detail.find("several content records") != std::string::npos);
        append(*journal, make_record("e")).value();
        CPPUNIT_ASSERT(journal->writable());
    }

    void closing_writes_what_is_queued() {
        auto options = small_options();
        options.group_delay = std::chrono::milliseconds(50);
        int durable = 0;
        {
            const auto journal = open_journal(folder_.path, options);
            for (int i = 0; i < 100; ++i)
                journal->append(make_record(std::to_string(i)),
                                [&](const Result<Position>& position) { durable += position.has_value(); });
        }
        CPPUNIT_ASSERT_EQUAL(100, durable);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{100}, verify_journal(folder_.path).value().records);
    }

    void no_folder_is_an_error() {
        const auto verified = verify_journal(folder_.path / "nowhere");
        CPPUNIT_ASSERT(verified.has_error() && verified.error().code == ErrorCode::not_found);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AppendTest);
