// Whatever happens to the files afterwards is named, and what had been acknowledged is never moved away.
#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "security/journal/frame.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class DamageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DamageTest);
    CPPUNIT_TEST(every_flipped_byte_is_found);
    CPPUNIT_TEST(a_flipped_byte_is_named);
    CPPUNIT_TEST(a_missing_segment_is_named);
    CPPUNIT_TEST(a_shortened_sealed_segment_is_named);
    CPPUNIT_TEST(a_record_taken_out_with_all_checksums_right_is_named);
    CPPUNIT_TEST(a_torn_tail_goes_to_quarantine);
    CPPUNIT_TEST(a_tail_of_zeros_goes_to_quarantine);
    CPPUNIT_TEST(damage_in_the_open_segment_is_not_taken_for_a_torn_tail);
    CPPUNIT_TEST(a_damaged_length_is_not_taken_for_a_torn_tail);
    CPPUNIT_TEST(content_that_looks_like_a_frame_is_not_one);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;

    std::filesystem::path segment(int number) const {
        return folder_.path / ("0000000" + std::to_string(number) + ".seg");
    }
    Position position_of(const std::string& exchange) const {
        JournalQuery query;
        query.exchange = exchange;
        return read_journal(folder_.path, query).value().at(0).position;
    }
    std::string fault() const {
        const auto report = verify_journal(folder_.path).value();
        CPPUNIT_ASSERT_EQUAL(report.first_fault.empty(), report.intact);
        return report.first_fault;
    }
    std::vector<std::filesystem::path> quarantined() const {
        std::vector<std::filesystem::path> files;
        if (std::filesystem::exists(folder_.path / "quarantine"))
            for (const auto& entry : std::filesystem::directory_iterator(folder_.path / "quarantine"))
                files.push_back(entry.path());
        return files;
    }

    void every_flipped_byte_is_found() {
        fill(folder_.path, 20);
        for (const int number : {1, 2}) {
            const std::string original = read_file(segment(number));
            for (std::size_t at = 0; at < original.size(); ++at) {
                std::string altered = original;
                altered[at] = static_cast<char>(altered[at] ^ 0x20);
                write_file(segment(number), altered);
                CPPUNIT_ASSERT_MESSAGE("byte " + std::to_string(at), !fault().empty());
            }
            write_file(segment(number), original);
        }
        CPPUNIT_ASSERT_EQUAL(std::string(), fault());
    }

    void a_flipped_byte_is_named() {
        fill(folder_.path, 30);
        const Position at = position_of("exchange-15");
        flip_byte(segment(static_cast<int>(at.segment)), at.offset + 100);
        const std::string expected = "segment " + std::to_string(at.segment) + ", record 15 at offset " +
                                     std::to_string(at.offset) + ": checksum does not fit";
        CPPUNIT_ASSERT_EQUAL(expected, fault());
        JournalQuery oldest_first;
        oldest_first.newest_first = false;
        const auto read = read_journal(folder_.path, oldest_first);
        CPPUNIT_ASSERT(read.has_error() && read.error().code == ErrorCode::corrupt);
        CPPUNIT_ASSERT_EQUAL(expected, read.error().detail);
    }

    void a_missing_segment_is_named() {
        fill(folder_.path, 60);
        std::filesystem::remove(segment(2));
        CPPUNIT_ASSERT_EQUAL(std::string("segment 2 is missing"), fault());
        std::filesystem::remove(segment(1));
        CPPUNIT_ASSERT_EQUAL(std::string("segment 1 is missing"), fault());
    }

    void a_shortened_sealed_segment_is_named() {
        fill(folder_.path, 30);
        const std::string original = read_file(segment(1));
        const Position last = position_of("exchange-5");
        write_file(segment(1), std::string_view(original).substr(0, last.offset));
        CPPUNIT_ASSERT(fault().find("segment 1 does not end where segment 2 goes on") == 0);
    }

    // An attacker who may write the file computes every checksum and chain value of the segment anew; the
    // next segment's start frame still names the head there was.
    void a_record_taken_out_with_all_checksums_right_is_named() {
        fill(folder_.path, 30);
        std::string content = read_file(segment(1));
        const Position second = position_of("exchange-2");
        const Position third = position_of("exchange-3");
        const auto bytes = as_bytes(content);
        journal::Frame frame;
        std::string why;
        CPPUNIT_ASSERT(journal::parse_frame(bytes, 0, frame, why) == journal::Parsed::whole);
        const auto start = journal::decode_start(frame.body).value();
        Bytes forged(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(second.offset));
        Sha256Digest chain;
        std::copy_n(forged.end() - 32, 32, chain.begin());
        std::uint64_t sequence = 1;
        for (auto rest = bytes.subspan(third.offset);
             journal::parse_frame(rest, start.salt, frame, why) == journal::Parsed::whole &&
             frame.type == journal::FrameType::record;
             rest = rest.subspan(frame.size())) {
            Bytes copy(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(frame.size()));
            journal::stamp(copy, sequence + 1, sequence, start.salt, chain);
            ++sequence;
            forged.insert(forged.end(), copy.begin(), copy.end());
            if (rest.size() == frame.size()) break;
        }
        write_file(segment(1), as_text(forged));
        CPPUNIT_ASSERT(fault().find("segment 1 does not end where segment 2 goes on") == 0);
    }

    void a_torn_tail_goes_to_quarantine() {
        fill_and_crash(folder_.path, 3);
        const Position last = position_of("exchange-3");
        const std::string whole = read_file(segment(1));
        for (const std::size_t cut :
             {std::size_t{1}, std::size_t{20}, std::size_t{33}, whole.size() - last.offset - 1}) {
            std::filesystem::remove(segment(2));
            write_file(segment(1), std::string_view(whole).substr(0, last.offset + cut));
            CPPUNIT_ASSERT(
                fault().find("segment 1, record 3 at offset " + std::to_string(last.offset) + ": torn") == 0);
            const auto journal = open_journal(folder_.path);
            append(*journal, make_record("afterwards")).value();
            CPPUNIT_ASSERT_EQUAL(std::string(), fault());
            const auto files = quarantined();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, files.size());
            CPPUNIT_ASSERT_EQUAL(whole.substr(last.offset, cut), read_file(files[0]));
            JournalQuery oldest_first;
            oldest_first.newest_first = false;
            const auto records = read_journal(folder_.path, oldest_first).value();
            CPPUNIT_ASSERT_EQUAL(std::size_t{4}, records.size());
            CPPUNIT_ASSERT_EQUAL(std::string("recovered"), records[2].record.outcome);
            CPPUNIT_ASSERT(records[2].record.reason.find(files[0].string()) != std::string::npos);
            std::filesystem::remove_all(folder_.path / "quarantine");
        }
    }

    void a_tail_of_zeros_goes_to_quarantine() {
        fill_and_crash(folder_.path, 3);
        write_file(segment(1), read_file(segment(1)) + std::string(5000, '\0'));
        open_journal(folder_.path);
        CPPUNIT_ASSERT_EQUAL(std::string(), fault());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, quarantined().size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, verify_journal(folder_.path).value().records);
    }

    void damage_in_the_open_segment_is_not_taken_for_a_torn_tail() {
        fill_and_crash(folder_.path, 4);
        const Position second = position_of("exchange-2");
        flip_byte(segment(1), second.offset + 60);
        const std::string damaged = read_file(segment(1));
        const auto journal = open_journal(folder_.path);
        append(*journal, make_record("afterwards")).value();
        CPPUNIT_ASSERT(quarantined().empty());
        CPPUNIT_ASSERT_EQUAL(damaged, read_file(segment(1)));
        CPPUNIT_ASSERT_EQUAL(
            "segment 1, record 2 at offset " + std::to_string(second.offset) + ": checksum does not fit",
            fault());
        JournalQuery newest;
        newest.limit = 1;
        CPPUNIT_ASSERT_EQUAL(std::string("afterwards"),
                             read_journal(folder_.path, newest).value()[0].record.exchange);
    }

    void a_damaged_length_is_not_taken_for_a_torn_tail() {
        fill_and_crash(folder_.path, 4);
        const Position second = position_of("exchange-2");
        flip_byte(segment(1), second.offset + 10);  // 64 KiB longer
        CPPUNIT_ASSERT(fault().find("segment 1, record 2 at offset") == 0);
        open_journal(folder_.path);
        CPPUNIT_ASSERT(quarantined().empty());
        CPPUNIT_ASSERT(!fault().empty());
    }

    // A caller's content must not be able to pass for a frame that proves something.
    void content_that_looks_like_a_frame_is_not_one() {
        Bytes forged;
        const auto begin = journal::begin_frame(forged, journal::FrameType::record);
        journal::end_frame(forged, begin);
        Sha256Digest chain{};
        journal::stamp(forged, 1'000'000, 999'999, 0, chain);
        append(*open_journal(folder_.path),
               make_record("e1", std::string(as_text(forged)) + std::string(500, 'x')))
            .value();
        const std::string whole = read_file(segment(1));
        write_file(segment(1), std::string_view(whole).substr(0, whole.size() - 100));
        open_journal(folder_.path);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, quarantined().size());
        CPPUNIT_ASSERT_EQUAL(std::string(), fault());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DamageTest);
