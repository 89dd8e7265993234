#include <algorithm>
#include <random>

#include <cppunit/extensions/HelperMacros.h>
#include <libxml/tree.h>

#include "base/xml/document.hpp"
#include "silent_events.hpp"
#include "tests/oracle/xml_events.hpp"

using namespace hutong;
using test::Silent;

namespace {

const std::vector<std::string> texts{
    "<a/>",
    " \r\n<a/>\n<!-- c --><?p i?> ",
    "\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<r><a x='1' y=\"2\"/>企业</r>",
    "<?xml version=\"1.0\"?><?xml-stylesheet href='a'?><r/>",
    "<a xmlns='urn:a' xmlns:p=\"http://x/y#\" p:q='&lt;\t\r\n\r x' "
    "b=''>t\r\nx\ry<p:c/><![CDATA[]]><![CDATA[a]]b\r\nc]]>"
    "&#13;&amp;<!-- c - d --><?pi data?>]]</a >\n<!--e-->",
    "<r xmlns:a='urn:u' xmlns:b='urn:w'><x a:i='1' b:i='2' i='3'/><a:x xmlns:a='urn:v' "
    "a:i=''><a:y/></a:x><a:z/></r>",
    "<r xmlns='urn:d'><c xmlns=''><d a='1'/></c><e/></r>",
    "<r xml:lang='zh' xmlns:xml='http://www.w3.org/XML/1998/namespace'>\xF0\x9F\x98\x80\xEE\x80\x80]] "
    "]&gt;</r>",
    "<企业:名 xmlns:企业='urn:zh' 企业:é·='ß'>税务局</企业:名>",
    "<r a = '\"' b\n=\t\"'\"  c='&#x4F01;&#19994;&#x1F600;&quot;&apos;&gt;&#9;&#10;&#13;'\n/>",
    "<abcdefghijklmnopqrstuvwxyz.0123456789-_ abcdefghijklmnop='1' abcdefghijklmnopq='2' "
    "abcdefghijklmno='3'/>",
    "<r><![CDATA[]]]]><![CDATA[>]]><![CDATA[<&\r]]></r>",
    "<a>12345678901234567890123456789012345<b/>1234567890123456<c/>123456789012345</a>",
};

const std::vector<std::string> pieces{"<",
                                      "</",
                                      ">",
                                      "/>",
                                      "&",
                                      "&amp;",
                                      "&#13;",
                                      "&#x4F01;",
                                      "&#0;",
                                      "]]>",
                                      "]",
                                      "<![CDATA[",
                                      "<!--",
                                      "-->",
                                      "--",
                                      "<?p q?>",
                                      "<?",
                                      "?>",
                                      "\r",
                                      "\r\n",
                                      "\n",
                                      "\t",
                                      " ",
                                      "'",
                                      "\"",
                                      "=",
                                      "xmlns:a='u'",
                                      " xmlns=''",
                                      " xmlns:a=''",
                                      " a:b='1'",
                                      " xml:lang='x'",
                                      " b='2'",
                                      "<a:b/>",
                                      "<b>",
                                      "</b>",
                                      "企",
                                      "\xE4\xBC",
                                      "\xF0\x9F\x98\x80",
                                      "\xC0\x80",
                                      "\xED\xA0\x80",
                                      "\xEF\xBF\xBF",
                                      "\xEF\xBB\xBF",
                                      "\x01",
                                      "\x7F",
                                      "\xC2\x85",
                                      "<?xml version='1.0'?>",
                                      "<!DOCTYPE a>",
                                      ":",
                                      "-",
                                      "\xC2\xB7",
                                      "\xC3\x97",
                                      "&lt;",
                                      "&gt;",
                                      "&x;",
                                      "&#10;",
                                      "xml:",
                                      "xmlns:",
                                      "http://www.w3.org/XML/1998/namespace",
                                      "http://www.w3.org/2000/xmlns/",
                                      "urn:%",
                                      "http://[",
                                      ":"};

using Random = std::mt19937;

std::size_t any_of(Random& random, std::size_t count) {
    return random() % count;
}

std::string mutant(Random& random) {
    std::string text = texts[any_of(random, texts.size())];
    for (std::size_t i = 0; i <= any_of(random, 3); ++i) {
        const std::size_t at = any_of(random, text.size() + 1);
        const std::string other = texts[any_of(random, texts.size())];
        switch (any_of(random, 5)) {
            case 0:
                text.erase(at, 1 + any_of(random, 4));
                break;
            case 1:
                text.insert(at, other.substr(any_of(random, other.size()), any_of(random, 30)));
                break;
            case 2:
                text.insert(any_of(random, text.size() + 1), text.substr(at, any_of(random, 20)));
                break;
            default:
                text.insert(at, pieces[any_of(random, pieces.size())]);
        }
    }
    return text;
}

std::vector<std::size_t> every_byte(const std::string& text) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = 1; at < text.size(); ++at) cuts.push_back(at);
    return cuts;
}

}  // namespace

class PushParserTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PushParserTest);
    CPPUNIT_TEST(tells_what_libxml2_tells);
    CPPUNIT_TEST(tells_what_libxml2_tells_of_mutants);
    CPPUNIT_TEST(grows_the_tree_that_libxml2_makes);
    CPPUNIT_TEST(says_where_and_what);
    CPPUNIT_TEST(knows_where_tags_lie);
    CPPUNIT_TEST(keeps_one_copy_of_a_name);
    CPPUNIT_TEST(stops_where_it_is_told);
    CPPUNIT_TEST_SUITE_END();

    static void compare(const std::string& text, const std::vector<std::size_t>& cuts) {
        const test::Events theirs = test::pulled(text);
        const test::Events ours = test::pushed(text, cuts, xml::Limits());
        const std::string named = text + "\n(" + theirs.problem + " / " + ours.problem + ")";
        CPPUNIT_ASSERT_EQUAL_MESSAGE(named, theirs.accepted, ours.accepted);
        if (!theirs.accepted) return;
        for (std::size_t i = 0; i < std::min(theirs.lines.size(), ours.lines.size()); ++i)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(named, theirs.lines[i], ours.lines[i]);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(named, theirs.lines.size(), ours.lines.size());
    }

    void tells_what_libxml2_tells() {
        for (const std::string& text : texts) {
            CPPUNIT_ASSERT_MESSAGE(text, test::pulled(text).accepted);
            compare(text, {});
            compare(text, every_byte(text));
            for (std::size_t cut = 1; cut < text.size(); ++cut) compare(text, {cut});
        }
    }

    void tells_what_libxml2_tells_of_mutants() {
        Random random(1);
        for (int i = 0; i < 20'000; ++i) {
            const std::string text = mutant(random);
            compare(text, i % 2 == 0 ? std::vector<std::size_t>() : every_byte(text));
        }
    }

    struct Growing final : Silent {
        explicit Growing(unsigned at) : cut_at(at) {}
        void start(const xml::StartTag&) override {
            if (++starts == cut_at) tree = parser->cut_tree();
        }
        void end(unsigned depth) override {
            if (depth == 1 && !tree) tree = parser->cut_tree();
        }
        const unsigned cut_at;
        unsigned starts{0};
        xml::PushParser* parser{nullptr};
        xml::Document tree;
    };

    // Everything that a node says, but the lines of what is no element.
    static std::string dump(const xmlNode* node) {
        std::string text;
        for (; node != nullptr; node = node->next) {
            const auto view = [](const xmlChar* at) {
                return at == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(at));
            };
            const bool element = node->type == XML_ELEMENT_NODE;
            text += std::to_string(node->type) + " " + view(node->name) + " " +
                    (element ? std::to_string(node->line) : view(node->content)) + "\n";
            if (!element) continue;
            for (const xmlNs* ns = node->nsDef; ns != nullptr; ns = ns->next)
                text += " xmlns:" + view(ns->prefix) + "=" + view(ns->href);
            const auto name_of = [&](const xmlNs* ns) {
                return ns == nullptr ? "" : view(ns->prefix) + view(ns->href);
            };
            text += " in " + name_of(node->ns);
            for (const xmlAttr* a = node->properties; a != nullptr; a = a->next)
                text += " " + name_of(a->ns) + view(a->name) + "=" +
                        (a->children ? view(a->children->content) : "") + std::to_string(a->atype);
            text += "\n(" + dump(node->children) + ")\n";
        }
        return text;
    }

    static xml::Document grown(const std::string& text, unsigned cut_at) {
        const xml::Limits limits;
        Growing events(cut_at);
        xml::PushParser parser(limits, events);
        events.parser = &parser;
        parser.grow_tree();
        for (const char c : text) CPPUNIT_ASSERT(parser.feed({&c, 1}).has_value());
        CPPUNIT_ASSERT(parser.finish().has_value());
        CPPUNIT_ASSERT(!parser.cut_tree());
        return std::move(events.tree);
    }

    void grows_the_tree_that_libxml2_makes() {
        for (const std::string& text : texts) {
            const auto parsed = xml::parse(text);
            CPPUNIT_ASSERT_MESSAGE(text, parsed.has_value());
            // What stands behind the root is not there yet.
            xmlNode* const root = parsed->root().raw();
            while (xmlNode* const behind = root->next) {
                xmlUnlinkNode(behind);
                xmlFreeNode(behind);
            }
            CPPUNIT_ASSERT_EQUAL(dump(parsed->raw()->children), dump(grown(text, 0).raw()->children));
        }
        const std::string text =
            "<!-- c --><e:E xmlns:e='urn:e'>\n <e:H\n a='1'>t<![CDATA[c]]>\n</e:H><e:B b='2'>x</e:B></e:E>";
        const auto parsed = xml::parse(
            "<!-- c --><e:E xmlns:e='urn:e'>\n <e:H\n a='1'>t<![CDATA[c]]>\n</e:H><e:B b='2'/></e:E>");
        CPPUNIT_ASSERT_EQUAL(dump(parsed->raw()->children), dump(grown(text, 3).raw()->children));
    }

    static std::string refusal(const std::string& text, const xml::Limits& limits = {}) {
        return test::pushed(text, {}, limits).problem;
    }

    void says_where_and_what() {
        const auto says = [](const std::string& text, const std::string& what) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, what, refusal(text));
        };
        says("<a>\n <b></c></a>",
             "line 2, column 5: not well-formed XML: the end tag of \"b\" has another name");
        says("<a>\n\n", "line 3, column 1: not well-formed XML: the text ends before its root element does");
        says("", "line 1, column 1: not well-formed XML: the text has no element");
        says("<a><p:b/></a>", "line 1, column 4: not well-formed XML: the prefix \"p\" is not declared");
        says("<a b='1' b='2'/>",
             "line 1, column 1: not well-formed XML: an attribute stands twice in one tag");
        says("<a b='<'/>", "line 1, column 1: not well-formed XML: '<' in an attribute's value");
        says("<a>&b;</a>",
             "line 1, column 4: not well-formed XML: '&' begins neither a character nor one of the five "
             "predefined "
             "entities");
        says("<!DOCTYPE a><a/>", "line 1: a document type declaration (DTD) is not allowed");
        says("<?xml version='1.1'?><a/>", "line 1: the text is not XML 1.0");
        says("<a xmlns='http://['/>",
             "line 1, column 1: not well-formed XML: the namespace name \"http://[\" is no URI");
        says("<a>\xFF</a>",
             "line 1, column 4: not well-formed XML: a character that XML does not allow, or bytes that are "
             "not "
             "UTF-8");
        says("<a", "line 1, column 1: not well-formed XML: the text ends where \">\" should follow");
    }

    struct Placing final : Silent {
        void start(const xml::StartTag& tag) override { note(std::string(tag.local)); }
        void end(unsigned) override { note("/"); }
        void note(const std::string& what) {
            places +=
                what + std::to_string(parser->tag_begin()) + "-" + std::to_string(parser->tag_end()) + " ";
        }
        xml::PushParser* parser{nullptr};
        std::string places;
    };

    void knows_where_tags_lie() {
        const std::string text = "\xEF\xBB\xBF<a>\r\n<b c='>'/ ><d></d\n></a>";
        const std::string good = "\xEF\xBB\xBF<a>\r\n<b c='>'/><d></d\n></a>";
        CPPUNIT_ASSERT(!refusal(text).empty());
        const xml::Limits limits;
        for (const std::size_t piece : {std::size_t{1}, good.size()}) {
            Placing events;
            xml::PushParser parser(limits, events);
            events.parser = &parser;
            for (std::size_t at = 0; at < good.size(); at += piece)
                CPPUNIT_ASSERT(parser.feed(std::string_view(good).substr(at, piece)).has_value());
            CPPUNIT_ASSERT_EQUAL(std::string("a3-6 b8-18 /8-18 d18-21 /21-26 /26-30 "), events.places);
        }
    }

    struct Keeping final : Silent {
        void start(const xml::StartTag& tag) override {
            locals.push_back(tag.local.data());
            uris.push_back(tag.ns);
            for (const xml::AttributeEvent& attribute : tag.attributes)
                locals.push_back(attribute.local.data());
        }
        std::vector<const char*> locals;
        std::vector<const char*> uris;
    };

    void keeps_one_copy_of_a_name() {
        const xml::Limits limits;
        Keeping events;
        xml::PushParser parser(limits, events);
        CPPUNIT_ASSERT(
            parser.feed("<p:name xmlns:p='urn:u' xmlns:q='urn:u'><q:name name='' q:name=''/></p:name>")
                .has_value());
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, events.locals.size());
        for (const char* const local : events.locals) CPPUNIT_ASSERT(local == events.locals.front());
        CPPUNIT_ASSERT(events.uris.front() == events.uris.back());
        CPPUNIT_ASSERT(parser.name("urn:u") == events.uris.front());
    }

    struct Halting final : Silent {
        void start(const xml::StartTag& tag) override {
            ++starts;
            if (tag.local == "stop") parser->stop(ErrorCode::refused, "enough");
            if (tag.local == "halt") parser->halt();
        }
        void end(unsigned) override {
            if (++ends == halt_at_end) parser->halt();
        }
        void text(std::string_view, bool) override {
            if (halt_at_text) parser->halt();
        }
        xml::PushParser* parser{nullptr};
        int starts{0};
        int ends{0};
        int halt_at_end{0};
        bool halt_at_text{false};
    };

    void stops_where_it_is_told() {
        const xml::Limits limits;
        Halting events;
        xml::PushParser parser(limits, events);
        events.parser = &parser;
        const auto fed = parser.feed("<a>\n<stop/><b/></a>");
        CPPUNIT_ASSERT(fed.has_error() && parser.halted());
        CPPUNIT_ASSERT_EQUAL(std::string("line 2: enough"), fed.error().detail);
        CPPUNIT_ASSERT_EQUAL(2, events.starts);
        CPPUNIT_ASSERT_EQUAL(0, events.ends);
        CPPUNIT_ASSERT(parser.feed("<c/>").has_error());

        Halting quiet;
        xml::PushParser other(limits, quiet);
        quiet.parser = &other;
        CPPUNIT_ASSERT(other.feed("<a><halt></a>").has_value());
        CPPUNIT_ASSERT(other.feed("<c").has_value() && other.finish().has_value());
        CPPUNIT_ASSERT_EQUAL(2, quiet.starts);

        for (const std::string text :
             {"<a><b/><c/></a>", "<a><b></b><c/></a>", "<a>x<c/></a>", "<a><![CDATA[]]><c/></a>"}) {
            Halting last;
            xml::PushParser third(limits, last);
            last.parser = &third;
            last.halt_at_end = 1;
            last.halt_at_text = true;
            CPPUNIT_ASSERT_MESSAGE(text, third.feed(text).has_value() && third.finish().has_value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, text.find('b') == std::string::npos ? 1 : 2, last.starts);
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PushParserTest);
