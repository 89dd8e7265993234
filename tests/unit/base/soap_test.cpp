#include "base/xml/soap.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;

namespace {

std::string_view slice(std::string_view text, soap::Range r) {
    return text.substr(r.begin, r.end - r.begin);
}

const std::string with_header =
    "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "
    "xmlns:a=\"urn:a-b\">"
    "<!-- <s:Header> --><s:Header >\n<a:One s:mustUnderstand=\"1\" s:actor='urn:me' x='>'>text "
    "&lt;é</a:One><a:Two/></s:Header>"
    "<s:Body u='1'><a:GetIt>企业<b/></a:GetIt></s:Body></s:Envelope>";

soap::Layout scanned(std::string_view text) {
    auto layout = soap::scan(text, {});
    CPPUNIT_ASSERT_MESSAGE(layout.has_error() ? layout.error().detail : "", layout.has_value());
    return *layout;
}

}  // namespace

class SoapTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SoapTest);
    CPPUNIT_TEST(finds_all_parts);
    CPPUNIT_TEST(long_messages_keep_their_positions);
    CPPUNIT_TEST(adds_a_block_to_any_kind_of_header);
    CPPUNIT_TEST(cuts_ranges);
    CPPUNIT_TEST(refuses_what_is_no_envelope);
    CPPUNIT_TEST(counts_bytes_whatever_the_text_calls_itself);
    CPPUNIT_TEST(makes_faults_that_parse);
    CPPUNIT_TEST_SUITE_END();

    void finds_all_parts() {
        const auto layout = scanned(with_header);
        CPPUNIT_ASSERT(layout.version == soap::Version::v11);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, layout.blocks.size());
        CPPUNIT_ASSERT_EQUAL(
            std::string("<a:One s:mustUnderstand=\"1\" s:actor='urn:me' x='>'>text &lt;é</a:One>"),
            std::string(slice(with_header, layout.blocks[0].range)));
        CPPUNIT_ASSERT_EQUAL(std::string("<a:Two/>"),
                             std::string(slice(with_header, layout.blocks[1].range)));
        CPPUNIT_ASSERT_EQUAL(std::string("text <é"), layout.blocks[0].text);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:me"), layout.blocks[0].role);
        CPPUNIT_ASSERT(layout.blocks[0].must_understand);
        CPPUNIT_ASSERT(layout.block("urn:a-b", "Two") == &layout.blocks[1]);
        CPPUNIT_ASSERT(slice(with_header, *layout.header).starts_with("<s:Header >\n<a:One"));
        CPPUNIT_ASSERT(slice(with_header, *layout.header).ends_with("<a:Two/></s:Header>"));
        CPPUNIT_ASSERT_EQUAL(std::string("<s:Body u='1'><a:GetIt>企业<b/></a:GetIt></s:Body>"),
                             std::string(slice(with_header, layout.body)));
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:a-b}GetIt"), layout.operation.text());
        CPPUNIT_ASSERT_EQUAL(1u, layout.body_children);
        CPPUNIT_ASSERT(slice(with_header, layout.envelope_start_tag).ends_with("xmlns:a=\"urn:a-b\">"));
    }

    void long_messages_keep_their_positions() {
        std::string text = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header>";
        for (int i = 0; i < 300; ++i) text += "<b xmlns='urn:x'>" + std::string(997, 'a' + i % 26) + "</b>";
        text += "</s:Header><s:Body>";
        for (int i = 0; i < 3000; ++i)
            text += "<企业 n='" + std::to_string(i) + "'>" + std::string(400, 'z') + "</企业>";
        text += "</s:Body></s:Envelope>";
        const auto layout = scanned(text);
        CPPUNIT_ASSERT_EQUAL(std::size_t{300}, layout.blocks.size());
        for (const auto& block : layout.blocks) {
            CPPUNIT_ASSERT(slice(text, block.range).starts_with("<b xmlns"));
            CPPUNIT_ASSERT(slice(text, block.range).ends_with("</b>"));
        }
        CPPUNIT_ASSERT(slice(text, layout.body).starts_with("<s:Body><企业"));
        CPPUNIT_ASSERT(slice(text, layout.body).ends_with("</s:Body>"));
        CPPUNIT_ASSERT_EQUAL(3000u, layout.body_children);
    }

    void adds_a_block_to_any_kind_of_header() {
        const std::string open = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'>";
        for (const std::string header :
             {"", "<Header/>", "<Header a='1' />", "<Header></Header>", "<Header><x/></Header>"}) {
            const std::string text = open + header + "<Body/></Envelope>";
            const std::string added = soap::with_header_block(text, scanned(text), "<new xmlns='urn:n'/>");
            const auto layout = scanned(added);
            CPPUNIT_ASSERT(!layout.blocks.empty());
            CPPUNIT_ASSERT_EQUAL(std::string("{urn:n}new"), layout.blocks.back().name.text());
        }
    }

    void cuts_ranges() {
        const auto layout = scanned(with_header);
        const std::string cut = soap::without(with_header, {layout.blocks[1].range, layout.blocks[0].range});
        CPPUNIT_ASSERT(scanned(cut).blocks.empty());
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:a-b}GetIt"), scanned(cut).operation.text());
    }

    void refuses_what_is_no_envelope() {
        const std::string ns = " xmlns='http://schemas.xmlsoap.org/soap/envelope/'";
        for (const std::string& text :
             {std::string(), std::string("<a/>"), std::string("<Envelope/>"), "<Envelope" + ns + "/>",
              "<Envelope" + ns + "><Body/><Body/></Envelope>",
              "<Envelope" + ns + "><Body/><Header/></Envelope>",
              "<Envelope" + ns + "><Header/><Header/><Body/></Envelope>",
              "<Envelope" + ns + "><Body/><x xmlns=''/></Envelope>",
              "<!DOCTYPE Envelope [<!ENTITY a 'b'>]><Envelope" + ns + "><Body>&a;</Body></Envelope>",
              "<Envelope" + ns + "><Body><?pi x?></Body></Envelope>", "<Envelope" + ns + "><Body></Envelope>",
              "<Envelope" + ns + "><Body/></Envelope><Envelope" + ns + "><Body/></Envelope>"})
            CPPUNIT_ASSERT_MESSAGE(text, soap::scan(text, {}).has_error());
    }

    // In another encoding the parser's cursor would count other bytes than those that are cut out later.
    void counts_bytes_whatever_the_text_calls_itself() {
        const std::string envelope =
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><n>ééé</n><x/></"
            "s:Header><s:Body><a/></s:Body></s:Envelope>";
        for (const std::string declared :
             {"ISO-8859-1", "GBK", "UTF-16", "EBCDIC-CP-US", "UTF-7", "US-ASCII", "UTF-8"}) {
            const std::string text = "<?xml version='1.0' encoding='" + declared + "'?>" + envelope;
            const auto layout = scanned(text);
            CPPUNIT_ASSERT_EQUAL(std::string("<x/>"), std::string(slice(text, layout.blocks[1].range)));
            CPPUNIT_ASSERT_EQUAL(std::string("<s:Body><a/></s:Body>"), std::string(slice(text, layout.body)));
        }
        // "<?xm" in EBCDIC: not guessed from the first bytes.
        CPPUNIT_ASSERT(soap::scan("\x4C\x6F\xA7\x94\x93", {}).has_error());
        CPPUNIT_ASSERT(soap::scan("<?xml version='1.1'?>" + envelope, {}).has_error());
    }

    void makes_faults_that_parse() {
        for (const auto version : {soap::Version::v11, soap::Version::v12}) {
            const soap::Fault fault{
                {soap::FaultCode::Side::sender, {std::string(soap::ns_wsse), "FailedCheck"}},
                "a < b & \"c\"",
                "01ABC"};
            const std::string text = soap::fault_envelope(version, fault);
            const auto layout = scanned(text);
            CPPUNIT_ASSERT(layout.version == version);
            CPPUNIT_ASSERT_EQUAL(std::string("Fault"), layout.operation.local);
            auto document = xml::parse(text);
            CPPUNIT_ASSERT(document.has_value());
            CPPUNIT_ASSERT(document->root().text().find("a < b & \"c\"") != std::string::npos);
            CPPUNIT_ASSERT(document->root().text().find("01ABC") != std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(
            400, soap::http_status(soap::Version::v12, {{soap::FaultCode::Side::sender, {}}, "", ""}));
        CPPUNIT_ASSERT_EQUAL(
            500, soap::http_status(soap::Version::v11, {{soap::FaultCode::Side::sender, {}}, "", ""}));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SoapTest);
