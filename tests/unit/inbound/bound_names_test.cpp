// Names in values that the contract says are names: bound by what was signed, or refused; by both readers.
#include "security/xmldsig/bound_names.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

class Nothing final : public ReadingEvents {
    bool at_header(const soap::Layout&, const Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

class BoundNamesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BoundNamesTest);
    CPPUNIT_TEST(names_must_be_bound_by_what_is_signed);
    CPPUNIT_TEST(only_where_the_contract_says_so);
    CPPUNIT_TEST(names_without_a_prefix);
    CPPUNIT_TEST(lists_and_attributes);
    CPPUNIT_TEST(types_that_the_message_names);
    CPPUNIT_TEST(header_blocks);
    CPPUNIT_TEST(endless_values);
    CPPUNIT_TEST_SUITE_END();

    const test::Identity agency{test::signer_recipe("agency")};
    xml::QNameValues values{.elements = {{"", "kind"}, {"urn:po", "kind"}},
                            .attributes = {{"", "sort"}},
                            .types = {{"http://www.w3.org/2001/XMLSchema", "QName"}, {"urn:po", "Kind"}}};

    // The message with this order, and this list of prefixes; some text is put in after signing.
    std::string message(const std::string& order, const std::string& prefixes = {},
                        const std::string& headers = {}) const {
        test::WssTemplate made = test::template_for(agency);
        made.body = "<po:order xmlns:po=\"urn:po\">" + order + "</po:order>";
        made.headers = headers;
        if (!headers.empty()) made.references.push_back(test::reference("H"));
        if (!prefixes.empty())
            made.references[1] = test::reference(
                "Body", test::transform(std::string(names::exc_c14n),
                                        "<ec:InclusiveNamespaces xmlns:ec=\"" + std::string(names::exc_c14n) +
                                            "\" PrefixList=\"" + prefixes + "\"/>"));
        test::ForeignSigner signer;
        signer.add("m", made.text(), agency.key_pem());
        signer.run();
        return signer.signed_message("m");
    }
    std::string judged(const std::string& text, bool with_contract = true) const {
        const MessagePolicy policy;
        const config::Security options;
        const xml::Limits limits;
        Nothing events;
        ReaderInput input{&policy, test::test_time(), &events, nullptr};
        if (with_contract) input.values = &values;
        std::vector<std::string> answers;
        for (const auto make : {make_streaming_reader, make_tree_reader}) {
            const auto reader = make(options, limits, input);
            auto reading = reader->feed(text);
            if (reading && *reading == Reading::more) reading = reader->finish();
            CPPUNIT_ASSERT_MESSAGE(text, reading.has_value() && *reading != Reading::outside_profile);
            const Verdict verdict = reader->verdict();
            answers.push_back(verdict.has_error() ? verdict.error().reason : "accepted");
        }
        CPPUNIT_ASSERT_EQUAL(answers[1], answers[0]);
        return answers[0];
    }
    static std::string not_covered(const std::string& name) {
        return "the signature does not cover what the prefix of \"" + name +
               "\" stands for, which is a qualified name by the contract; list it in InclusiveNamespaces";
    }
    static std::string changed(std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        CPPUNIT_ASSERT_MESSAGE(text, at != std::string::npos);
        return text.replace(at, from.size(), to);
    }
    const std::string accepted{"accepted"};

    void names_must_be_bound_by_what_is_signed() {
        const std::string open = message("<po:kind xmlns:t=\"urn:t\">t:small</po:kind>");
        CPPUNIT_ASSERT_EQUAL(not_covered("t:small"), judged(open));
        // Which is why: the signature is as good over another name.
        const std::string bound_anew = changed(open, "\"urn:t\"", "\"urn:x\"");
        CPPUNIT_ASSERT_EQUAL(accepted, judged(bound_anew, false));
        CPPUNIT_ASSERT_EQUAL(not_covered("t:small"), judged(bound_anew));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:kind>po:small</po:kind>")));
        CPPUNIT_ASSERT_EQUAL(accepted,
                             judged(message("<t:by xmlns:t=\"urn:t\"><po:kind> t:small </po:kind></t:by>")));
        const std::string listed = message("<po:kind xmlns:t=\"urn:t\">t:small</po:kind>", "t");
        CPPUNIT_ASSERT_EQUAL(accepted, judged(listed));
        CPPUNIT_ASSERT(judged(changed(listed, "\"urn:t\"", "\"urn:x\"")).find("digest") != std::string::npos);
        // Bound anew between where it is shown and where it is used.
        CPPUNIT_ASSERT_EQUAL(
            not_covered("t:small"),
            judged(message("<t:by xmlns:t=\"urn:t\"><po:kind xmlns:t=\"urn:x\">t:small</po:kind></t:by>")));
    }

    void only_where_the_contract_says_so() {
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:other xmlns:t=\"urn:t\">t:small</po:other>")));
        CPPUNIT_ASSERT_EQUAL(accepted,
                             judged(message("<t:kind xmlns:t=\"urn:t\" xmlns:u=\"urn:u\">u:x</t:kind>")));
        // Not a name, or none that anything stands for.
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:kind>http://a</po:kind>")));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:kind/>")));
        // What holds elements is another thing of the same name.
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:kind xmlns:t=\"urn:t\">t:x<po:a/></po:kind>")));
        CPPUNIT_ASSERT_EQUAL(not_covered("t:x"),
                             judged(message("<po:kind xmlns:t=\"urn:t\"><po:kind>t:x</po:kind></po:kind>")));
    }

    void names_without_a_prefix() {
        CPPUNIT_ASSERT_EQUAL(not_covered("small"), judged(message("<po:kind>small</po:kind>")));
        CPPUNIT_ASSERT_EQUAL(not_covered("small"),
                             judged(message("<po:kind xmlns=\"urn:t\">small</po:kind>")));
        CPPUNIT_ASSERT_EQUAL(accepted,
                             judged(message("<po:kind xmlns=\"urn:t\">small</po:kind>", "#default")));
        // The element itself shows it.
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<kind>small</kind>")));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<kind xmlns=\"urn:po\">small</kind>")));
        CPPUNIT_ASSERT_EQUAL(accepted,
                             judged(message("<kind xmlns=\"urn:po\"><po:kind>small</po:kind></kind>")));
    }

    void lists_and_attributes() {
        CPPUNIT_ASSERT_EQUAL(not_covered("t:b"),
                             judged(message("<po:kind xmlns:t=\"urn:t\">po:a\n t:b po:c</po:kind>")));
        CPPUNIT_ASSERT_EQUAL(not_covered("t:b"), judged(message("<po:x xmlns:t=\"urn:t\" sort=\"t:b\"/>")));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:x sort=\"po:b\"/>")));
        CPPUNIT_ASSERT_EQUAL(accepted,
                             judged(message("<po:x xmlns:t=\"urn:t\" t:sort=\"t:b\" t:other=\"po:b\"/>")));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:x xmlns:t=\"urn:t\" t:a=\"\" sort=\"t:b\"/>")));
    }

    void types_that_the_message_names() {
        const std::string xs =
            " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:t=\"urn:t\" xsi:type=";
        CPPUNIT_ASSERT_EQUAL(not_covered("t:b"),
                             judged(message("<po:any" + xs + "\"xs:QName\">t:b</po:any>")));
        CPPUNIT_ASSERT_EQUAL(not_covered("t:b"),
                             judged(message("<po:any" + xs + "\" po:Kind \">t:b</po:any>")));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("<po:any" + xs + "\"xs:string\">t:b</po:any>")));
    }

    void header_blocks() {
        const std::string block = "<po:kind xmlns:po=\"urn:po\" xmlns:t=\"urn:t\" wsu:Id=\"H\">";
        CPPUNIT_ASSERT_EQUAL(not_covered("t:b"), judged(message("", "", block + "t:b</po:kind>")));
        CPPUNIT_ASSERT_EQUAL(accepted, judged(message("", "", block + "po:b</po:kind>")));
    }

    void endless_values() {
        const std::string much(70000, ' ');
        const std::string text = message("<po:kind>po:a" + much + "</po:kind>");
        const MessagePolicy policy;
        const config::Security options;
        Nothing events;
        ReaderInput input{&policy, test::test_time(), &events, nullptr};
        input.values = &values;
        const xml::Limits limits;
        const auto reader = make_streaming_reader(options, limits, input);
        CPPUNIT_ASSERT(reader->feed(text).value() == Reading::stopped);
        CPPUNIT_ASSERT(reader->verdict().error().reason.find("longer than 65536 bytes") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BoundNamesTest);

}  // namespace

}  // namespace hutong::security
