// Heads kept elsewhere against the journal they were taken of; and segments that went to the archive.
#include "security/evidence/journal_check.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/journal/beside.hpp"
#include "security/journal/seal_frame.hpp"
#include "tests/unit/evidence/platform.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::evidence;
using namespace hutong::security::test;

class JournalCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JournalCheckTest);
    CPPUNIT_TEST(heads_are_texts_that_read_back);
    CPPUNIT_TEST(an_honest_journal_agrees_with_its_heads);
    CPPUNIT_TEST(another_journal_is_named_with_the_place);
    CPPUNIT_TEST(a_journal_cut_at_its_end_is_named);
    CPPUNIT_TEST(a_head_that_nobody_signed_is_named);
    CPPUNIT_TEST(only_the_node_signs_its_heads);
    CPPUNIT_TEST(heads_of_other_nodes_are_left);
    CPPUNIT_TEST(archived_segments_are_read_as_before);
    CPPUNIT_TEST(an_archive_takes_nothings_place);
    CPPUNIT_TEST(an_archive_that_is_not_mounted_gets_nothing);
    CPPUNIT_TEST(what_is_written_is_read_back_and_torn_lines_are_left_out);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const Home home_{folder_.path / "home"};
    const Platform platform_{home_};
    std::shared_ptr<const SigningKey> key_;

    JournalCheckInput input() const {
        JournalCheckInput input;
        input.node = "node-1";
        input.roots = {platform_.authority().root()};
        input.further = {platform_.authority().issuing()};
        return input;
    }
    std::filesystem::path journal() const { return home_.journal(); }
    KeptHead kept(const JournalHead& head) const {
        return {sign_head({"node-1", system_clock().now(), head}, *key_).value(), "the database"};
    }
    std::filesystem::path make_archive() const {
        const auto archive = folder_.path / "archive";
        std::filesystem::create_directories(archive);
        write_file(archive / journal::archive_marker, "");
        return archive;
    }
    // `count` records and the head after each.
    std::vector<KeptHead> write(int count, const std::string& content) const {
        const auto writer = open_journal(journal());
        std::vector<KeptHead> heads;
        for (int i = 1; i <= count; ++i) {
            append(*writer, make_record("exchange-" + std::to_string(i), content)).value();
            heads.push_back(kept(writer->head()));
        }
        return heads;
    }
    std::string fault(std::vector<KeptHead> heads) const {
        JournalCheckInput given = input();
        given.heads = std::move(heads);
        const auto report = check_journal(journal(), given).value();
        CPPUNIT_ASSERT_EQUAL(report.verified.first_fault.empty(), report.verified.intact);
        return report.verified.first_fault;
    }

  public:
    void setUp() override { key_ = platform_.make_key("node", Profile::gateway_signing, "gateway node-1"); }

    void heads_are_texts_that_read_back() {
        const KeptHead head = kept({3, 55, 1207, sha256("chain"), sha256("root")});
        CPPUNIT_ASSERT(signature_holds(head.head));
        const auto back = head_from_text(head.head.text).value();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{55}, back.head.frames);
        CPPUNIT_ASSERT(back.head.root == sha256("root"));
        CPPUNIT_ASSERT_EQUAL(head.head.text, head_from_line(to_line(head.head)).value().text);
        for (std::size_t i = 0; i < head.head.text.size(); ++i) {
            std::string text = head.head.text;
            text[i] = static_cast<char>(text[i] ^ 1);
            CPPUNIT_ASSERT(!signature_holds({text, head.head.signature, head.head.certificates}));
        }
        CPPUNIT_ASSERT(head_from_text(head.head.text + "x").has_error());
        CPPUNIT_ASSERT(head_from_line("{\"head\": 1}").has_error());
    }

    void an_honest_journal_agrees_with_its_heads() {
        const auto heads = write(30, "honest");
        CPPUNIT_ASSERT_EQUAL(std::string(), fault(heads));
    }

    // Two journals that are each sound: what one's heads say is not what the other holds.
    void another_journal_is_named_with_the_place() {
        const auto heads = write(30, "what happened");
        std::filesystem::remove_all(journal());
        write(30, "what somebody likes");
        CPPUNIT_ASSERT_EQUAL(std::string(), fault({}));
        const std::string text = fault({heads[19]});
        CPPUNIT_ASSERT_MESSAGE(
            text, text.find("kept in the database: the journal was altered") != std::string::npos);
    }

    void a_journal_cut_at_its_end_is_named() {
        const auto heads = write(30, "x");
        const auto files = journal::list_segments(journal()).value();
        const std::string newest = read_file(files.back().path);
        std::filesystem::remove(files.back().path);
        CPPUNIT_ASSERT_EQUAL(std::string(), fault({}));
        const std::string text = fault(heads);
        CPPUNIT_ASSERT_MESSAGE(text, text.find("its end was cut off after record") != std::string::npos);
        write_file(files.back().path, newest);
        CPPUNIT_ASSERT_EQUAL(std::string(), fault(heads));
    }

    void a_head_that_nobody_signed_is_named() {
        auto heads = write(5, "x");
        heads[2].head.signature.back() ^= 1;
        CPPUNIT_ASSERT(fault(heads).find("its signature does not hold") != std::string::npos);
    }

    // Not whoever else has a certificate of the platform, nor somebody whom another root vouches for.
    void only_the_node_signs_its_heads() {
        const auto heads = write(5, "x");
        CPPUNIT_ASSERT_EQUAL(std::string(), fault(heads));
        for (const auto& [name, profile, common_name, organisation] :
             {std::tuple{"consumer", Profile::agency_signing, "tax", "State Tax"},
              std::tuple{"namesake", Profile::agency_signing, "gateway node-1", "Hutong"},
              std::tuple{"other", Profile::gateway_signing, "gateway node-2", "Hutong"},
              std::tuple{"tsa", Profile::tsa, "gateway node-1", "Hutong"}}) {
            auto forged = heads;
            forged[2].head = sign_head(head_from_text(heads[2].head.text).value(),
                                       *platform_.make_key(name, profile, common_name, organisation))
                                 .value();
            const std::string text = fault(forged);
            CPPUNIT_ASSERT_MESSAGE(text, text.find("which is not node node-1") != std::string::npos ||
                                             text.find("who is not trusted") != std::string::npos);
        }
        const TemporaryFolder elsewhere;
        const Home other{elsewhere.path / "home"};
        other.create().value();
        Authorities::found(other, {"Hutong", "http://127.0.0.1"}).value();
        JournalCheckInput given = input();
        given.heads = heads;
        given.roots = {Authorities::open(other).value()->root()};
        const auto report = check_journal(journal(), given).value();
        CPPUNIT_ASSERT_MESSAGE(report.verified.first_fault,
                               report.verified.first_fault.find("who is not trusted") != std::string::npos);
    }

    // A receiver of several nodes' heads may keep them in one file.
    void heads_of_other_nodes_are_left() {
        const auto heads = write(5, "x");
        JournalCheckInput given = input();
        given.heads = heads;
        auto statement = head_from_text(heads[2].head.text).value();
        statement.node = "node-2";
        given.heads.push_back({sign_head(statement, *key_).value(), "a file"});
        const auto report = check_journal(journal(), given).value();
        CPPUNIT_ASSERT_MESSAGE(report.verified.first_fault, report.verified.intact);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{5}, report.heads);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, report.others.at("node node-2, kept in a file"));
        // A journal that was renamed does not get rid of its own in this way.
        given.node = "node-2";
        given.heads.clear();
        const std::string text = check_journal(journal(), given).value().verified.first_fault;
        CPPUNIT_ASSERT_MESSAGE(text, text.find("segment 1: it says that it is node node-1's") == 0);
    }

    void archived_segments_are_read_as_before() {
        const auto heads = write(30, "kept");
        const auto archive = make_archive();
        const auto before = read_journal(journal(), {}).value().size();
        const auto files = journal::list_segments(journal()).value();
        CPPUNIT_ASSERT(files.size() >= 3);
        journal::write_beside(journal::timestamp_path(journal(), 1), as_bytes("a stamp")).value();
        for (const auto& file : {files[0], files[1]}) {
            CPPUNIT_ASSERT(journal::read_seal(file).value().has_value());
            journal::archive_segment(file, archive).value();
            CPPUNIT_ASSERT(journal::is_archived(file));
            CPPUNIT_ASSERT(journal::read_seal(file).value().has_value());
        }
        CPPUNIT_ASSERT_EQUAL(std::string("a stamp"), read_file(archive / "node-1" / "00000001.tsr"));
        std::filesystem::remove(journal::timestamp_path(journal(), 1));
        CPPUNIT_ASSERT_EQUAL(before, read_journal(journal(), {}).value().size());
        CPPUNIT_ASSERT_EQUAL(std::string(), fault(heads));
        // Writing goes on, and what is gone from the archive is missed.
        append(*open_journal(journal()), make_record("later")).value();
        flip_byte(archive / "node-1" / "00000002.seg", 600);
        CPPUNIT_ASSERT(fault(heads).find("segment 2") == 0);
        std::filesystem::remove(archive / "node-1" / "00000001.seg");
        CPPUNIT_ASSERT(check_journal(journal(), input()).has_error());
    }

    void an_archive_takes_nothings_place() {
        write(30, "kept");
        const auto first = journal::list_segments(journal()).value().front();
        const std::string content = read_file(first.path);
        // The journal's own folder, by whatever name.
        const auto link = folder_.path / "link";
        std::filesystem::create_symlink(journal(), link);
        for (const auto& wrong : {journal(), journal() / "archive", link, link / "below",
                                  journal() / ".." / journal().filename()}) {
            CPPUNIT_ASSERT_EQUAL(ErrorCode::invalid, journal::archive_segment(first, wrong).error().code);
            CPPUNIT_ASSERT_EQUAL(content, read_file(first.path));
        }
        // Somebody else's segment of that number stays, and ours where it is.
        const auto archive = make_archive();
        std::filesystem::create_directories(archive / "node-1");
        write_file(archive / "node-1" / "00000001.seg", "another journal's");
        CPPUNIT_ASSERT_EQUAL(ErrorCode::conflict, journal::archive_segment(first, archive).error().code);
        CPPUNIT_ASSERT_EQUAL(std::string("another journal's"),
                             read_file(archive / "node-1" / "00000001.seg"));
        CPPUNIT_ASSERT_EQUAL(content, read_file(first.path));
        CPPUNIT_ASSERT(!journal::is_archived(first));
        // What an earlier try left is taken for what it is.
        write_file(archive / "node-1" / "00000001.seg", content);
        journal::archive_segment(first, archive).value();
        CPPUNIT_ASSERT(journal::is_archived(first));
        CPPUNIT_ASSERT_EQUAL(content, read_file(first.path));
    }

    // A mount point without its mount is a folder, and not the archive.
    void an_archive_that_is_not_mounted_gets_nothing() {
        write(30, "kept");
        const auto first = journal::list_segments(journal()).value().front();
        const auto archive = folder_.path / "archive";
        for (const bool is_folder : {false, true}) {
            if (is_folder) std::filesystem::create_directory(archive);
            const auto moved = journal::archive_segment(first, archive);
            CPPUNIT_ASSERT(moved.has_error() && moved.error().code == ErrorCode::unavailable);
            CPPUNIT_ASSERT_MESSAGE(moved.error().detail,
                                   moved.error().detail.find("is it not mounted?") != std::string::npos);
            CPPUNIT_ASSERT(!journal::is_archived(first));
            CPPUNIT_ASSERT_EQUAL(is_folder, std::filesystem::exists(archive));
            CPPUNIT_ASSERT(!is_folder || std::filesystem::is_empty(archive));
        }
        make_archive();
        journal::archive_segment(first, archive).value();
        CPPUNIT_ASSERT(journal::is_archived(first));
    }

    void what_is_written_is_read_back_and_torn_lines_are_left_out() {
        const KeptHead head = kept({1, 2, 1, {}, {}});
        const auto file = folder_.path / "node-1.heads";
        const std::string line = to_line(head.head) + "\n";
        write_file(file, line + line + line.substr(0, 40));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, heads_in(file).value().heads.size());
        CPPUNIT_ASSERT(heads_in(file).value().torn.front().find("line 3, which is torn") !=
                       std::string::npos);
        // What was added after a crash is read, and the torn line is still told.
        write_file(file, line + line.substr(0, 40) + "\n" + line);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, heads_in(file).value().heads.size());
        CPPUNIT_ASSERT(heads_in(file).value().torn.front().find("line 2, which is torn") !=
                       std::string::npos);
        CPPUNIT_ASSERT(heads_in(folder_.path / "none").error().code == ErrorCode::not_found);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JournalCheckTest);
