// An export proves its records on any machine with the platform's root alone, and shows nothing of anyone
// else's.
#include "security/evidence/export.hpp"

#include <cstdlib>
#include <future>

#include <cppunit/extensions/HelperMacros.h>

#include "security/evidence/verify_zip.hpp"
#include "security/journal/beside.hpp"
#include "security/journal/segment_walk.hpp"
#include "security/keys/private_file.hpp"
#include "security/pki/crl.hpp"
#include "security/timestamp/authority.hpp"
#include "security/timestamp/timestamp.hpp"
#include "tests/unit/evidence/platform.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::evidence;
using namespace hutong::security::test;
using evidence::Outcome;

class ExportTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ExportTest);
    CPPUNIT_TEST(an_export_verifies_and_holds_the_messages);
    CPPUNIT_TEST(every_part_altered_is_named);
    CPPUNIT_TEST(an_altered_digest_accuses_no_innocent_file);
    CPPUNIT_TEST(altered_with_its_digests_made_anew_is_named_all_the_same);
    CPPUNIT_TEST(another_root_vouches_for_nothing);
    CPPUNIT_TEST(what_is_not_sealed_is_proven_by_the_signed_head);
    CPPUNIT_TEST(a_seal_that_nobody_vouches_for_proves_nothing);
    CPPUNIT_TEST(only_the_node_speaks_for_the_node);
    CPPUNIT_TEST(a_head_s_own_time_is_compared_with_the_timestamp_s);
    CPPUNIT_TEST(a_revoked_key_cannot_date_a_head_back);
    CPPUNIT_TEST(a_root_of_callers_speaks_for_callers_only);
    CPPUNIT_TEST(a_zip_that_unpacks_to_too_much_is_left);
    CPPUNIT_TEST(a_damaged_zip_is_refused);
    CPPUNIT_TEST(an_unknown_exchange_is_not_found);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const Home home_{folder_.path / "home"};
    const std::string request_ = "<Envelope>统一社会信用代码 91110000</Envelope>" + std::string(3000, ' ');
    const Platform platform_{home_};
    std::shared_ptr<const SigningKey> node_key_;
    std::shared_ptr<const SigningKey> tsa_key_;

    std::filesystem::path zip() const { return folder_.path / "export.zip"; }
    std::filesystem::path unpacked() const { return folder_.path / "unpacked"; }
    void shell(const std::string& command) const {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command, 0, std::system((command + " >/dev/null 2>&1").c_str()));
    }

    // As the daemon does it: each sealed segment gets its timestamp and its head. `later`: the timestamp.
    void finish_segments(std::chrono::minutes later = std::chrono::minutes(0)) {
        const TimestampAuthority tsa = std::move(TimestampAuthority::make(tsa_key_).value());
        for (const auto& file : journal::list_segments(home_.journal()).value()) {
            auto reader = journal::SegmentReader::open(file).value();
            journal::Frame frame;
            Bytes seal;
            while (reader.next(frame) == journal::SegmentReader::Step::frame)
                if (frame.type == journal::FrameType::seal)
                    seal.assign(frame.bytes.data(), frame.bytes.data() + frame.size());
            const JournalHead head{file.number, reader.tree().size(), reader.sequence(), reader.chain(),
                                   reader.tree().root()};
            write_head(head);
            if (seal.empty()) continue;
            const Bytes query = timestamp_query(sha256(ByteView(seal)), random_bytes(8));
            journal::write_beside(journal::timestamp_path(home_.journal(), file.number),
                                  tsa.answer(query, system_clock().now() + later).value())
                .value();
        }
    }
    void write_head(const JournalHead& head) {
        const auto line = to_line(sign_head({"node-1", system_clock().now(), head}, *node_key_).value());
        journal::write_beside(journal::head_path(home_.journal(), head.segment), as_bytes(line)).value();
    }

    // The exchange's request in three records, others' records between them, its answer in a later segment;
    // and before it what was believed.
    void write_records(Journal& journal) {
        write_records(journal, platform_.authority().make_crl({}, 1).value());
    }
    void write_records(Journal& journal, const Bytes& crl) {
        TrustHistory trust(home_.journal(), journal);
        trust.note({{platform_.authority().root(), platform_.authority().issuing()}, {crl}, {}}).value();
        const auto others = [&](int count) {
            for (int i = 0; i < count; ++i)
                append(journal, make_record("other", "somebody else's secret")).value();
        };
        others(3);
        for (const std::size_t at : {0u, 1000u, 2000u}) {
            others(2);
            Record piece = make_record("mine", request_.substr(at, at == 2000u ? std::string::npos : 1000u));
            piece.kind = RecordKind::content;
            piece.outcome = "request";
            append(journal, piece).value();
        }
        Record head = make_record("mine", request_);
        head.content.clear();
        head.signer.clear();
        append(journal, head).value();
        others(20);
        Record answer = make_record("mine",
                                    "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>"
                                    "answer</Body></Envelope>");
        answer.kind = RecordKind::response;
        answer.signer.clear();
        answer.reason = "\xff\xfe not UTF-8";
        append(journal, answer).value();
        others(1);
    }
    void make_export() {
        write_records(*open_journal(home_.journal()));
        finish_segments();
        write_zip(collect(home_.journal(), "mine").value(), zip()).value();
    }
    void unpack() const {
        shell("/usr/bin/python3 -m zipfile -e " + zip().string() + " " + unpacked().string());
    }
    void pack() const {
        shell("cd " + unpacked().string() +
              " && rm -f ../export.zip && /usr/bin/python3 -m zipfile -c ../export.zip *");
    }
    Evidence verify() const { return verify_zip(zip(), {{platform_.authority().root()}, {}}).value(); }
    static std::string text_of(const Evidence& evidence) {
        std::string text;
        for (const Check& check : evidence.checks)
            text += std::to_string(static_cast<int>(check.outcome)) + " " + check.what + " " + check.part +
                    " " + check.detail + "\n";
        return text;
    }
    static std::size_t count(const Evidence& evidence, Outcome outcome, const std::string& what) {
        std::size_t found = 0;
        for (const Check& check : evidence.checks) found += check.outcome == outcome && check.what == what;
        return found;
    }
    std::vector<std::filesystem::path> parts() const {
        std::vector<std::filesystem::path> all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(unpacked()))
            if (entry.is_regular_file()) all.push_back(entry.path());
        return all;
    }

  public:
    void setUp() override {
        node_key_ = platform_.make_key("node", Profile::gateway_signing, "gateway node-1");
        tsa_key_ = platform_.make_key("tsa", Profile::tsa, "timestamps of node-1");
    }

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
