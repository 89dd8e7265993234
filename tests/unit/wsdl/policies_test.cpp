// Policies of a contract: which ones are attached where, and how published ones take their place.
#include "contracts.hpp"
#include "wsdl/publish/publisher.hpp"

namespace hutong::wsdl::test {

class PoliciesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PoliciesTest);
    CPPUNIT_TEST(attached_policies_are_found_with_their_direction);
    CPPUNIT_TEST(references_are_followed_and_dead_ones_told);
    CPPUNIT_TEST(published_ones_are_attached);
    CPPUNIT_TEST(replaced_assertions_go_and_the_rest_stays);
    CPPUNIT_TEST(documentation_stays_first);
    CPPUNIT_TEST(published_twice_keeps_ids_apart);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* address = "https://gw.example/services/gs/company";
    static constexpr const char* wsp = "xmlns:p='http://www.w3.org/ns/ws-policy'";
    static constexpr const char* wsu =
        "xmlns:u='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'";

    static PublishedPolicies ours() {
        const auto policy = [](const std::string& name) {
            return "<wsp:Policy xmlns:wsp=\"http://www.w3.org/ns/ws-policy\"><" + name +
                   " xmlns=\"urn:sec\"/></wsp:Policy>";
        };
        return {policy("binding"), policy("in"), policy("out"), {"urn:sec"}};
    }
    static std::string published(const std::string& text) {
        const Bundle bundle = bundle_of(text);
        auto documents = publish(bundle, described(bundle), {address, ours()});
        CPPUNIT_ASSERT_MESSAGE(documents ? "" : documents.error().detail, documents.has_value());
        return documents->at("wsdl");
    }
    static std::size_t count(const std::string& text, const std::string& word) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++found;
        return found;
    }

    // A policy of its own, one on the input by reference, one inline on the port.
    static std::string with_policies() {
        std::string text = with(good_wsdl, "  <wsdl:types>",
                                "<p:Policy " + std::string(wsp) + " " + wsu +
                                    " u:Id='in'><p:ExactlyOne><p:All><x:Seal xmlns:x='urn:sec'><p:Policy/>"
                                    "</x:Seal><y:Mtom xmlns:y='urn:other'/></p:All></p:ExactlyOne></p:Policy>"
                                    "<wsdl:types>");
        text = with(text, "<wsdl:input><soap:header",
                    "<wsdl:input><p:PolicyReference " + std::string(wsp) + " URI='#in'/><soap:header");
        return with(text, "      <soap:address",
                    "<p:Policy " + std::string(wsp) + "><z xmlns='urn:sec'/></p:Policy><soap:address");
    }

  public:
    void attached_policies_are_found_with_their_direction() {
        const Description description = described(bundle_of(with_policies()));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, description.policies.size());
        const AttachedPolicy& input = description.policies[0];
        CPPUNIT_ASSERT(input.scope == AttachedPolicy::Scope::request);
        CPPUNIT_ASSERT_EQUAL(std::string("#in"), input.reference);
        CPPUNIT_ASSERT(input.expression.find("Seal") != std::string::npos);
        CPPUNIT_ASSERT(xml::parse(input.expression).has_value());
        CPPUNIT_ASSERT(description.policies[1].scope == AttachedPolicy::Scope::both);
        CPPUNIT_ASSERT(description.policies[1].place.line > input.place.line);
        CPPUNIT_ASSERT(described(bundle_of(good_wsdl)).policies.empty());
    }

    void references_are_followed_and_dead_ones_told() {
        // Two that refer to each other, by PolicyURIs and inside an expression.
        std::string text =
            with(good_wsdl, "  <wsdl:types>",
                 "<p:Policy " + std::string(wsp) + " " + wsu +
                     " u:Id='a'><p:PolicyReference URI='#b'/></p:Policy><p:Policy " + wsp + " " + wsu +
                     " u:Id='b'><p:PolicyReference URI='#a'/></p:Policy><wsdl:types>");
        text = with(text, "<wsdl:portType ",
                    "<wsdl:portType " + std::string(wsp) + " p:PolicyURIs='#a http://away.example/p' ");
        const auto policies = described(bundle_of(text)).policies;
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, policies.size());
        CPPUNIT_ASSERT_EQUAL(std::string("#b"), policies[1].reference);
        CPPUNIT_ASSERT(!policies[1].expression.empty());
        CPPUNIT_ASSERT_EQUAL(std::string("http://away.example/p"), policies[2].reference);
        CPPUNIT_ASSERT(policies[2].expression.empty());
    }

    void published_ones_are_attached() {
        const std::string text = published(good_wsdl);
        for (const char* id : {"HutongBinding", "HutongRequest", "HutongResponse"})
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, std::string("wsu:Id=\"") + id + "\""));
        const Description description = described(bundle_of(text));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, description.policies.size());
        CPPUNIT_ASSERT(description.policies[0].expression.find("<binding") != std::string::npos);
        CPPUNIT_ASSERT(description.policies[1].scope == AttachedPolicy::Scope::request);
        CPPUNIT_ASSERT(description.policies[1].expression.find("<in") != std::string::npos);
        CPPUNIT_ASSERT(description.policies[2].scope == AttachedPolicy::Scope::response);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, count(text, "URI=\"#HutongResponse\""));  // output and fault
        CPPUNIT_ASSERT(description.usable());
        CPPUNIT_ASSERT(text.find("<wsdl:input><wsp:PolicyReference") != std::string::npos);
    }

    void replaced_assertions_go_and_the_rest_stays() {
        const std::string text = published(with_policies());
        CPPUNIT_ASSERT(text.find("urn:sec'") == std::string::npos);
        CPPUNIT_ASSERT(text.find("Seal") == std::string::npos);
        CPPUNIT_ASSERT(text.find("<p:All><y:Mtom xmlns:y='urn:other'/></p:All>") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, "URI='#in'"));
        CPPUNIT_ASSERT(described(bundle_of(text)).usable());
    }

    void documentation_stays_first() {
        std::string text = with(good_wsdl, "    <soap:binding ",
                                "<wsdl:documentation>为 <b/></wsdl:documentation><soap:binding ");
        text = with(text, "<wsdl:output><soap:body use=\"literal\"/></wsdl:output>", "<wsdl:output/>");
        text = published(text);
        CPPUNIT_ASSERT(text.find("</wsdl:documentation><wsp:PolicyReference") != std::string::npos);
        CPPUNIT_ASSERT(text.find("<wsdl:output><wsp:PolicyReference") != std::string::npos);
        CPPUNIT_ASSERT(xml::parse(text).has_value());
    }

    void published_twice_keeps_ids_apart() {
        const std::string text = published(published(good_wsdl));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, "wsu:Id=\"HutongBinding\""));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, "wsu:Id=\"HutongBinding-\""));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, "<binding xmlns=\"urn:sec\"/>"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PoliciesTest);

}  // namespace hutong::wsdl::test
