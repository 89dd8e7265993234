// Both readers on messages that others signed: the events and their order, cuts anywhere, what goes to the
// other reader, limits.
#include <map>

#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/resign.hpp"
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
    bool packed{true};
    bool xop() const override { return packed; }
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
    CPPUNIT_TEST(refuses_raw_brackets_wherever_it_is_cut);
    CPPUNIT_TEST(reads_what_wss4j_signed);
    CPPUNIT_TEST(agrees_with_the_scan);
    CPPUNIT_TEST(stops_where_an_event_says_so);
    CPPUNIT_TEST(reads_unsigned_messages);
    CPPUNIT_TEST(verifies_by_every_canonicalisation);
    CPPUNIT_TEST(verifies_by_every_row_of_the_table);
    CPPUNIT_TEST(reads_what_wss4j_signed_by_other_algorithms);
    CPPUNIT_TEST(refuses_prefix_lists_that_are_read_in_two_ways);
    CPPUNIT_TEST(refuses_what_was_changed);
    CPPUNIT_TEST(refuses_ids_that_occur_twice_in_the_body);
    CPPUNIT_TEST(sends_to_the_other_reader);
    CPPUNIT_TEST(checks_what_policy_wants);
    CPPUNIT_TEST(verifies_attachments);
    CPPUNIT_TEST(digests_xop_content_as_base64);
    CPPUNIT_TEST(refuses_improper_xop);
    CPPUNIT_TEST(validates_the_operation);
    CPPUNIT_TEST(keeps_the_limits);
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

    // libxml2's push parser overlooks it where its buffer ends in between.
    void refuses_raw_brackets_wherever_it_is_cut() {
        auto message = test::template_for(agency);
        message.body = "<po:order xmlns:po=\"urn:po\">" + std::string(400, 'x') + "]]]]&gt;</po:order>";
        const std::string good = signed_by(message, agency);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(good).text());
        const std::string text = replaced(good, "]]]]&gt;", "]]]]>");
        const std::size_t at = text.find("]]]]>");
        for (std::size_t cut = at - 2; cut < at + 8; ++cut)
            for (std::size_t next = cut; next < at + 8; ++next)
                CPPUNIT_ASSERT_MESSAGE(std::to_string(cut - at),
                                       read(text, Which::streaming, {cut, next}).error);
        std::vector<std::size_t> everywhere;
        for (std::size_t cut = 0; cut < text.size(); ++cut) everywhere.push_back(cut);
        CPPUNIT_ASSERT(read(text, Which::streaming, everywhere).error);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(good, Which::streaming, everywhere).text());
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

    void verifies_by_every_row_of_the_table() {
        const std::map<KeyKind, Identity> signers{
            {KeyKind::rsa, rsa},
            {KeyKind::p256, agency},
            {KeyKind::p384, Identity{test::signer_recipe("p384", key_of(KeyKind::p384))}},
            {KeyKind::p521, Identity{test::signer_recipe("p521", key_of(KeyKind::p521))}},
            {KeyKind::ed25519, Identity{test::signer_recipe("ed25519", key_of(KeyKind::ed25519))}},
            {KeyKind::sm2, Identity{test::signer_recipe("sm2", key_of(KeyKind::sm2))}}};
        for (const SignatureAlgorithm& row : signature_algorithms()) {
            const Identity& signer = signers.at(row.key);
            auto message = test::template_for(signer);
            message.method = std::string(row.uri);
            const std::string text = signed_by(message, signer);
            const Outcome outcome = read_twice(text);
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(message.method, outcome.verdict->value().signature_algorithm);
            const std::string other =
                to_base64(Identity(test::signer_recipe("other", key_of(row.key))).der());
            CPPUNIT_ASSERT_EQUAL(
                std::string("the signature value does not fit the SignedInfo and the certificate's key"),
                read_twice(replaced(text, message.certificate, other)).text());
        }
    }
    static std::string key_of(KeyKind kind) {
        static const std::map<KeyKind, std::string> recipes{
            {KeyKind::rsa, "RSA:2048"},  {KeyKind::p256, "EC:P-256"},    {KeyKind::p384, "EC:P-384"},
            {KeyKind::p521, "EC:P-521"}, {KeyKind::ed25519, "ED25519:"}, {KeyKind::sm2, "SM2:"}};
        return recipes.at(kind);
    }

    // RSA-PSS by Bouncy Castle; P-521 by the JDK, with the zeros that Apache Santuario leaves out.
    void reads_what_wss4j_signed_by_other_algorithms() {
        now = parse_utc("2026-11-24T14:41:00Z").value();
        for (const auto& [name, uri] : {std::pair("wss4j_pss.xml", names::pss_sha256),
                                        std::pair("wss4j_p521.xml", names::ecdsa_sha512)}) {
            const Outcome outcome = read_twice(golden(name));
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(std::string(uri), outcome.verdict->value().signature_algorithm);
            CPPUNIT_ASSERT(
                read_twice(replaced(golden(name), "税务", "稅務")).text().starts_with("the digest of #"));
        }
        const Claims cut = read(golden("wss4j_p521.xml")).verdict->value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{130}, from_base64(cut.signature_value)->size());
    }

    // Found by fuzzing: what is not of this form xmlsec1 reads otherwise than the standard.
    void refuses_prefix_lists_that_are_read_in_two_ways() {
        const auto listed = [&](const std::string& attribute) {
            auto message = test::template_for(agency);
            const std::string with_list = test::transform(
                std::string(names::exc_c14n), "<ec:InclusiveNamespaces xmlns:ec=\"" +
                                                  std::string(names::exc_c14n) + "\" " + attribute + "/>");
            message.references = {reference("TS"), reference("Body", with_list)};
            message.body = "<a xmlns=\"\"/>";
            return read_twice(test::resigned(message.text(), agency)).text();
        };
        for (const std::string list : {"", "wsa", "wsa #default", "wsa "})
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), listed("PrefixList=\"" + list + "\""));
        for (const std::string list : {" wsa", "wsa  soap", "wsa&#10;soap", "wsa&#9;"})
            CPPUNIT_ASSERT_MESSAGE(list, listed("PrefixList=\"" + list + "\"").ends_with("by single spaces"));
        CPPUNIT_ASSERT_EQUAL(std::string("InclusiveNamespaces has no PrefixList"),
                             listed("PrefixLisv=\"a\""));
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

        policy = {};
        message = test::template_for(agency);
        const std::string assertion = "<saml:Assertion xmlns:saml=\"" + std::string(names::saml20) + "\"/>";
        const std::string with_assertion =
            replaced(signed_by(message, agency), "</wsse:Security>", assertion + "</wsse:Security>");
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(with_assertion).text());
        policy.tokens.saml = true;
        outside(with_assertion);
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

    // WSS SwA Profile 1.1.1 section 5.4.
    void verifies_attachments() {
        Parts parts;
        parts.all = {{{"a@x", "application/octet-stream"}, std::string("\0\r\n\xff", 4)},
                     {{"b@x", "Text/Plain; charset=utf-8"}, "one\ntwo\rthree\r\n\n\rfour\r"},
                     {{"c@x", "text/xml"}, "<?xml version='1.0'?><a b='2' a='1'><!-- x --><b/>\r\n</a>\n"},
                     {{"d@x", "image/svg+xml"}, "<s/>"}};
        const std::map<std::string, std::string> canonical{{"a@x", parts.all[0].second},
                                                           {"b@x", "one\r\ntwo\r\nthree\r\n\r\n\r\nfour\r\n"},
                                                           {"c@x", "<a a=\"1\" b=\"2\"><b></b>\n</a>"},
                                                           {"d@x", "<s></s>"}};
        auto message = test::template_for(agency);
        for (const auto& [id, text] : canonical) message.references.push_back(attachment_reference(id));
        const std::string text = test::resigned(message.text(), agency, canonical);
        policy.sign_attachments = true;
        attachments = &parts;
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        for (std::size_t i = 0; i < parts.all.size(); ++i) {
            Parts changed = parts;
            std::string& content = changed.all[i].second;
            content.insert(content.size() / 2, i == 2 ? "&#32;" : i == 3 ? " a=''" : "x");
            attachments = &changed;
            CPPUNIT_ASSERT_EQUAL("the digest of cid:" + parts.all[i].first.content_id +
                                     " does not fit: the signed part was changed",
                                 read_twice(text).text());
        }
        Parts more = parts;
        more.all.push_back({{"e@x", "text/plain"}, "added"});
        attachments = &more;
        CPPUNIT_ASSERT_EQUAL(std::string("the attachment cid:e@x is not signed"), read_twice(text).text());
        more.all.back().first.content_id.clear();
        CPPUNIT_ASSERT_EQUAL(
            std::string("an attachment has no Content-ID, so no reference can have signed it"),
            read_twice(text).text());
        policy.sign_attachments = false;
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        Parts fewer = parts;
        fewer.all.pop_back();
        attachments = &fewer;
        CPPUNIT_ASSERT_EQUAL(std::string("cid:d@x is not exactly one attachment of this message"),
                             read_twice(text).text());
        Parts twice = parts;
        twice.all.push_back(parts.all[0]);
        attachments = &twice;
        CPPUNIT_ASSERT_EQUAL(std::string("cid:a@x is not exactly one attachment of this message"),
                             read_twice(text).text());
        attachments = nullptr;
        CPPUNIT_ASSERT_EQUAL(std::string("cid:a@x is no attachment of this message"),
                             read_twice(text).text());
    }
    static std::string attachment_reference(const std::string& cid) {
        return "<ds:Reference URI=\"cid:" + cid + "\"><ds:Transforms>" +
               test::transform(std::string(names::swa_content)) +
               "</ds:Transforms><ds:DigestMethod Algorithm=\"" + std::string(names::sha256) +
               "\"/><ds:DigestValue></ds:DigestValue></ds:Reference>";
    }

    static std::string include(const std::string& href) {
        return "<xop:Include xmlns:xop=\"" + std::string(names::xop) + "\" href=\"" + href + "\"/>";
    }
    // Signed by others with its content inline, then packed.
    void digests_xop_content_as_base64() {
        for (const std::size_t size : {0, 1, 2, 3, 4, 100, 40000}) {
            Parts parts;
            parts.all = {{{"a b@x", "image/png"}, std::string(size, '\xfe')}};
            auto message = test::template_for(agency);
            const std::string before = "<po:o xmlns:po=\"urn:po\"><po:data>";
            const std::string after = "</po:data></po:o>";
            message.body = before + to_base64(as_bytes(parts.all[0].second)) + after;
            std::string text = signed_by(message, agency);
            if (size == 0) text = replaced(text, "<po:data/>", "<po:data></po:data>");
            text = replaced(text, message.body, before + include("cid:a%20b@x") + after);
            attachments = &parts;
            policy.sign_attachments = true;  // it is, as content of the Body
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
            parts.all[0].second += "x";
            CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                                 read_twice(text).text());
            attachments = nullptr;
            CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                                 read_twice(text).text());
        }
    }

    void refuses_improper_xop() {
        Parts parts;
        parts.all = {{{"a@x", "image/png"}, "abc"}};
        attachments = &parts;
        const std::string open = replaced(include("cid:a@x"), "/>", ">");
        const std::string close = "</xop:Include>";
        for (const std::string content :
             {" " + include("cid:a@x"), include("cid:a@x") + " ", include("cid:a@x") + "<po:c/>",
              "<po:c/>" + include("cid:a@x"), include("cid:a@x") + "<!-- -->", "<!---->" + include("cid:a@x"),
              include("cid:a@x") + include("cid:a@x"), open + " " + close, open + "<po:c/>" + close,
              open + "<!-- -->" + close, include("http://x/"), include("cid:b@x"), include(""),
              "<po:c>" + include("cid:a@x") + "</po:c><po:c>" + include("cid:a@x") + "</po:c>"}) {
            auto message = test::template_for(agency);
            message.body = "<po:o xmlns:po=\"urn:po\">" + content + "</po:o>";
            const std::string text = test::resigned(message.text(), agency);
            for (const Which which : {Which::streaming, Which::tree}) {
                const Outcome outcome = read(text, which);
                CPPUNIT_ASSERT_MESSAGE(content + ": " + outcome.text(), outcome.error.has_value());
            }
        }
    }

    void validates_the_operation() {
        const auto schemas = xml::SchemaSet::compile(
            {{"a.xsd",
              "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:po' "
              "xmlns:po='urn:po' elementFormDefault='qualified'>"
              "<xs:complexType name='base'><xs:sequence><xs:element name='n' type='xs:int' maxOccurs='9'/>"
              "<xs:element name='data' type='xs:base64Binary' minOccurs='0'/></xs:sequence>"
              "<xs:attribute name='a'><xs:simpleType><xs:restriction base='xs:string'>"
              "<xs:enumeration "
              "value='&amp;'/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType>"
              "<xs:complexType name='more'><xs:complexContent><xs:extension base='po:base'><xs:sequence>"
              "<xs:element name='m'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
              "<xs:element name='order' type='po:base'/></xs:schema>"}},
            "a.xsd");
        CPPUNIT_ASSERT_MESSAGE(schemas.has_error() ? schemas.error().detail : "", schemas.has_value());
        record.schema_set = &*schemas;
        policy.sign_body = policy.timestamp = false;
        const auto invalid = [&](const std::string& attributes, const std::string& content) {
            return read_twice(
                       "<e:Envelope xmlns:e='" + std::string(soap::ns11) +
                       "' xmlns:q='urn:po' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\n<e:Body>"
                       "<p:order xmlns:p='urn:po' " +
                       attributes + ">" + content + "</p:order></e:Body></e:Envelope>")
                .invalid;
        };
        CPPUNIT_ASSERT(!invalid("", "<p:n>1</p:n><p:n><![CDATA[2]]></p:n>"));
        CPPUNIT_ASSERT(!invalid("a='&amp;'", "<p:n>1</p:n>"));
        CPPUNIT_ASSERT(invalid("a='&amp;#38;'", "<p:n>1</p:n>"));
        CPPUNIT_ASSERT(invalid("", "<p:n>x</p:n>"));
        const std::string reason = invalid("", "<p:n>x</p:n>")->detail;
        CPPUNIT_ASSERT_MESSAGE(reason, reason.starts_with("line 2: "));
        CPPUNIT_ASSERT(invalid("", ""));
        CPPUNIT_ASSERT(invalid("", "<p:n>1</p:n><p:m/>"));
        // A prefix that is declared at the Envelope.
        CPPUNIT_ASSERT(!invalid("xsi:type='q:more'", "<p:n>1</p:n><p:m/>"));
        CPPUNIT_ASSERT(invalid("xsi:type='r:more'", "<p:n>1</p:n><p:m/>"));
        Parts parts;
        parts.all = {{{"a@x", "image/png"}, "abc"}};
        attachments = &parts;
        CPPUNIT_ASSERT(!invalid("", "<p:n>1</p:n><p:data>" + include("cid:a@x") + "</p:data>"));
    }

    void keeps_the_limits() {
        const std::string text = signed_by(test::template_for(agency), agency);
        const auto limit = [&](const std::string& message) {
            const Outcome outcome = read(message);
            return outcome.error && outcome.error->code == ErrorCode::limit;
        };
        limits.bytes = text.size();
        CPPUNIT_ASSERT(!limit(text));
        --limits.bytes;
        CPPUNIT_ASSERT(limit(text));
        limits = {};
        limits.depth = 5;
        CPPUNIT_ASSERT(limit(text));
        limits = {};
        limits.elements = 10;
        CPPUNIT_ASSERT(limit(text));
        limits = {};
        limits.attribute_bytes = 20;
        CPPUNIT_ASSERT(limit(text));
        limits = {};
        const std::string envelope = "<e:Envelope xmlns:e='" + std::string(soap::ns11) + "'>";
        CPPUNIT_ASSERT(limit(envelope + "<e:Header><x>" + std::string(300'000, 'x') +
                             "</x></e:Header><e:Body/></e:Envelope>"));
        CPPUNIT_ASSERT(limit(std::string("<!--") + std::string(300'000, 'x') + "-->" + envelope +
                             "<e:Body/></e:Envelope>"));
        CPPUNIT_ASSERT(read("<!DOCTYPE a><a/>").text().find("DTD") != std::string::npos);
        CPPUNIT_ASSERT(read(text + "x").error.has_value());
        CPPUNIT_ASSERT(read(text.substr(0, text.size() - 1)).error.has_value());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReaderTest);

}  // namespace

}  // namespace hutong::security
