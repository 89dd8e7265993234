// A prefix that stands in content only, bound to another namespace without touching what is digested.
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::transform;
using test::WssTemplate;
namespace names = security::names;

namespace {

// Values that are names because the service's contract says so.
void by_contract(Table& table) {
    const auto message = [](const std::string& order, const std::string& prefixes = {}) {
        return plain([&](WssTemplate& m) {
            m.body = "<po:order xmlns:po=\"urn:po\">" + order + "</po:order>";
            if (!prefixes.empty())
                m.references[1] =
                    reference("Body", transform(str(names::exc_c14n),
                                                "<ec:InclusiveNamespaces xmlns:ec=\"" + str(names::exc_c14n) +
                                                    "\" PrefixList=\"" + prefixes + "\"/>"));
        });
    };
    const auto row = [&](const std::string& name, WssTemplate made, Change change,
                         const std::string& reason) {
        table.add({.name = "by contract, " + name,
                   .message = std::move(made),
                   .change = std::move(change),
                   .reason = reason,
                   .setting = [](Receiver& r) {
                       r.values = {
                           .elements = {{"urn:po", "kind"}},
                           .attributes = {{"", "sort"}},
                           .types = {{"http://www.w3.org/2001/XMLSchema", "QName"}, {"urn:po", "Kind"}}};
                   }});
    };
    const Change rebound = replace("\"urn:t\"", "\"urn:forged\"");
    const std::string uncovered = "is a qualified name by the contract";
    const std::string element = "<po:kind xmlns:t=\"urn:t\">t:Fee</po:kind>";
    const std::string attribute = "<po:item xmlns:t=\"urn:t\" sort=\"t:Fee\"/>";
    const std::string typed =
        "<po:any xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:t=\"urn:t\" xsi:type=\"";
    // Whoever signs so has signed no meaning, bound anew or not.
    row("a value", message(element), {}, uncovered);
    row("an attribute's value", message(attribute), {}, uncovered);
    row("a list's last value", message("<po:kind xmlns:t=\"urn:t\">po:Fee\n t:Fee</po:kind>"), {}, uncovered);
    row("a value of no prefix", message("<po:kind xmlns=\"urn:t\">Fee</po:kind>"), {}, uncovered);
    row("a value of xsi:type xs:QName", message(typed + "xs:QName\">t:Fee</po:any>"), {}, uncovered);
    row("a value of the contract's own type", message(typed + "po:Kind\">t:Fee</po:any>"), {}, uncovered);
    row("a prefix bound anew between where it is shown and where it is used",
        message("<t:by xmlns:t=\"urn:t\"><po:kind xmlns:t=\"urn:x\">t:Fee</po:kind></t:by>"), {}, uncovered);
    row("a value whose prefix is declared at the Body", plain([&](WssTemplate& m) {
            m.body_attributes += " xmlns:t=\"urn:t\"";
            m.body = "<po:order xmlns:po=\"urn:po\"><po:kind>t:Fee</po:kind></po:order>";
        }),
        {}, uncovered);
    row("control: a listed prefix", message(element, "t"), {}, "");
    row("a listed prefix bound anew", message(element, "t"), rebound, "#Body does not fit");
    row("a listed prefix of an attribute's value bound anew", message(attribute, "t"), rebound,
        "#Body does not fit");
    row("control: a prefix that an element around uses",
        message("<t:by xmlns:t=\"urn:t\"><po:kind>t:Fee</po:kind></t:by>"), {}, "");
    row("a prefix that an element around uses, bound anew below it",
        message("<t:by xmlns:t=\"urn:t\"><po:kind>t:Fee</po:kind></t:by>"),
        replace("<po:kind>", "<po:kind xmlns:t=\"urn:forged\">"), uncovered);
    row("control: a value of no name that the contract knows",
        message("<po:other xmlns:t=\"urn:t\">t:Fee</po:other>"), {}, "");
}

}  // namespace

void names_rebound(Table& table) {
    const std::string typed =
        "<po:order xmlns:po=\"urn:po\" xmlns:t=\"urn:types\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><po:item xsi:type=\"t:Fee\">1</po:item>"
        "</po:order>";
    const auto with_list = [&](const std::string& prefixes) {
        return plain([&](WssTemplate& m) {
            m.body = typed;
            m.references[1] = reference(
                "Body",
                transform(str(names::exc_c14n), "<ec:InclusiveNamespaces xmlns:ec=\"" + str(names::exc_c14n) +
                                                    "\" PrefixList=\"" + prefixes + "\"/>"));
        });
    };
    // Exclusive canonicalisation leaves xmlns:t out, so what "t:Fee" means is anybody's to say.
    table.signed_so("xsi:type under exclusive canonicalisation",
                    plain([&](WssTemplate& m) { m.body = typed; }), "xsi:type");
    table.signed_so("xsi:type, a list of other prefixes", with_list("soap wsa"), "xsi:type");
    table.signed_so("xsi:type by a default namespace that is not in the list", plain([&](WssTemplate& m) {
                        m.body =
                            "<po:order xmlns:po=\"urn:po\" xmlns=\"urn:types\" "
                            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Fee\"/>";
                    }),
                    "xsi:type");
    table.control("xsi:type with its prefix in InclusiveNamespaces", with_list("t"));
    table.changed("a listed prefix bound anew", replace("urn:types", "urn:forged"), "#Body does not fit",
                  with_list("t"));
    table.control(
        "xsi:type with a prefix that elements use", plain([&](WssTemplate& m) {
            m.body =
                "<po:order xmlns:po=\"urn:po\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "xsi:type=\"po:Fee\"/>";
        }));
    table.control(
        "xsi:type of XML Schema's own types", plain([&](WssTemplate& m) {
            m.body =
                "<po:order xmlns:po=\"urn:po\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
                "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">1</po:order>";
        }));
    table.control("xsi:type under inclusive canonicalisation", plain([&](WssTemplate& m) {
                      m.body = typed;
                      m.references[1] = reference("Body", transform(str(names::c14n10)));
                  }));
    by_contract(table);
}

}  // namespace hutong::attack
