// Ids that could mean two elements, to us or to anybody behind us.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

void ids(Table& table) {
    for (const std::string attribute :
         {"wsu:Id", "Id", "ID", "id", "AssertionID", "xml:id", "x:Id", "x:id", "x:AssertionID"}) {
        const std::string element =
            "<f:fake xmlns:f=\"urn:f\" xmlns:x=\"urn:x\" " + attribute + "=\"Body\"/>";
        table.changed("duplicate Id as " + attribute + " in the Header", before("</soap:Header>", element),
                      "occurs more than once");
        table.changed("duplicate Id as " + attribute + " before it in Security",
                      before("<wsu:Timestamp", element), "occurs more than once");
        if (attribute == "wsu:Id")
            table.changed(
                "duplicate Id twice elsewhere",
                before("</soap:Header>",
                       "<f:a xmlns:f=\"urn:f\" wsu:Id=\"z\"/><f:b xmlns:f=\"urn:f\" wsu:Id=\"z\"/>"),
                "occurs more than once");
    }
    table.changed("ds:Id duplicate on KeyInfo", replace("<ds:KeyInfo>", "<ds:KeyInfo Id=\"Body\">"),
                  "occurs more than once");
    table.changed(
        "un-namespaced Id on a wrapped element",
        [](std::string text) {
            const std::string original = body_of(text);
            text = replaced(text, original, forged_body(""));
            return replaced(text, "</soap:Header>", replaced(original, "wsu:Id=", "Id=") + "</soap:Header>");
        },
        "points at nothing");
    table.changed("two different Ids on Body", replace("wsu:Id=\"Body\"", "wsu:Id=\"Body\" Id=\"Body\""),
                  "occurs more than once");
}

}  // namespace hutong::attack
