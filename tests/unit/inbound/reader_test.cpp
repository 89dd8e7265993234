// Both readers on messages that others signed: the events and their order, cuts anywhere, what goes to the
// other reader, validation, limits.
#include "security/xmldsig/names.hpp"
#include "tests/unit/inbound/reader_fixture.hpp"

namespace hutong::security {

namespace {

using test::reference;

class ReaderTest : public ReaderFixture {
    CPPUNIT_TEST_SUITE(ReaderTest);
    CPPUNIT_TEST(tells_what_it_reads_in_order);
    CPPUNIT_TEST(does_not_care_for_cuts);
    CPPUNIT_TEST(refuses_raw_brackets_wherever_it_is_cut);
    CPPUNIT_TEST(agrees_with_the_scan);
    CPPUNIT_TEST(stops_where_an_event_says_so);
    CPPUNIT_TEST(reads_unsigned_messages);
    CPPUNIT_TEST(sends_to_the_other_reader);
    CPPUNIT_TEST(validates_the_operation);
    CPPUNIT_TEST(keeps_the_limits);
    CPPUNIT_TEST_SUITE_END();

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
