// An export proves its records on any machine, and shows nothing of anyone else's.
#include <cstdlib>

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class ExportTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ExportTest);
    CPPUNIT_TEST(an_export_verifies_and_holds_the_messages);
    CPPUNIT_TEST(an_altered_export_is_refused);
    CPPUNIT_TEST(a_damaged_zip_is_refused);
    CPPUNIT_TEST(an_unknown_exchange_is_not_found);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const std::string request_ = "<Envelope>统一社会信用代码 91110000</Envelope>" + std::string(3000, ' ');

    std::filesystem::path zip() const { return folder_.path / "export.zip"; }
    std::filesystem::path unpacked() const { return folder_.path / "unpacked"; }
    void shell(const std::string& command) const {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command, 0, std::system((command + " >/dev/null 2>&1").c_str()));
    }

    // The exchange's request in three records, others' records between them, its answer in a later segment.
    void make_export() {
        const auto journal = open_journal(folder_.path / "journal");
        const auto others = [&](int count) {
            for (int i = 0; i < count; ++i)
                append(*journal, make_record("other", "somebody else's secret")).value();
        };
        others(3);
        Record head = make_record("mine", request_.substr(0, 1000));
        head.message_bytes = request_.size();
        head.message_digest = sha256(request_);
        append(*journal, head).value();
        for (const std::size_t at : {1000u, 2000u}) {
            others(2);
            Record piece = make_record("mine", request_.substr(at, at == 2000u ? std::string::npos : 1000u));
            piece.kind = RecordKind::content;
            append(*journal, piece).value();
        }
        others(20);
        Record answer = make_record("mine", "<Envelope>answer</Envelope>");
        answer.kind = RecordKind::response;
        answer.reason = "\xff\xfe not UTF-8";
        append(*journal, answer).value();
        others(1);
        export_exchange(folder_.path / "journal", "mine", zip()).value();
    }

    void an_export_verifies_and_holds_the_messages() {
        make_export();
        const auto report = verify_export(zip()).value();
        CPPUNIT_ASSERT_EQUAL(std::string(), report.first_fault);
        CPPUNIT_ASSERT(report.intact);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, report.records);
        CPPUNIT_ASSERT(report.segments >= 2);
        shell("/usr/bin/python3 -m zipfile -e " + zip().string() + " " + unpacked().string());
        CPPUNIT_ASSERT_EQUAL(request_, read_file(unpacked() / "messages/4-request"));
        shell("! grep -r secret " + unpacked().string());
        shell("/usr/bin/python3 -c \"import json; r = json.load(open('" +
              (unpacked() / "records.json").string() +
              "')); assert [x['kind'] for x in r] == ['request', 'content', 'content', 'response']\"");
    }

    void an_altered_export_is_refused() {
        make_export();
        shell("/usr/bin/python3 -m zipfile -e " + zip().string() + " " + unpacked().string());
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(unpacked())) {
            if (!entry.is_regular_file()) continue;
            ++files;
            const std::string original = read_file(entry.path());
            // Offsets that lie in every kind of file; the manifest's first fields and the middle of each
            // part.
            for (const std::size_t at : {original.size() / 2, original.size() - 2}) {
                flip_byte(entry.path(), at);
                shell("cd " + unpacked().string() +
                      " && rm -f ../export.zip && /usr/bin/python3 -m zipfile -c ../export.zip *");
                const auto report = verify_export(zip()).value();
                CPPUNIT_ASSERT_MESSAGE(entry.path().string() + " byte " + std::to_string(at), !report.intact);
                CPPUNIT_ASSERT(!report.first_fault.empty());
                write_file(entry.path(), original);
            }
        }
        CPPUNIT_ASSERT(files >= 10);
    }

    void a_damaged_zip_is_refused() {
        write_file(zip(), "this is no zip file at all, but long enough to be looked at");
        CPPUNIT_ASSERT(!verify_export(zip()).value().intact);
        const auto absent = verify_export(folder_.path / "absent.zip");
        CPPUNIT_ASSERT(absent.has_error() && absent.error().code == ErrorCode::unavailable);
    }

    void an_unknown_exchange_is_not_found() {
        fill(folder_.path, 1);
        const auto exported = export_exchange(folder_.path, "nobody's", zip());
        CPPUNIT_ASSERT(exported.has_error() && exported.error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(!std::filesystem::exists(zip()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExportTest);
