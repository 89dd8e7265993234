// Ids that could mean two elements, to us or to anybody behind us.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

void ids(Table& table) {
    const std::string namespaces =
        "xmlns:x=\"urn:x\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" "
        "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" ";
    for (const std::string attribute : {"wsu:Id", "Id", "ID", "id", "AssertionID", "xml:id", "x:Id", "x:ID",
                                        "x:id", "x:AssertionID", "saml:ID", "ds:Id", "wsu:id"}) {
        const std::string element = "<f:fake xmlns:f=\"urn:f\" " + namespaces + attribute + "=\"Body\"/>";
        table.changed("duplicate Id as " + attribute + " in the Header", before("</soap:Header>", element),
                      "occurs more than once");
        table.changed("duplicate Id as " + attribute + " before it in Security",
                      before("<wsu:Timestamp", element), "occurs more than once");
        // Where a backend's parser comes by before it comes to the Body; and in what is signed itself.
        table.changed("duplicate Id as " + attribute + " on the Envelope",
                      replace("<soap:Envelope ", "<soap:Envelope " + namespaces + attribute + "=\"TS\" "),
                      "occurs more than once");
        table.signed_so("duplicate Id as " + attribute + " in the Body",
                        plain([&](WssTemplate& m) { m.body = replaced(element, "=\"Body\"", "=\"TS\""); }),
                        // xml:id is an Id to xmlsec itself, which then signs the wrong element.
                        "occurs more than once|#TS does not fit");
        if (attribute == "wsu:Id")
            table.changed(
                "duplicate Id twice elsewhere",
                before("</soap:Header>",
                       "<f:a xmlns:f=\"urn:f\" wsu:Id=\"z\"/><f:b xmlns:f=\"urn:f\" wsu:Id=\"z\"/>"),
                "occurs more than once");
    }
    table.changed("ds:Id duplicate on KeyInfo", replace("<ds:KeyInfo>", "<ds:KeyInfo Id=\"Body\">"),
                  "occurs more than once");
    table
        .changed(
            "un-namespaced Id on a wrapped element",
            [](std::string text) {
                const std::string original = body_of(text);
                text = replaced(text, original, forged_body(""));
                return replaced(text, "</soap:Header>",
                                replaced(original, "wsu:Id=", "Id=") + "</soap:Header>");
            },
            "points at nothing")
        .handed_over = true;
    table.changed("two different Ids on Body", replace("wsu:Id=\"Body\"", "wsu:Id=\"Body\" Id=\"Body\""),
                  "occurs more than once");
}

}  // namespace hutong::attack
