#include "base/xml/stream_validator.hpp"

#include <memory>

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;

class StreamValidatorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StreamValidatorTest);
    CPPUNIT_TEST(takes_text_in_any_pieces);
    CPPUNIT_TEST(takes_no_cdata_where_only_elements_may_stand);
    CPPUNIT_TEST(takes_a_text_of_very_many_pieces);
    CPPUNIT_TEST_SUITE_END();

    struct Validating final : xml::ParserEvents {
        explicit Validating(const xml::SchemaSet& set) : schemas(set) {}
        void start(const xml::StartTag& tag) override {
            if (tag.depth == 1)
                validator = std::make_unique<xml::StreamValidator>(
                    schemas, *parser, std::vector<std::pair<std::string, std::string>>());
            validator->start(tag);
        }
        void end(unsigned) override { validator->end(); }
        void text(std::string_view text, bool cdata) override { validator->text(text, cdata); }
        void comment() override {}
        void instruction() override {}
        const xml::SchemaSet& schemas;
        xml::PushParser* parser{nullptr};
        std::unique_ptr<xml::StreamValidator> validator;
    };

    static xml::SchemaSet schemas() {
        return xml::SchemaSet::compile(
                   {{"s.xsd",
                     "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:s' "
                     "elementFormDefault='qualified'><xs:element name='r'><xs:complexType><xs:sequence>"
                     "<xs:element name='three' minOccurs='0'><xs:simpleType><xs:restriction base='xs:string'>"
                     "<xs:length value='3'/></xs:restriction></xs:simpleType></xs:element>"
                     "<xs:element name='any' type='xs:string' minOccurs='0'/>"
                     "</xs:sequence></xs:complexType></xs:element></xs:schema>"}},
                   "s.xsd")
            .value();
    }

    static bool fits(const std::string& content, std::size_t piece) {
        const xml::SchemaSet set = schemas();
        xml::Limits limits;
        limits.bytes = 64u << 20;
        Validating events(set);
        xml::PushParser parser(limits, events);
        events.parser = &parser;
        const std::string text = "<r xmlns='urn:s'>" + content + "</r>";
        for (std::size_t at = 0; at < text.size(); at += piece)
            CPPUNIT_ASSERT(parser.feed(std::string_view(text).substr(at, piece)).has_value());
        CPPUNIT_ASSERT(parser.finish().has_value());
        return events.validator->result().has_value();
    }

    void takes_text_in_any_pieces() {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
            CPPUNIT_ASSERT(fits("<three>a&amp;c</three>", piece));
            CPPUNIT_ASSERT(fits("<three>a<![CDATA[b]]>c</three>", piece));
            CPPUNIT_ASSERT(fits("<three>a\r\nc</three>", piece));
            CPPUNIT_ASSERT(!fits("<three>a&amp;&amp;c</three>", piece));
            CPPUNIT_ASSERT(!fits("<three>a<![CDATA[bb]]>c</three>", piece));
            CPPUNIT_ASSERT(!fits("<three/>", piece));
            CPPUNIT_ASSERT(!fits("x<three>abc</three>", piece));
            CPPUNIT_ASSERT(!fits("<three>abc</three>x", piece));
        }
    }

    void takes_no_cdata_where_only_elements_may_stand() {
        CPPUNIT_ASSERT(fits(" \r\n<three>abc</three> ", 1000));
        CPPUNIT_ASSERT(!fits(" <![CDATA[ ]]><three>abc</three>", 1000));
    }

    // libxml2 moves all that it has with each piece it gets: these would take many minutes.
    void takes_a_text_of_very_many_pieces() {
        constexpr std::size_t count = 4'000'000;
        std::string references, sections, returns;
        for (std::size_t i = 0; i < count / 4; ++i) references += "&lt;";
        for (std::size_t i = 0; i < count / 4; ++i) sections += "<![CDATA[a]]>b";
        for (const std::string& text :
             {std::string(count, ']'), references, sections, std::string(count, '\r')})
            CPPUNIT_ASSERT(fits("<any>" + text + "</any>", 8192));
        CPPUNIT_ASSERT(fits("<any>" + std::string(count, 'a') + "</any>", 1));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(StreamValidatorTest);
