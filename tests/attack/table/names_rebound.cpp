// A prefix that stands in content only, bound to another namespace without touching what is digested.
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::transform;
using test::WssTemplate;
namespace names = security::names;

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
}

}  // namespace hutong::attack
