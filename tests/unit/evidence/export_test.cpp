// An export proves its records on any machine, names whatever was altered, and shows nothing of anyone
// else's.
#include "security/keys/private_file.hpp"
#include "tests/unit/evidence/export_fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class ExportTest : public ExportFixture {
    CPPUNIT_TEST_SUITE(ExportTest);
    CPPUNIT_TEST(an_export_verifies_and_holds_the_messages);
    CPPUNIT_TEST(every_part_altered_is_named);
    CPPUNIT_TEST(an_altered_digest_accuses_no_innocent_file);
    CPPUNIT_TEST(altered_with_its_digests_made_anew_is_named_all_the_same);
    CPPUNIT_TEST(a_zip_that_unpacks_to_too_much_is_left);
    CPPUNIT_TEST(a_damaged_zip_is_refused);
    CPPUNIT_TEST(an_unknown_exchange_is_not_found);
    CPPUNIT_TEST_SUITE_END();

  public:
    void an_export_verifies_and_holds_the_messages() {
        make_export();
        const Evidence evidence = verify();
        const std::string text = text_of(evidence);
        CPPUNIT_ASSERT_MESSAGE(text, evidence.intact());
        CPPUNIT_ASSERT_EQUAL(std::string("mine"), evidence.exchange);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{6}, evidence.records);
        CPPUNIT_ASSERT_MESSAGE(text, count(evidence, Outcome::holds, "seal") >= 2);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text, count(evidence, Outcome::holds, "seal"),
                                     count(evidence, Outcome::holds, "timestamp"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text, count(evidence, Outcome::holds, "seal"),
                                     count(evidence, Outcome::holds, "head"));
        CPPUNIT_ASSERT_MESSAGE(text, text.find("self-attested") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{2}, count(evidence, Outcome::holds, "message"));
        unpack();
        CPPUNIT_ASSERT_EQUAL(request_, read_file(unpacked() / "messages/14-request"));
        shell("! grep -r secret " + unpacked().string());
        shell("/usr/bin/python3 -c \"import json; r = json.load(open('" +
              (unpacked() / "records.json").string() +
              "')); assert [x['kind'] for x in r] == ['node', 'content', 'content', 'content', 'request', "
              "'response']\"");
    }

    void every_part_altered_is_named() {
        make_export();
        unpack();
        const auto all = parts();
        CPPUNIT_ASSERT(all.size() >= 20);
        for (const auto& part : all) {
            const std::string original = read_file(part);
            const std::string name = std::filesystem::relative(part, unpacked()).string();
            for (const std::size_t at : {std::size_t{0}, original.size() / 2, original.size() - 2}) {
                flip_byte(part, at);
                pack();
                const Evidence evidence = verify();
                const std::string where = name + " byte " + std::to_string(at) + "\n" + text_of(evidence);
                CPPUNIT_ASSERT_MESSAGE(where, !evidence.intact());
                bool named = false;
                for (const Check& check : evidence.checks)
                    named = named || (check.outcome == Outcome::broken && check.part == name);
                CPPUNIT_ASSERT_MESSAGE(where, named);
            }
            write_file(part, original);
        }
    }

    // What is in the file is proven without the manifest; where it is not, both are named.
    void an_altered_digest_accuses_no_innocent_file() {
        make_export();
        unpack();
        const std::string manifest = read_file(unpacked() / "manifest.json");
        for (const auto& part : parts()) {
            const std::string name = std::filesystem::relative(part, unpacked()).string();
            if (name == "manifest.json") continue;
            std::string altered = manifest;
            char& digit = altered[altered.rfind(to_hex(sha256(read_file(part))))];
            digit = digit == '0' ? '1' : '0';
            write_file(unpacked() / "manifest.json", altered);
            pack();
            const Evidence evidence = verify();
            const std::string text = name + "\n" + text_of(evidence);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{1}, count(evidence, Outcome::broken, "manifest"));
            const Check* const fault = evidence.first_fault();
            CPPUNIT_ASSERT_MESSAGE(text, fault && fault->part == "manifest.json" &&
                                             fault->detail.find(name) != std::string::npos);
            bool named = false;
            for (const Check& check : evidence.checks)
                if (check.outcome == Outcome::broken && check.part != "manifest.json") {
                    CPPUNIT_ASSERT_MESSAGE(text, check.part == name && check.what == "file");
                    CPPUNIT_ASSERT_MESSAGE(text, check.detail.find("either it or") != std::string::npos);
                    named = true;
                }
            // Of timestamps and frames the reading of the parts alone does not show that nothing was changed.
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, name.starts_with("records/") || name.starts_with("segments/"),
                                         named);
        }
    }

    // Who alters a part can make the manifest fit again; the frames and what they are led up to he cannot.
    void altered_with_its_digests_made_anew_is_named_all_the_same() {
        make_export();
        unpack();
        const std::string fix =
            "cd " + unpacked().string() +
            " && /usr/bin/python3 -c \"import json,hashlib; m=json.load(open('manifest.json')); "
            "m['files']={n: hashlib.sha256(open(n,'rb').read()).hexdigest() for n in m['files']}; "
            "open('manifest.json','w').write(json.dumps(m,separators=(',',':')))\"";
        shell(fix);
        pack();
        CPPUNIT_ASSERT_MESSAGE(text_of(verify()), verify().intact());
        std::size_t harmless = 0;
        for (const auto& part : parts()) {
            if (part.filename() == "manifest.json") continue;
            const std::string original = read_file(part);
            for (const std::size_t at : {std::size_t{0}, original.size() / 2, original.size() - 2}) {
                flip_byte(part, at);
                shell(fix);
                pack();
                // Of a timestamp and a PEM file not every byte says something; but no check may say more than
                // it did.
                const Evidence evidence = verify();
                const bool ends = part.extension() == ".tsr" || part.extension() == ".pem";
                harmless += evidence.intact();
                CPPUNIT_ASSERT_MESSAGE(part.string() + " byte " + std::to_string(at),
                                       ends || !evidence.intact());
            }
            write_file(part, original);
        }
        CPPUNIT_ASSERT(harmless <= 2);
    }

    void a_zip_that_unpacks_to_too_much_is_left() {
        make_export();
        VerifyInput input{{platform_.authority().root()}, {}};
        input.most_bytes = 10'000;
        const Evidence evidence = verify_zip(zip(), input).value();
        CPPUNIT_ASSERT(evidence.standing() == Standing::broken);
        CPPUNIT_ASSERT_MESSAGE(text_of(evidence), text_of(evidence).find("--most-mib") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, evidence.records);
    }

    void a_damaged_zip_is_refused() {
        write_file(zip(), "this is no zip file at all, but long enough to be looked at");
        CPPUNIT_ASSERT(!verify().intact());
        const auto absent = verify_zip(folder_.path / "absent.zip", {});
        CPPUNIT_ASSERT(absent.has_error() && absent.error().code == ErrorCode::unavailable);
    }

    void an_unknown_exchange_is_not_found() {
        fill(home_.journal(), 1);
        const auto exported = collect(home_.journal(), "nobody's");
        CPPUNIT_ASSERT(exported.has_error() && exported.error().code == ErrorCode::not_found);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExportTest);
