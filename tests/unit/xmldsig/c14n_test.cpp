// Canonical forms of subtrees, with the texts the standards prescribe.
#include "security/xmldsig/c14n.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

class C14nTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(C14nTest);
    CPPUNIT_TEST(exclusive);
    CPPUNIT_TEST(exclusive_with_inclusive_prefixes);
    CPPUNIT_TEST(inclusive);
    CPPUNIT_TEST(reads_prefix_lists);
    CPPUNIT_TEST_SUITE_END();

    const xml::Document document_ = xml::parse(
                                        "<n0:a xmlns:n0='u:0' xmlns:q='u:q' xmlns='u:d' xml:lang='zh'><n0:b "
                                        "c='2' b=\"&lt;&quot;'&#9;\" n0:a='1'>"
                                        "<!-- gone --><![CDATA[<&]]>\r\n<e/>&#13;税</n0:b></n0:a>")
                                        .value();
    const xml::Element b_ = document_.root().first_child();
    // Exclusive C14N 1.0 section 3; Canonical XML 1.0 section 2.3.
    const std::string inside =
        " b=\"&lt;&quot;'&#x9;\" c=\"2\" n0:a=\"1\">&lt;&amp;\n<e xmlns=\"u:d\"></e>&#xD;税</n0:b>";

    void exclusive() {
        CPPUNIT_ASSERT_EQUAL("<n0:b xmlns:n0=\"u:0\"" + inside, canonicalize(b_, names::exc_c14n).value());
    }
    void exclusive_with_inclusive_prefixes() {
        CPPUNIT_ASSERT_EQUAL("<n0:b xmlns:n0=\"u:0\" xmlns:q=\"u:q\"" + inside,
                             canonicalize(b_, names::exc_c14n, {"q"}).value());
    }
    void inclusive() {
        for (const auto method : {names::c14n10, names::c14n11}) {
            const std::string text = canonicalize(b_, method).value();
            CPPUNIT_ASSERT_MESSAGE(text,
                                   text.starts_with("<n0:b xmlns=\"u:d\" xmlns:n0=\"u:0\" xmlns:q=\"u:q\""));
            CPPUNIT_ASSERT_MESSAGE(text, text.find("xml:lang=\"zh\"") != std::string::npos);
        }
    }
    void reads_prefix_lists() {
        const auto method =
            xml::parse(
                "<m><ec:InclusiveNamespaces xmlns:ec='http://www.w3.org/2001/10/xml-exc-c14n#' "
                "PrefixList=' soap \n #default'/></m>")
                .value();
        CPPUNIT_ASSERT((inclusive_prefixes(method.root()) == std::vector<std::string>{"soap", "#default"}));
        CPPUNIT_ASSERT(inclusive_prefixes(xml::parse("<m/>")->root()).empty());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(C14nTest);

}  // namespace

}  // namespace hutong::security
