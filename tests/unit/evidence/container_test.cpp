// Every byte of an export counts: also those of the zip itself, which change nothing of what is in it.
#include <set>

#include "security/keys/private_file.hpp"
#include "tests/unit/evidence/export_fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class ContainerTest : public ExportFixture {
    CPPUNIT_TEST_SUITE(ContainerTest);
    CPPUNIT_TEST(every_flipped_byte_is_named);
    CPPUNIT_TEST(bytes_put_in_or_taken_away_are_named);
    CPPUNIT_TEST(another_program_s_zip_is_proven_and_named_repacked);
    CPPUNIT_TEST(what_is_not_proven_stays_so_when_repacked);
    CPPUNIT_TEST(entries_out_of_order_are_not_written);
    CPPUNIT_TEST_SUITE_END();

    // Where the record begins that each byte belongs to, read by the offsets that zips have, and no other
    // code's help; and whether the byte is one of an entry's content.
    struct Places {
        std::vector<std::size_t> begin;
        std::vector<bool> content;
    };
    static std::size_t number(const std::string& zip, std::size_t at, unsigned bytes) {
        std::size_t value = 0;
        for (unsigned i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(zip[at + i]);
        return value;
    }
    static Places places_of(const std::string& zip) {
        Places places{std::vector<std::size_t>(zip.size()), std::vector<bool>(zip.size())};
        std::size_t at = 0;
        while (at < zip.size()) {
            const std::size_t begin = at;
            const std::string mark = zip.substr(at, 4);
            if (mark == "PK\x03\x04") {
                const std::size_t content = begin + 30 + number(zip, begin + 26, 2);
                at = content + number(zip, begin + 18, 4);
                std::fill(places.content.begin() + static_cast<std::ptrdiff_t>(content),
                          places.content.begin() + static_cast<std::ptrdiff_t>(at), true);
            } else if (mark == "PK\x01\x02") {
                at = begin + 46 + number(zip, begin + 28, 2);
            } else {
                CPPUNIT_ASSERT(mark == "PK\x05\x06");
                at = begin + 22;
            }
            std::fill(places.begin.begin() + static_cast<std::ptrdiff_t>(begin),
                      places.begin.begin() + static_cast<std::ptrdiff_t>(at), begin);
        }
        CPPUNIT_ASSERT_EQUAL(zip.size(), at);
        return places;
    }
    // The offsets that a finding names.
    static std::set<std::size_t> offsets_in(const std::string& detail) {
        constexpr std::string_view word = "offset ";
        std::set<std::size_t> found;
        for (std::size_t at = 0; (at = detail.find(word, at)) != std::string::npos;) {
            at += word.size();
            if (std::isdigit(static_cast<unsigned char>(detail[at])) != 0)
                found.insert(std::stoul(detail.substr(at)));
        }
        return found;
    }
    // One message, without the padding that ExportTest's has.
    std::string small_export() {
        {
            const auto journal = open_journal(home_.journal());
            TrustHistory trust(home_.journal(), *journal);
            trust
                .note({{platform_.authority().root(), platform_.authority().issuing()},
                       {platform_.authority().make_crl({}, 1).value()},
                       {}})
                .value();
            Record request = make_record("mine", "<Envelope/>");
            request.signer.clear();
            append(*journal, request).value();
        }
        finish_segments();
        write_zip(collect(home_.journal(), "mine").value(), zip()).value();
        return read_file(zip());
    }

  public:
    void every_flipped_byte_is_named() {
        const std::string whole = small_export();
        CPPUNIT_ASSERT_MESSAGE(text_of(verify()), verify().intact());
        const Places places = places_of(whole);
        std::size_t of_the_zip = 0;
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string altered = whole;
            altered[at] = static_cast<char>(altered[at] ^ (1 << at % 8));
            write_file(zip(), altered);
            const auto found = check_container(zip()).value();
            const std::string where =
                "byte " + std::to_string(at) + ": " + (found ? found->detail : "not named");
            CPPUNIT_ASSERT_MESSAGE(where, found.has_value());
            CPPUNIT_ASSERT_MESSAGE(where, offsets_in(found->detail).contains(places.begin[at]));
            // The whole verification of each byte of the zip itself; of contents, of which the check sums are
            // its own too, of every 16th.
            if (places.content[at] && at % 16 != 0) continue;
            of_the_zip += !places.content[at];
            const Evidence evidence = verify();
            CPPUNIT_ASSERT_MESSAGE(where + text_of(evidence), !evidence.intact());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(where, std::size_t{1},
                                         count(evidence, Outcome::differs, "container"));
            CPPUNIT_ASSERT_MESSAGE(where, !places.content[at] || evidence.standing() == Standing::broken);
        }
        CPPUNIT_ASSERT(of_the_zip > 1000);
    }

    void bytes_put_in_or_taken_away_are_named() {
        const std::string whole = small_export();
        const Places places = places_of(whole);
        const std::size_t end = whole.size() - 22;
        const std::size_t second = *std::ranges::upper_bound(places.begin, std::size_t{0});
        const std::map<std::string, std::string> altered{
            {"before", "x" + whole},
            {"between", whole.substr(0, second) + "x" + whole.substr(second)},
            {"before the end", whole.substr(0, end) + "x" + whole.substr(end)},
            {"after", whole + "x"},
            {"a comment", whole.substr(0, whole.size() - 2) + std::string("\1\0x", 3)},
            {"cut", whole.substr(0, whole.size() - 1)},
            {"cut in the directory", whole.substr(0, end - 10)},
            {"cut in a content", whole.substr(0, second - 1)},
            {"empty", ""}};
        for (const auto& [what, bytes] : altered) {
            write_file(zip(), bytes);
            const auto found = check_container(zip()).value();
            CPPUNIT_ASSERT_MESSAGE(what, found && found->detail.starts_with("offset "));
            const Evidence evidence = verify();
            CPPUNIT_ASSERT_MESSAGE(what + text_of(evidence), !evidence.intact());
        }
    }

    void another_program_s_zip_is_proven_and_named_repacked() {
        make_export();
        unpack();
        pack();
        CPPUNIT_ASSERT_MESSAGE(text_of(verify()), verify().intact());
        pack_elsewhere();
        const Evidence evidence = verify();
        CPPUNIT_ASSERT_MESSAGE(text_of(evidence), evidence.standing() == Standing::repacked);
        CPPUNIT_ASSERT_MESSAGE(evidence.container, evidence.container.find("offset 0") != std::string::npos);
        CPPUNIT_ASSERT(evidence.first_fault() == nullptr && !evidence.intact());
    }

    void what_is_not_proven_stays_so_when_repacked() {
        write_records(*open_journal(home_.journal()));
        write_zip(collect(home_.journal(), "mine").value(), zip()).value();
        unpack();
        pack_elsewhere();
        CPPUNIT_ASSERT(verify().standing() == Standing::not_proven);
        flip_byte(unpacked() / "README.txt", 3);
        pack_elsewhere();
        CPPUNIT_ASSERT(verify().standing() == Standing::broken);
    }

    void entries_out_of_order_are_not_written() {
        {
            auto writer = ContainerWriter::create(zip()).value();
            CPPUNIT_ASSERT(writer.add("a", {}).has_error());
            writer.add("manifest.json", {}).value();
            writer.add("b", {}).value();
            for (const char* name : {"a", "b", "manifest.json"})
                CPPUNIT_ASSERT(writer.add(name, {}).error().code == ErrorCode::invalid);
        }
        CPPUNIT_ASSERT(!std::filesystem::exists(zip()) && !std::filesystem::exists(zip().string() + ".part"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ContainerTest);
