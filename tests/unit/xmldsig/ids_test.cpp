// Which attribute is an Id, and when one is ambiguous.
#include "security/xmldsig/ids.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/xml/soap.hpp"

namespace hutong::security {

namespace {

class IdsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdsTest);
    CPPUNIT_TEST(knows_the_standard_ids);
    CPPUNIT_TEST(knows_no_others);
    CPPUNIT_TEST(takes_plain_ids_only_where_told);
    CPPUNIT_TEST(refuses_what_occurs_twice);
    CPPUNIT_TEST(lets_business_data_repeat_ids_until_one_is_named);
    CPPUNIT_TEST_SUITE_END();

    xml::Document document_;
    xml::Element body_;
    xml::Element timestamp_;

    // header and body content with the usual prefixes declared.
    Result<IdIndex> index(const std::string& header, const std::string& body = "") {
        auto parsed =
            xml::parse("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:u=\"" +
                       std::string(soap::ns_wsu) +
                       "\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
                       "xmlns:s1=\"urn:oasis:names:tc:SAML:1.0:assertion\" "
                       "xmlns:s2=\"urn:oasis:names:tc:SAML:2.0:assertion\" "
                       "xmlns:x=\"urn:x\"><e:Header><u:Timestamp Id=\"time\"/>" +
                       header + "</e:Header><e:Body Id=\"plain\">" + body + "</e:Body></e:Envelope>");
        CPPUNIT_ASSERT(parsed.has_value());
        document_ = std::move(*parsed);
        body_ = document_.root().children().back();
        timestamp_ = document_.root().first_child().first_child();
        const std::vector<xml::Element> plain_id{body_};
        return IdIndex::make(document_, plain_id, body_);
    }
    bool finds(const std::string& element, const std::string& id) {
        const auto ids = index(element);
        CPPUNIT_ASSERT_MESSAGE(element, ids.has_value());
        const auto found = ids->find(id);
        return found.has_value() && static_cast<bool>(*found);
    }

    void knows_the_standard_ids() {
        CPPUNIT_ASSERT(finds("<x:a u:Id=\"i\"/>", "i"));
        CPPUNIT_ASSERT(finds("<x:a xml:id=\"i\"/>", "i"));
        CPPUNIT_ASSERT(finds("<ds:KeyInfo Id=\"i\"/>", "i"));
        CPPUNIT_ASSERT(finds("<s1:Assertion AssertionID=\"i\"/>", "i"));
        CPPUNIT_ASSERT(finds("<s2:Assertion ID=\"i\"/>", "i"));
        // An Id written with a reference is the same Id.
        CPPUNIT_ASSERT(finds("<x:a u:Id=\"&#105;\"/>", "i"));
    }
    void knows_no_others() {
        for (const std::string element :
             {"<x:a Id=\"i\"/>", "<x:a ID=\"i\"/>", "<x:a id=\"i\"/>", "<x:a x:Id=\"i\"/>",
              "<ds:KeyInfo ID=\"i\"/>", "<s2:Assertion AssertionID=\"i\"/>", "<s2:Subject ID=\"i\"/>",
              "<x:a u:ID=\"i\"/>"})
            CPPUNIT_ASSERT_MESSAGE(element, !finds(element, "i"));
        CPPUNIT_ASSERT(!finds("", "nothing"));
    }
    void takes_plain_ids_only_where_told() {
        const auto ids = index("");
        CPPUNIT_ASSERT(ids->find("plain").value() == body_);
        CPPUNIT_ASSERT(!ids->find("time").value());
    }
    void refuses_what_occurs_twice() {
        for (const std::string attribute : {"Id", "ID", "id", "AssertionID", "u:Id", "xml:id", "x:Id"}) {
            CPPUNIT_ASSERT_MESSAGE(attribute,
                                   index("<x:a u:Id=\"i\"/><x:b " + attribute + "=\"i\"/>").has_error());
            CPPUNIT_ASSERT_MESSAGE(attribute,
                                   index("<x:a " + attribute + "=\"i\"/>", "<x:b Id=\"i\"/>").has_error());
            CPPUNIT_ASSERT_MESSAGE(attribute, index("", "<x:b " + attribute + "=\"plain\"/>").has_error());
        }
        CPPUNIT_ASSERT(index("", "<x:a u:Id=\"i\"/><x:b u:Id=\"i\"/>").has_error());
    }
    void lets_business_data_repeat_ids_until_one_is_named() {
        const auto ids = index("", "<x:a id=\"1\"/><x:b id=\"1\"/><x:c Id=\"1\"/>");
        CPPUNIT_ASSERT(ids.has_value());
        CPPUNIT_ASSERT(ids->find("1").has_error());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(IdsTest);

}  // namespace

}  // namespace hutong::security
