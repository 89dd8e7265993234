// What was believed is on record even when the journal could not take it at first.
#include "security/evidence/trust_history.hpp"

#include <csignal>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>

#include "tests/unit/journal/fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::evidence;
using namespace hutong::security::test;

class TrustHistoryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TrustHistoryTest);
    CPPUNIT_TEST(statements_read_back);
    CPPUNIT_TEST(a_change_is_noted_once);
    CPPUNIT_TEST(an_answer_is_noted_when_it_is_new);
    CPPUNIT_TEST(what_could_not_be_written_is_written_later);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const TrustMaterial material_{{Bytes{1}}, {Bytes{2}}, {}};

    // The limit is real: the kernel refuses to let this process's files grow beyond it.
    static void limit_files(rlim_t bytes) {
        rlimit limit{};
        CPPUNIT_ASSERT_EQUAL(0, getrlimit(RLIMIT_FSIZE, &limit));
        limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
        CPPUNIT_ASSERT_EQUAL(0, setrlimit(RLIMIT_FSIZE, &limit));
    }
    std::size_t noted() const {
        std::size_t count = 0;
        for (const auto& stored : read_journal(folder_.path, {}).value())
            count += stored.record.outcome == trust_outcome;
        return count;
    }
    static bool comes_back(const Journal& journal) {
        for (int i = 0; i < 500 && !journal.writable(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return journal.writable();
    }

  public:
    void statements_read_back() {
        const std::string digest(64, 'a');
        config::TrustDomain customs;
        customs.issuers = {"CN=customs,O=海关"};
        customs.message_id = "an id";
        customs.sm2_der = {"urn:sm2"};
        const TrustStatement statement{{digest}, {}, Domains{{"customs", customs}, {"others", {}}}};
        const auto back = trust_from_text(to_text(statement)).value();
        CPPUNIT_ASSERT(back.cas == statement.cas && back.crls.empty() && back.domains == statement.domains);
        // As earlier versions wrote it.
        const auto old = trust_from_text("{\"cas\":[],\"crls\":[\"" + digest + "\"]}").value();
        CPPUNIT_ASSERT(!old.domains && old.crls.size() == 1);
        for (const char* text :
             {"{}", "{\"cas\":[],\"crls\":[],\"domains\":[]}",
              "{\"cas\":[],\"crls\":[],\"domains\":{\"a\":{}}}", "{\"cas\":[1],\"crls\":[]}"})
            CPPUNIT_ASSERT_MESSAGE(text, trust_from_text(text).has_error());
    }

    void a_change_is_noted_once() {
        const auto journal = open_journal(folder_.path);
        TrustHistory history(folder_.path, *journal);
        for (int i = 0; i < 3; ++i) history.note(material_).value();
        TrustMaterial other = material_;
        other.domains["customs"].message_id = "another";
        history.note(other).value();
        history.repeat_lost();
        append(*journal, make_record("later")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, noted());
    }

    void an_answer_is_noted_when_it_is_new() {
        const auto journal = open_journal(folder_.path);
        TrustHistory history(folder_.path, *journal);
        TrustMaterial material = material_;
        material.ocsp[std::string(64, 'b')] = std::chrono::hours(12);
        material.answers = {{"one", Bytes{1}}, {"two", Bytes{2, 0xff}}};
        for (int i = 0; i < 2; ++i) history.note(material).value();
        material.answers["two"] = Bytes{3};
        history.note(material).value();
        append(*journal, make_record("later")).value();
        std::string answers;
        for (const auto& stored : read_journal(folder_.path, {}).value())
            if (stored.record.outcome == answer_outcome)
                answers += stored.record.signer + to_hex(as_bytes(stored.record.content)) + " ";
        CPPUNIT_ASSERT_EQUAL(std::string("two03 two02ff one01 "), answers);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, noted());
        for (const auto& stored : read_journal(folder_.path, {}).value())
            if (stored.record.outcome == trust_outcome)
                CPPUNIT_ASSERT(trust_from_text(stored.record.content).value().ocsp == material.ocsp);
    }

    void what_could_not_be_written_is_written_later() {
        std::signal(SIGXFSZ, SIG_IGN);
        auto options = small_options();
        options.segment_bytes = 1u << 20;
        const auto journal = open_journal(folder_.path, options);
        append(*journal, make_record("before", std::string(20'000, 'x'))).value();
        TrustHistory history(folder_.path, *journal);
        limit_files(10'000);
        history.note(material_).value();
        const auto refused = append(*journal, make_record("refused"));
        limit_files(RLIM_INFINITY);
        CPPUNIT_ASSERT(refused.has_error());
        CPPUNIT_ASSERT(comes_back(*journal));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, noted());
        for (int i = 0; i < 2; ++i) history.repeat_lost();
        append(*journal, make_record("after")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, noted());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TrustHistoryTest);
