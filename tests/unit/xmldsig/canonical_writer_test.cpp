// The streaming canonical form against libxml2's of a tree: a table of nasty documents and thousands of
// random ones, every element of each as apex, every method, cut everywhere.
#include "security/xmldsig/canonical_writer.hpp"

#include <random>

#include <cppunit/extensions/HelperMacros.h>

#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/canonical_tree.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/random_xml.hpp"

namespace hutong::security {

namespace {

class Text final : public OctetSink {
  public:
    void write(std::string_view octets) override { text.append(octets); }
    std::string text;
};

// Reads a document in pieces and writes the canonical form of one of its elements.
class Canonicalizer final : xml::ParserEvents {
  public:
    Canonicalizer(xml::Element apex, std::size_t number, const C14nMethod& method)
        : writer_(method, ancestry_of(apex), sink_), apex_(number) {}

    std::string run(std::string_view text, const std::vector<std::size_t>& cuts) {
        std::size_t at = 0;
        for (const std::size_t cut : cuts) {
            CPPUNIT_ASSERT(parser_.feed(text.substr(at, cut - at)).has_value());
            at = cut;
        }
        CPPUNIT_ASSERT(parser_.feed(text.substr(at)).has_value());
        CPPUNIT_ASSERT(parser_.finish().has_value());
        CPPUNIT_ASSERT(writer_.complete());
        return std::move(sink_.text);
    }

  private:
    bool inside() const { return depth_ > 0 && !writer_.complete(); }
    void start(const xml::StartTag& tag) override {
        if (seen_++ != apex_ && !inside()) return;
        ++depth_;
        writer_.start(tag);
    }
    void end(unsigned) override {
        if (inside()) writer_.end();
    }
    void text(std::string_view text, bool) override {
        if (inside()) writer_.text(text);
    }
    void comment() override {}
    void instruction() override {}

    Text sink_;
    CanonicalWriter writer_;
    const xml::Limits limits_;
    xml::PushParser parser_{limits_, *this};
    std::size_t apex_;
    std::size_t seen_{0};
    std::size_t depth_{0};
};

void collect(xml::Element element, std::vector<xml::Element>& all) {
    all.push_back(element);
    for (const xml::Element child : element.children()) collect(child, all);
}

std::vector<C14nMethod> methods() {
    const C14nAlgorithm* const exclusive = find_c14n_algorithm(names::exc_c14n);
    return {{exclusive, {}},
            {exclusive, {"a"}},
            {exclusive, {"#default"}},
            {exclusive, {"b", "#default", "a", "xml", "nobody", "a"}},
            {find_c14n_algorithm(names::c14n10), {}},
            {find_c14n_algorithm(names::c14n11), {}}};
}

const std::string ascii(5000, 'x');
const std::vector<std::string> table{
    "<r/>",
    "<r xmlns='u:d'><c xmlns=''><d xmlns='u:d'/><e/></c><c/></r>",
    "<a:r xmlns:a='u:1' xmlns:b='u:2'><b:c><a:d xmlns:a='u:3' a:x='1' b:x='2' x='3'/><a:e/></b:c></a:r>",
    "<r xmlns:a='u:z' xmlns:b='u:a' a:k='1' b:k='2' k='3' b:j='4' xml:space='preserve' xml:id='i' "
    "xml:lang='zh'>"
    "<c xml:lang='en' xml:foo='bar'><d xml:lang=''/></c></r>",
    // The same prefix bound to the same URI again, and to another and back.
    "<a:r xmlns:a='u:1'><a:c xmlns:a='u:1'><a:d xmlns:a='u:2'><a:e xmlns:a='u:1'/></a:d></a:c></a:r>",
    // Declared above and only used below.
    "<r xmlns:a='u:1' xmlns:b='u:2' xmlns='u:d'><c><d b:x='1'><e b:y='2'/></d><d b:x='1'/></c></r>",
    "<r>&amp;&lt;&gt;&quot;&apos;&#13;&#10;&#9;&#x7a0e;&#x1F600;</r>",
    "<r a='&amp;&lt;&gt;&quot;&apos;&#13;&#10;&#9; &#x1F600;\r\n\t x'/>",
    "<r>a\r\nb\rc\n\r\r\n</r>",
    "<r><![CDATA[a\r\nb\rc<&>\r]]><![CDATA[\n]]>\r<![CDATA[]]]]><![CDATA[>]]></r>",
    "<r><![CDATA[" + std::string(299, 'y') + "\r\n" + std::string(299, 'z') + "\r]]></r>",
    "<r><!-- a --><c>x<!-- b -->y</c><!----></r>",
    "<r>税务😀𠀀&#x20000;</r>",
    "<r>" + ascii + "&amp;" + ascii + "<c/>" + ascii + "\r\n</r>",
    "<r b='" + ascii + "'><c>" + std::string(15, 'x') + "&lt;" + std::string(16, 'y') + "&gt;</c></r>",
    "<r xmlns:a='u:1?x&amp;y'><a:c/></r>",
    "<r xmlns:a=\"u:it's\"><a:c/></r>",
    "<xml:r xml:a='1'><xml:c/></xml:r>",
    "<r><c  a = '1'\n></c\n><d\t/></r>",
    "<r xmlns:z='u:z' xmlns:y='u:y' xmlns:x='u:x'><x:c y:a='' z:a='' x:a=''/></r>",
    "<r xmlns:a='u:1' xmlns:aa='u:2' xmlns:A='u:3'><aa:c a:x='1' A:x='2'/></r>",
    "<r a-b='1' ab='2' a.b='3' a1='4' B='5'/>",
};

class CanonicalWriterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CanonicalWriterTest);
    CPPUNIT_TEST(writes_what_libxml2_writes);
    CPPUNIT_TEST(writes_many_names_and_long_ones);
    CPPUNIT_TEST(does_not_care_for_cuts);
    CPPUNIT_TEST(writes_random_documents);
    CPPUNIT_TEST(knows_relative_uris);
    CPPUNIT_TEST(knows_where_base_would_be_joined);
    CPPUNIT_TEST_SUITE_END();

    // Every element by every method; `cuts` gives where to cut.
    template <class Cuts>
    unsigned compare(const std::string& text, Cuts cuts) {
        const auto document = xml::parse(text);
        CPPUNIT_ASSERT_MESSAGE(text + (document.has_error() ? document.error().detail : ""),
                               document.has_value());
        std::vector<xml::Element> elements;
        collect(document->root(), elements);
        unsigned compared = 0;
        for (std::size_t i = 0; i < elements.size(); ++i)
            for (const C14nMethod& method : methods()) {
                if (needs_base_fixup(method, ancestry_of(elements[i]), elements[i])) continue;
                const std::string expected =
                    canonicalize(elements[i], method.algorithm->uri, method.inclusive).value();
                const std::string what = text + "\n" + std::string(method.algorithm->uri);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(what, expected, canonical_text(elements[i], method));
                CPPUNIT_ASSERT_EQUAL_MESSAGE(what, expected,
                                             Canonicalizer(elements[i], i, method).run(text, cuts()));
                ++compared;
            }
        return compared;
    }

    void writes_what_libxml2_writes() {
        for (const std::string& text : table) compare(text, [] { return std::vector<std::size_t>{}; });
    }
    // More names than a writer knows again, each open while the others come; the same local name with every
    // prefix and none; names of every length about the longest that it keeps.
    void writes_many_names_and_long_ones() {
        std::string open;
        std::string close;
        for (int i = 0; i < 60; ++i) {
            const std::string name = "n" + std::to_string(i);
            const std::string prefix = i % 3 == 0 ? "a:" : i % 3 == 1 ? "bb:" : "";
            open += "<" + prefix + name + " a:" + name + "='1' " + name + "='2'>x";
            close = "</" + prefix + name + ">y" + close;
        }
        const std::string declare = " xmlns:a='u:1' xmlns:bb='u:2'";
        std::string lengths;
        for (int round = 0; round < 2; ++round)
            for (std::size_t length = 1; length < 70; ++length) {
                const std::string name(length, 'n');
                for (const std::string prefix : {"a:", "bb:", ""})
                    lengths += "<" + prefix + name + " " + prefix + "k" + name + "='1'/>";
            }
        // Names in a buffer that is nearly full.
        std::string places;
        for (std::size_t length = 0; length < 100; ++length)
            places += "<a:name>" + std::string(3990 + length, 'x') + "<bb:other a:k='1'/></a:name>";
        for (const std::string& content : {open + close + open + close, lengths, places}) {
            const std::string text = "<r" + declare + ">" + content + "</r>";
            const auto document = xml::parse(text);
            CPPUNIT_ASSERT(document.has_value());
            for (const C14nMethod& method : methods()) {
                const std::string expected =
                    canonicalize(document->root(), method.algorithm->uri, method.inclusive).value();
                CPPUNIT_ASSERT_EQUAL(expected, canonical_text(document->root(), method));
                CPPUNIT_ASSERT_EQUAL(expected, Canonicalizer(document->root(), 0, method).run(text, {}));
            }
        }
    }
    void does_not_care_for_cuts() {
        for (const std::string& text : table) {
            if (text.size() > 4096) continue;
            const auto document = xml::parse(text);
            const C14nMethod method = methods().front();
            const std::string expected = canonical_text(document->root(), method);
            std::vector<std::size_t> everywhere;
            for (std::size_t cut = 0; cut <= text.size(); ++cut) {
                CPPUNIT_ASSERT_EQUAL_MESSAGE(text + "\ncut at " + std::to_string(cut), expected,
                                             Canonicalizer(document->root(), 0, method).run(text, {cut}));
                everywhere.push_back(cut);
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, expected,
                                         Canonicalizer(document->root(), 0, method).run(text, everywhere));
        }
    }
    void writes_random_documents() {
        unsigned compared = 0;
        for (unsigned seed = 1; seed <= 3000; ++seed) {
            const std::string text = test::RandomXml(seed).document();
            std::mt19937 random(seed);
            compared += compare(text, [&] {
                std::vector<std::size_t> cuts;
                for (std::size_t at = 0; seed % 3 != 0 && at < text.size();
                     at += 1 + random() % (seed % 3 == 1 ? 1 : 40))
                    cuts.push_back(at);
                return cuts;
            });
        }
        CPPUNIT_ASSERT(compared > 20000);
    }
    void knows_relative_uris() {
        for (const std::string uri : {"u:x", "urn:x", "http://x", "a+b.c-1:", "X:"})
            CPPUNIT_ASSERT_MESSAGE(uri, !is_relative_uri(uri));
        for (const std::string uri : {"x", "/x", "//x:1", "./a:b", "", "1a:b", "#x:y", "?a:b", "x/y:z"})
            CPPUNIT_ASSERT_MESSAGE(uri, is_relative_uri(uri));
        // libxml2 is of the same opinion.
        for (const std::string uri :
             {"u:x", "x", "/x", "//x:1", "./a:b", "a+b.c-1:", "#x:y", "x/y:z", "X:"}) {
            const auto document = xml::parse("<r xmlns:p='" + uri + "'/>");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(uri, is_relative_uri(uri),
                                         canonicalize(document->root(), names::exc_c14n).has_error());
        }
    }
    void knows_where_base_would_be_joined() {
        const auto document = xml::parse("<r xml:base='u:x'><c/></r>");
        const xml::Element root = document->root();
        for (const xml::Element apex : {root, root.first_child()}) {
            CPPUNIT_ASSERT(needs_base_fixup(methods().back(), ancestry_of(apex), apex));
            CPPUNIT_ASSERT(!needs_base_fixup(methods().front(), ancestry_of(apex), apex));
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CanonicalWriterTest);

}  // namespace

}  // namespace hutong::security
