// What breaks between two contracts: the types of what travels.
#include "diff_contracts.hpp"

namespace hutong::wsdl::test {
namespace {

class DiffTypesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DiffTypesTest);
    CPPUNIT_TEST(elements_of_requests);
    CPPUNIT_TEST(elements_of_answers);
    CPPUNIT_TEST(a_type_of_both_ways_breaks_each_in_its_own);
    CPPUNIT_TEST(values_become_fewer_or_more);
    CPPUNIT_TEST(built_in_types_are_ordered);
    CPPUNIT_TEST(attributes_count_as_elements_do);
    CPPUNIT_TEST(order_and_choice);
    CPPUNIT_TEST(branches_of_a_choice_have_no_order);
    CPPUNIT_TEST(items_and_members_are_compared);
    CPPUNIT_TEST_SUITE_END();

  public:
    void elements_of_requests() {
        const std::string name = R"(<xs:element name="name" type="xs:string"/>)";
        const std::string find = R"(<xs:element name="Find" type="xs:string"/>)";
        const auto inside = [&](const std::string& content) {
            return bundle(with(office, find,
                               "<xs:element name=\"Find\"><xs:complexType><xs:sequence>" + content +
                                   "</xs:sequence></xs:complexType></xs:element>"));
        };
        const Bundle before = inside(name);
        expect_between(before, inside(""), {"request Find request /Find/name: element removed"});
        expect_between(before, inside(name + R"(<xs:element name="year" type="xs:int"/>)"),
                       {"request Find request /Find/year: new mandatory element"});
        expect_between(before, inside(name + R"(<xs:element name="year" type="xs:int" minOccurs="0"/>)"),
                       {"no Find request /Find/year: new optional element"});
        const Bundle optional = inside(with(name, "/>", " minOccurs=\"0\" nillable=\"true\"/>"));
        expect_between(optional, before,
                       {"request Find request /Find/name: element made mandatory",
                        "request Find request /Find/name: must not be nil any more"});
        expect_between(before, optional,
                       {"no Find request /Find/name: element made optional",
                        "no Find request /Find/name: may be nil now"});
        const Bundle many = inside(with(name, "/>", " maxOccurs=\"unbounded\"/>"));
        expect_between(many, before,
                       {"request Find request /Find/name: may come once, not any number of times"});
        expect_between(before, many, {"no Find request /Find/name: may come any number of times, not once"});
        expect_between(before, bundle(office),
                       {"request Find request /Find: has text instead of content",
                        "request Find request /Find/name: element removed"});
    }

    void elements_of_answers() {
        const std::string until = R"(<xs:element name="until" type="xs:date"/>)";
        const auto answer = [&](const std::string& instead) { return bundle(with(office, until, instead)); };
        expect(answer(""), {"answer Register answer /RegisterResponse/until: element removed"});
        expect(answer(with(until, "/>", " minOccurs=\"0\"/>")),
               {"answer Register answer /RegisterResponse/until: element made optional"});
        expect_between(answer(with(until, "/>", " minOccurs=\"0\"/>")), bundle(office),
                       {"no Register answer /RegisterResponse/until: element made mandatory"});
        expect(answer(with(until, "/>", " maxOccurs=\"2\"/>")),
               {"answer Register answer /RegisterResponse/until: may come 2 times, not once"});
        expect(answer(with(until, "/>", " nillable=\"true\"/>")),
               {"answer Register answer /RegisterResponse/until: may be nil now"});
        expect(answer(until + R"(<xs:element name="fee" type="xs:int" minOccurs="0"/>)"),
               {"no Register answer /RegisterResponse/fee: new optional element"});
        expect(answer(until + R"(<xs:element name="fee" type="xs:int"/>)"),
               {"answer Register answer /RegisterResponse/fee: new mandatory element"});
        expect(answer(until + "<xs:any minOccurs=\"0\"/>"),
               {"answer Register answer /RegisterResponse: any further element is possible now"});
    }

    // The base type of an extension, which both messages hold, and which holds itself.
    void a_type_of_both_ways_breaks_each_in_its_own() {
        const std::string born = R"(<xs:element name="born" type="xs:date" minOccurs="0"/>)";
        expect(bundle(with(office, born, with(born, " minOccurs=\"0\"", ""))),
               {"no Find answer /FindResponse/company/born: element made mandatory",
                "no Find answer /FindResponse/company/child/born: element made mandatory",
                "request Register request /Register/company/born: element made mandatory",
                "request Register request /Register/company/child/born: element made mandatory"});
    }

    void values_become_fewer_or_more() {
        const std::string shop = "<xs:enumeration value=\"shop\"/>";
        expect(bundle(office, with(kinds, shop, "")),
               {"no Find answer /FindResponse/company/kind: values removed: shop",
                "request Register request /Register/company/kind: values removed: shop"});
        expect(bundle(office, with(kinds, "<xs:enumeration value=\"done\"/>",
                                   "<xs:enumeration value=\"done\"/><xs:enumeration value=\"lost\"/>")),
               {"answer Register answer /RegisterResponse/state: values added: lost"});
        const std::string number = "answer Register answer /RegisterResponse/number: ";
        expect(bundle(office, with(kinds, "\"18\"", "\"20\"")), {number + "maxLength was 18 and is 20"});
        expect(bundle(office, with(kinds, "\"18\"", "\"9\"")),
               {"no" + number.substr(6) + "maxLength was 18 and is 9"});
        expect(bundle(office, with(kinds, "[0-9A-Z]+", "[0-9]+")),
               {number + "pattern was [0-9A-Z]+ and is [0-9]+"});
        expect(bundle(office, with(kinds, "<xs:maxLength value=\"18\"/>", "")),
               {number + "maxLength 18 is gone"});
    }

    void built_in_types_are_ordered() {
        const std::string find = R"(<xs:element name="Find" type="xs:string"/>)";
        const auto type = [&](const char* name) {
            return bundle(with(office, find, with(find, "xs:string", name)));
        };
        const std::string place = " Find request /Find: the type was ";
        expect_between(type("xs:long"), type("xs:int"), {"request" + place + "xs:long and is xs:int"});
        expect_between(type("xs:int"), type("xs:long"), {"no" + place + "xs:int and is xs:long"});
        expect_between(type("xs:int"), type("xs:string"), {"no" + place + "xs:int and is xs:string"});
        expect_between(type("xs:string"), type("xs:int"), {"request" + place + "xs:string and is xs:int"});
        expect_between(type("xs:int"), type("xs:date"), {"request" + place + "xs:int and is xs:date"});
        expect(bundle(office, with(kinds, "base=\"xs:int\"", "base=\"xs:long\"")),
               {"answer Find answer /FindResponse/company/capital: the type was xs:int and is xs:long",
                "no Register request /Register/company/capital: the type was xs:int and is xs:long"});
    }

    void attributes_count_as_elements_do() {
        const std::string currency = R"(<xs:attribute name="currency" type="xs:string" use="required"/>)";
        expect(bundle(office, with(kinds, " use=\"required\"", "")),
               {"answer Find answer /FindResponse/company/capital/@currency: attribute made optional",
                "no Register request /Register/company/capital/@currency: attribute made optional"});
        expect(bundle(office, with(kinds, currency, "")),
               {"answer Find answer /FindResponse/company/capital/@currency: attribute removed",
                "request Register request /Register/company/capital/@currency: attribute removed"});
    }

    void order_and_choice() {
        const std::string until = R"(<xs:element name="until" type="xs:date"/>)";
        const std::string state = R"(<xs:element name="state" type="t:State"/>)";
        const std::string swapped =
            with(with(with(office, until, "<!-- -->"), state, until), "<!-- -->", state);
        expect(bundle(swapped),
               {"answer Register answer /RegisterResponse: its elements come in another order"});
        const std::string choice = R"(<xs:choice><xs:element name="phone" type="xs:string"/>)"
                                   R"(<xs:element name="mail" type="xs:string"/></xs:choice>)";
        const Bundle both =
            bundle(with(office, choice, with(with(choice, "<xs:choice>", ""), "</xs:choice>", "")));
        expect_between(
            both, bundle(office),
            {"answer Find answer /FindResponse/company/mail: element made optional",
             "answer Find answer /FindResponse/company/phone: element made optional",
             "no Find answer /FindResponse/company/mail: is one of a choice now, which excludes the others",
             "no Find answer /FindResponse/company/phone: is one of a choice now, which excludes the others",
             "no Register request /Register/company/mail: element made optional",
             "no Register request /Register/company/phone: element made optional",
             "request Register request /Register/company/mail: is one of a choice now, which excludes the "
             "others",
             "request Register request /Register/company/phone: is one of a choice now, which excludes the "
             "others"});
    }

    void branches_of_a_choice_have_no_order() {
        const auto state = [&](const std::string& content) {
            return bundle(with(office, R"(<xs:element name="state" type="t:State"/>)", content));
        };
        const auto one = [](const std::string& name) {
            return "<xs:element name=\"" + name + "\" type=\"xs:int\"/>";
        };
        const auto choice = [](const std::string& content, const std::string& times = "") {
            return "<xs:choice" + times + ">" + content + "</xs:choice>";
        };
        const auto group = [](const std::string& content) {
            return "<xs:sequence>" + content + "</xs:sequence>";
        };
        const std::string a = one("a"), b = one("b"), c = one("c"), often = " maxOccurs=\"9\"";
        expect_between(state(choice(a + b + c)), state(choice(c + a + b)), {});
        expect_between(state(choice(a + b, often)), state(choice(b + a, often)), {});
        expect_between(state(choice(group(a + b) + c)), state(choice(c + group(a + b))), {});
        const std::string other =
            "answer Register answer /RegisterResponse: its elements come in another order";
        expect_between(state(choice(group(a + b) + c)), state(choice(c + group(b + a))), {other});
        expect_between(state(choice(a + b) + c), state(c + choice(a + b)), {other});
        expect_between(state(group(choice(a + b) + c)), state(group(choice(b + a)) + c), {});
    }

    void items_and_members_are_compared() {
        const std::string number = R"(<xs:maxLength value="18"/><xs:pattern value="[0-9A-Z]+"/>)";
        const auto type = [&](const std::string& content, const std::string& more = "") {
            const std::string plain = R"(<xs:simpleType name="Number"><xs:restriction base="xs:string">
    )" + number + "</xs:restriction></xs:simpleType>";
            return bundle(
                office,
                with(kinds, plain, more + "<xs:simpleType name=\"Number\">" + content + "</xs:simpleType>"));
        };
        const auto item = [](const std::string& name, const std::string& most) {
            return "<xs:simpleType" + name + "><xs:restriction base=\"xs:string\"><xs:maxLength value=\"" +
                   most + "\"/></xs:restriction></xs:simpleType>";
        };
        const std::string place = "answer Register answer /RegisterResponse/number: ";
        const std::string named = "<xs:list itemType=\"Item\"/>",
                          both = "<xs:union memberTypes=\"xs:date Item\"/>";
        const std::string changed = "maxLength was 5 and is 9";
        expect_between(type(named, item(" name=\"Item\"", "5")), type(named, item(" name=\"Item\"", "9")),
                       {place + "of its items, " + changed});
        const std::string five = "<xs:list>" + item("", "5") + "</xs:list>";
        expect_between(type(five), type("<xs:list>" + item("", "9") + "</xs:list>"),
                       {place + "of its items, " + changed});
        expect_between(type(named, item(" name=\"Item\"", "5")), type(five), {});
        expect_between(type(both, item(" name=\"Item\"", "5")), type(both, item(" name=\"Item\"", "9")),
                       {place + "of a member of the union, " + changed});
        expect_between(type("<xs:union>" + item("", "5") + "</xs:union>"),
                       type("<xs:union>" + item("", "5") + item("", "5") + "</xs:union>"),
                       {place + "the type was a union of 1 types and is a union of 2 types"});
        const std::string self = "<xs:union memberTypes=\"Number Number\"/>";
        const auto endless = changes_between(type(self), type(self)).value();
        CPPUNIT_ASSERT(endless.size() == 1 && breaks_any(endless));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DiffTypesTest);

}  // namespace
}  // namespace hutong::wsdl::test
