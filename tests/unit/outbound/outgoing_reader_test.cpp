// The digest made in one pass is that of libxml2's canonical form of what leaves, wherever the text is cut.
#include "security/outbound/outgoing_reader.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/xml/document.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

const std::string open = "<S:Envelope xmlns:S=\"" + std::string(soap::ns11) + "\" xmlns:unused='urn:u'";
const std::string wsu = std::string(soap::ns_wsu);

class OutgoingReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OutgoingReaderTest);
    CPPUNIT_TEST(digests_what_leaves);
    CPPUNIT_TEST(digests_header_blocks_that_policy_names);
    CPPUNIT_TEST(refuses_ids_that_mean_two_parts);
    CPPUNIT_TEST(finds_the_layout);
    CPPUNIT_TEST(refuses_what_is_no_envelope);
    CPPUNIT_TEST_SUITE_END();

    const xml::Limits limits;

    // Fed in steps of that many bytes.
    SignedBody read(const std::string& text, std::size_t step, std::string_view method = names::sha256) {
        OutgoingReader reader(limits, find_digest_algorithm(method));
        for (std::size_t at = 0; at < text.size(); at += step)
            CPPUNIT_ASSERT(reader.feed(std::string_view(text).substr(at, step)).has_value());
        CPPUNIT_ASSERT(reader.finish().has_value());
        return reader.body();
    }

    void digests_what_leaves() {
        for (const std::string& text : {
                 open + "><S:Body/></S:Envelope>",
                 open + "><S:Body a='1'><x b='&#13;&quot;' "
                        "a='&amp;'>a&#13;\r\nb<![CDATA[\r\n<]]></x></S:Body></S:Envelope>",
                 open + " xmlns:wsu='" + wsu + "'><S:Body><a wsu:Id='q'><wsu:b/></a></S:Body></S:Envelope>",
                 open + "><S:Body><wsu:a xmlns:wsu='" + wsu + "' wsu:Id='x'/></S:Body></S:Envelope>",
                 open + " xmlns:wsu='urn:other'><S:Body wsu:a='1'><wsu:b/></S:Body></S:Envelope>",
                 open + " xmlns:wsu='" + wsu +
                     "'><S:Body xmlns:wsu='urn:other'><wsu:b/></S:Body></S:Envelope>",
                 open + "><S:Header><h xmlns='urn:h'/></S:Header><S:Body xmlns:w='" + wsu +
                     "' w:Id='mine'>企业𠮷</S:Body></S:Envelope>",
             }) {
            const SignedBody body = read(text, text.size());
            const std::string leaves = body.identify ? soap::edited(text, {*body.identify}) : text;
            const auto document = xml::parse(leaves, limits);
            CPPUNIT_ASSERT_MESSAGE(leaves, document.has_value());
            const xml::Element element = document->root().child(soap::ns11, "Body");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(leaves, body.id, element.attribute("Id", soap::ns_wsu).value_or(""));
            CPPUNIT_ASSERT_MESSAGE(leaves, to_hex(sha256(canonicalize(element, names::exc_c14n).value())) ==
                                               to_hex(body.digest));
            // The Id is new each time, so byte by byte it is the place that is compared.
            const SignedBody by_sm3 = read(text, text.size(), names::sm3);
            CPPUNIT_ASSERT(by_sm3.method->uri == names::sm3 && by_sm3.digest.size() == 32 &&
                           by_sm3.digest != body.digest);
            const SignedBody again = read(text, 1);
            CPPUNIT_ASSERT_EQUAL(body.identify.has_value(), again.identify.has_value());
            if (body.identify)
                CPPUNIT_ASSERT_EQUAL(body.identify->range.begin, again.identify->range.begin);
            else
                CPPUNIT_ASSERT(again.digest == body.digest);
        }
    }

    MessagePolicy with_headers() {
        MessagePolicy policy;
        policy.sign_addressing = true;
        policy.sign_headers = {{"urn:h", "case"}};
        return policy;
    }

    void digests_header_blocks_that_policy_names() {
        const std::string wsa(soap::ns_wsa);
        const std::string header = "<S:Header xmlns:h='urn:outer' xmlns:a='" + wsa + "' xmlns:t='urn:t'>";
        const std::string end = "</S:Header><S:Body><h:b/></S:Body></S:Envelope>";
        const MessagePolicy policy = with_headers();
        for (const std::string& text : {
                 open + " xmlns:h='urn:h'>" + header + "<a:To S:mustUnderstand='1'>税&#13;</a:To><t:other/>" +
                     "<h:case xmlns:h='urn:h' t:x='1'><t:y/></h:case>" + end,
                 open + " xmlns:h='urn:h' xmlns:wsu='urn:mine'>" + header + "<a:To/><a:To wsu:q='1'/>" +
                     "<case xmlns='urn:h' xmlns:u='" + wsu + "' u:Id='mine'/>" + end,
                 // What the Header declares anew is no more in scope in the Body.
                 open + " xmlns:h='urn:h' xmlns:wsu='" + wsu + "'><S:Header xmlns:wsu='urn:mine' xmlns:a='" +
                     wsa + "' xmlns:c='urn:h'><a:To/><c:case/><c:other/>" + end,
             }) {
            for (const std::size_t step : {text.size(), std::size_t{1}}) {
                OutgoingReader reader(limits, find_digest_algorithm(names::sha256), &policy);
                for (std::size_t at = 0; at < text.size(); at += step)
                    CPPUNIT_ASSERT(reader.feed(std::string_view(text).substr(at, step)).has_value());
                CPPUNIT_ASSERT(reader.finish().has_value());
                const SignedBody body = reader.body();
                const std::string leaves = soap::edited(text, identifying_edits(body));
                const auto document = xml::parse(leaves, limits);
                CPPUNIT_ASSERT_MESSAGE(leaves, document.has_value());
                std::vector<xml::Element> expected;
                for (const xml::Element block : document->root().child(soap::ns11, "Header").children())
                    if (policy.signs_header(block.name())) expected.push_back(block);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(leaves, expected.size(), body.headers.size());
                expected.push_back(document->root().child(soap::ns11, "Body"));
                std::vector<SignedPart> parts = body.headers;
                parts.push_back(body);
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(leaves, parts[i].id,
                                                 expected[i].attribute("Id", soap::ns_wsu).value_or(""));
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(
                        leaves, to_hex(sha256(canonicalize(expected[i], names::exc_c14n).value())),
                        to_hex(parts[i].digest));
                }
            }
        }
        CPPUNIT_ASSERT(read(open + " xmlns:h='urn:h'>" + header + "<a:To/>" + end, 1).headers.empty());
    }

    void refuses_ids_that_mean_two_parts() {
        const auto error_of = [&](const std::string& id_of_case, const std::string& id_of_body) {
            const std::string text = open + " xmlns:wsu='" + wsu +
                                     "' xmlns:h='urn:h'><S:Header><h:case wsu:Id='a'/>" + "<h:case wsu:Id='" +
                                     id_of_case + "'/></S:Header><S:Body wsu:Id='" + id_of_body +
                                     "'/></S:Envelope>";
            const MessagePolicy policy = with_headers();
            OutgoingReader reader(limits, find_digest_algorithm(names::sha256), &policy);
            const auto fed = reader.feed(text);
            const auto done = fed.has_error() ? fed : reader.finish();
            return done.has_error() ? done.error().detail : std::string();
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), error_of("b", "c"));
        CPPUNIT_ASSERT(error_of("a", "c").find("own wsu:Id of case is used twice: \"a\"") !=
                       std::string::npos);
        CPPUNIT_ASSERT(error_of("b", "a").find("own wsu:Id of Body is used twice: \"a\"") !=
                       std::string::npos);
        CPPUNIT_ASSERT(error_of("b c", "d").find("is not a plain name") != std::string::npos);
    }

    void finds_the_layout() {
        const std::string text = open + "><S:Header/><S:Body><r xmlns='urn:r'/></S:Body></S:Envelope>";
        OutgoingReader reader(limits, nullptr);
        CPPUNIT_ASSERT(reader.feed(text).has_value() && reader.finish().has_value());
        const soap::Layout layout = reader.take_layout();
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:r}r"), layout.operation.text());
        CPPUNIT_ASSERT(soap::has_empty_header_tag(layout));
        CPPUNIT_ASSERT_EQUAL(text.find("</S:Envelope"), layout.body.end);
    }

    void refuses_what_is_no_envelope() {
        std::string blocks;
        for (int i = 0; i < 1001; ++i) blocks += "<h/>";
        for (const std::string& text : {std::string("<a/>"), open + "><S:Body>", open + "/>",
                                        open + "><S:Body><?pi?></S:Body></S:Envelope>",
                                        open + "><S:Header>" + blocks + "</S:Header><S:Body/></S:Envelope>",
                                        "<!DOCTYPE a>" + open + "><S:Body/></S:Envelope>"}) {
            OutgoingReader reader(limits, find_digest_algorithm(names::sha256));
            CPPUNIT_ASSERT_MESSAGE(text, reader.feed(text).has_error() || reader.finish().has_error());
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(OutgoingReaderTest);

}  // namespace

}  // namespace hutong::security
