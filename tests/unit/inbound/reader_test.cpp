// Both readers on messages that others signed: the events and their order, cuts anywhere, what goes to the
// other reader, limits.
#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;
using test::reference;

// What a message was told to be, in one line per event.
class Record final : public ReadingEvents {
  public:
    std::string events;
    std::string stop_at;  // the event that says no
    const xml::SchemaSet* schema_set{nullptr};

    bool at_header(const soap::Layout& layout, const Claims* claims) override {
        events += "header " + std::to_string(layout.blocks.size()) +
                  (claims == nullptr     ? ""
                   : claims->body_signed ? " signed"
                                         : " claims") +
                  "\n";
        return stop_at != "header";
    }
    bool at_operation(const soap::Layout& layout) override {
        events += "operation " + layout.operation.text() + "\n";
        return stop_at != "operation";
    }
    const xml::SchemaSet* schemas() override {
        events += "schemas\n";
        return schema_set;
    }
};

class Parts final : public Attachments {
  public:
    std::vector<std::pair<AttachmentInfo, std::string>> all;
    std::vector<AttachmentInfo> parts() const override {
        std::vector<AttachmentInfo> result;
        for (const auto& [info, content] : all) result.push_back(info);
        return result;
    }
    Result<void> read(std::string_view content_id, const Sink& sink) const override {
        for (const auto& [info, content] : all) {
            if (info.content_id != content_id) continue;
            for (std::size_t at = 0; at < content.size(); at += 5)
                sink(std::string_view(content).substr(at, 5));
            return {};
        }
        return not_found("no part " + std::string(content_id));
    }
};

struct Outcome {
    std::optional<Error> error;
    Reading reading{Reading::more};
    std::optional<Verdict> verdict;
    std::optional<Error> invalid;
    soap::Layout layout;
    std::string events;

    // "accepted", "outside", or why not.
    std::string text() const {
        if (error) return error->detail;
        if (reading == Reading::outside_profile) return "outside";
        if (verdict && verdict->has_error()) return verdict->error().reason;
        if (reading == Reading::stopped) return "stopped";
        return "accepted";
    }
};

class ReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReaderTest);
    CPPUNIT_TEST(tells_what_it_reads_in_order);
    CPPUNIT_TEST(does_not_care_for_cuts);
    CPPUNIT_TEST(reads_what_wss4j_signed);
    CPPUNIT_TEST(agrees_with_the_scan);
    CPPUNIT_TEST(stops_where_an_event_says_so);
    CPPUNIT_TEST(reads_unsigned_messages);
    CPPUNIT_TEST(verifies_by_every_canonicalisation);
    CPPUNIT_TEST(refuses_what_was_changed);
    CPPUNIT_TEST(refuses_ids_that_occur_twice_in_the_body);
    CPPUNIT_TEST(sends_to_the_other_reader);
    CPPUNIT_TEST(checks_what_policy_wants);
    CPPUNIT_TEST_SUITE_END();

    const Identity agency{test::signer_recipe("agency")};
    const Identity rsa{test::signer_recipe("agency-rsa", "RSA:2048")};
    const config::Security options;
    xml::Limits limits;
    MessagePolicy policy;
    TimePoint now = test::test_time();
    Record record;
    const Attachments* attachments{nullptr};

    std::string signed_by(const test::WssTemplate& message, const Identity& identity) {
        test::ForeignSigner signer;
        signer.add("message", message.text(), identity.key_pem());
        signer.run();
        return signer.signed_message("message");
    }
    static std::string golden(const std::string& name) {
        return test::read_file(HUTONG_SOURCE_DIR "/tests/unit/xmldsig/golden/" + name);
    }

    enum class Which { streaming, tree };
    Outcome read(const std::string& text, Which which = Which::streaming,
                 std::vector<std::size_t> cuts = {}) {
        record.events.clear();
        const ReaderInput input{&policy, now, &record, attachments};
        const auto reader = which == Which::streaming ? make_streaming_reader(options, limits, input)
                                                      : make_tree_reader(options, limits, input);
        Outcome outcome;
        const auto note = [&](const Result<Reading>& reading) {
            if (reading.has_error())
                outcome.error = reading.error();
            else
                outcome.reading = *reading;
            return reading.has_value() && *reading == Reading::more;
        };
        cuts.push_back(text.size());
        std::size_t at = 0;
        bool more = true;
        for (const std::size_t cut : cuts) {
            if (!(more = note(reader->feed(std::string_view(text).substr(at, cut - at))))) break;
            at = cut;
        }
        if (more) note(reader->finish());
        outcome.layout = reader->layout();
        outcome.events = record.events;
        if (outcome.error || outcome.reading == Reading::outside_profile) return outcome;
        if (policy.asks_for_signature()) outcome.verdict = reader->verdict();
        if (const auto validity = reader->validity(); validity.has_error())
            outcome.invalid = validity.error();
        return outcome;
    }
    // By both readers, which have to agree.
    Outcome read_twice(const std::string& text) {
        const Outcome tree = read(text, Which::tree);
        const Outcome streaming = read(text);
        if (streaming.reading == Reading::outside_profile) return tree;
        CPPUNIT_ASSERT_EQUAL(tree.text(), streaming.text());
        if (streaming.text() == "accepted") {
            CPPUNIT_ASSERT_EQUAL(tree.events, streaming.events);
            CPPUNIT_ASSERT_EQUAL(tree.invalid.has_value(), streaming.invalid.has_value());
        }
        return streaming;
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        CPPUNIT_ASSERT_MESSAGE(from, at != std::string::npos);
        return text.replace(at, from.size(), to);
    }

    void tells_what_it_reads_in_order() {
        const std::string text = signed_by(test::template_for(agency), agency);
        const Outcome outcome = read_twice(text);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), outcome.text());
        CPPUNIT_ASSERT_EQUAL(std::string("header 1 signed\noperation {urn:po}order\nschemas\n"),
                             outcome.events);
        CPPUNIT_ASSERT((*outcome.verdict)->certificate == agency.der());
        CPPUNIT_ASSERT((*outcome.verdict)->created && (*outcome.verdict)->expires);
    }

    void does_not_care_for_cuts() {
        auto message = test::template_for(rsa);
        message.headers = "<wsa:To wsu:Id=\"a\">urn:to</wsa:To>";
        message.references.push_back(reference("a"));
        message.body =
            "<po:order xmlns:po=\"urn:po\" a='1&gt;2>3'><po:c><!-- x > "
            "--></po:c><![CDATA[a\r\nb\r]]>\r\n税务😀&amp;&#x7a0e;"
            "<po:item>]]&gt;</po:item></po:order>";
        const std::string text = signed_by(message, rsa);
        const std::string events = read(text).events;
        std::vector<std::size_t> everywhere;
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            const Outcome outcome = read(text, Which::streaming, {cut});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::to_string(cut), std::string("accepted"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(events, outcome.events);
            everywhere.push_back(cut);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(text, Which::streaming, everywhere).text());
    }

    void reads_what_wss4j_signed() {
        now = parse_utc("2026-11-24T00:25:00Z").value();
        for (const std::string name : {"wss4j_str_transform.xml", "wss4j_pki_path.xml"}) {
            const std::string text = golden(name);
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
            for (std::size_t cut = 0; cut <= text.size(); ++cut)
                CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(text, Which::streaming, {cut}).text());
        }
    }

    static std::string describe(const soap::Layout& layout) {
        const auto range = [](const soap::Range& r) {
            return std::to_string(r.begin) + "-" + std::to_string(r.end) + " ";
        };
        std::string text = range(layout.envelope_start_tag) + range(layout.header.value_or(soap::Range{})) +
                           std::to_string(layout.header_insert) + " " + range(layout.body) +
                           layout.operation.text() + " " + std::to_string(layout.body_children) + " " +
                           layout.envelope_prefix;
        for (const soap::HeaderBlock& block : layout.blocks)
            text += "|" + block.name.text() + " " + range(block.range) + block.role + block.text;
        return text;
    }

    void agrees_with_the_scan() {
        auto message = test::template_for(agency);
        message.headers = "<wsa:To>urn:to</wsa:To><x:h xmlns:x=\"urn:x\" soap:actor=\"urn:y\"/>";
        const std::string text = "<?xml version=\"1.0\"?>\n<!-- 税 -->" + signed_by(message, agency) + "\n";
        const std::string expected = describe(soap::scan(text, limits).value());
        for (std::size_t cut = 0; cut <= text.size(); ++cut)
            CPPUNIT_ASSERT_EQUAL(expected, describe(read(text, Which::streaming, {cut}).layout));
    }

    void stops_where_an_event_says_so() {
        const std::string text = signed_by(test::template_for(agency), agency);
        for (const Which which : {Which::streaming, Which::tree}) {
            record.stop_at = "header";
            Outcome outcome = read(text, which);
            CPPUNIT_ASSERT_EQUAL(std::string("stopped"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(std::string("header 1 signed\n"), outcome.events);
            CPPUNIT_ASSERT(outcome.verdict->has_value());
            record.stop_at = "operation";
            outcome = read(text, which);
            CPPUNIT_ASSERT_EQUAL(std::string("stopped"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(std::string("header 1 signed\noperation {urn:po}order\n"), outcome.events);
        }
    }

    void reads_unsigned_messages() {
        policy.sign_body = policy.timestamp = false;
        const std::string before = "<e:Envelope xmlns:e=\"" + std::string(soap::ns11) + "\">";
        CPPUNIT_ASSERT_EQUAL(std::string("header 0\noperation {u:x}a\nschemas\n"),
                             read_twice(before + "<e:Body><a xmlns='u:x'/></e:Body></e:Envelope>").events);
        CPPUNIT_ASSERT_EQUAL(std::string("header 1\noperation \n"),
                             read_twice(before + "<e:Header><x/></e:Header><e:Body/></e:Envelope>").events);
        CPPUNIT_ASSERT_EQUAL(std::string("the Envelope has no Body"),
                             read_twice(before + "<e:Header><x/></e:Header></e:Envelope>").text());
    }

    void verifies_by_every_canonicalisation() {
        for (const std::string_view method : {names::exc_c14n, names::c14n10, names::c14n11})
            for (const std::string_view of_parts : {names::exc_c14n, names::c14n10, names::c14n11}) {
                auto message = test::template_for(agency);
                message.c14n = std::string(method);
                message.body_attributes += " xml:lang=\"zh\"";
                const std::string t = test::transform(std::string(of_parts));
                message.references = {reference("TS", t), reference("Body", t)};
                CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(signed_by(message, agency)).text());
                CPPUNIT_ASSERT(read(signed_by(message, agency)).reading == Reading::more);
            }
        auto message = test::template_for(agency);
        const std::string listed =
            test::transform(std::string(names::exc_c14n), "<ec:InclusiveNamespaces xmlns:ec=\"" +
                                                              std::string(names::exc_c14n) +
                                                              "\" PrefixList=\"wsa soap #default\"/>");
        // Without transforms it is Canonical XML 1.0.
        message.references = {reference("TS", ""),
                              reference("Body", listed, "http://www.w3.org/2001/04/xmlenc#sha512")};
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(signed_by(message, agency)).text());
    }

    void refuses_what_was_changed() {
        const std::string text = signed_by(test::template_for(agency), agency);
        CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                             read_twice(replaced(text, "税务", "稅務")).text());
        CPPUNIT_ASSERT_EQUAL(std::string("the digest of #TS does not fit: the signed part was changed"),
                             read_twice(replaced(text, ":30Z<", ":31Z<")).text());
        CPPUNIT_ASSERT_EQUAL(std::string("#Body has a comment in the middle of text"),
                             read_twice(replaced(text, "税务", "税<!---->务")).text());
        now += std::chrono::hours(1);
        CPPUNIT_ASSERT(read_twice(text).verdict->error().kind == Rejection::Kind::expired);
        CPPUNIT_ASSERT_EQUAL(std::string(), read(text).events);
    }

    void refuses_ids_that_occur_twice_in_the_body() {
        auto message = test::template_for(agency);
        const auto body = [&](const std::string& content) {
            message.body = "<po:order xmlns:po=\"urn:po\">" + content + "</po:order>";
            return signed_by(message, agency);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"),
                             read_twice(body("<po:a id='1'/><po:b id='1' ID='2'/><po:c Id='2'/>")).text());
        for (const std::string content :
             {"<po:a id='TS'/>", "<po:a x:AssertionID='Body' xmlns:x='u:x'/>",
              "<po:a id='1'/><po:b wsu:Id='1'/>", "<po:b wsu:Id='1'/><po:a ID='1'/>",
              "<po:a xml:id='i'/><po:b><po:c po:Id='i'/></po:b>"}) {
            const Outcome outcome = read_twice(body(content));
            CPPUNIT_ASSERT_MESSAGE(content + outcome.text(),
                                   outcome.text().find("occurs more than once") != std::string::npos);
        }
    }

    void sends_to_the_other_reader() {
        const auto outside = [&](const std::string& text) {
            CPPUNIT_ASSERT_EQUAL(std::string("outside"), read(text).text());
            CPPUNIT_ASSERT_EQUAL(std::string(), record.events);
        };
        auto message = test::template_for(agency);
        message.body = "<po:order xmlns:po=\"urn:po\"><po:item wsu:Id=\"I\"/></po:order>";
        message.references.push_back(reference("I"));
        outside(signed_by(message, agency));
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(signed_by(message, agency), Which::tree).text());

        message = test::template_for(agency);
        message.body_attributes += " xml:base=\"http://x/\"";
        message.references = {reference("TS"),
                              reference("Body", test::transform(std::string(names::c14n11)))};
        outside(signed_by(message, agency));
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(signed_by(message, agency), Which::tree).text());

        message = test::template_for(agency);
        message.headers = "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>";
        outside(signed_by(message, agency));
        policy.encrypt_body = true;
        outside(signed_by(test::template_for(agency), agency));
    }

    void checks_what_policy_wants() {
        auto message = test::template_for(agency);
        message.headers = "<wsa:To wsu:Id=\"a\">urn:to</wsa:To><x:h xmlns:x=\"urn:x\" wsu:Id=\"b\"/>";
        message.references.push_back(reference("a"));
        const std::string text = signed_by(message, agency);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        policy.sign_addressing = true;
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        policy.sign_headers = {{"urn:x", "h"}};
        CPPUNIT_ASSERT_EQUAL(std::string("header block {urn:x}h is not signed"), read_twice(text).text());
        policy.sign_headers = {{"urn:x", "absent"}};
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        policy.signature_algorithms = {std::string(names::rsa_sha256)};
        CPPUNIT_ASSERT(read_twice(text).text().ends_with("is none of those that policy takes"));
        policy = {};
        policy.freshness = std::chrono::seconds(10);
        policy.clock_skew = std::chrono::seconds(1);
        CPPUNIT_ASSERT(read_twice(text).verdict->error().kind == Rejection::Kind::expired);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReaderTest);

}  // namespace

}  // namespace hutong::security
