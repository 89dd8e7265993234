// A ds:Signature or Security header of another shape than the standard's, or with something hidden in it.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::WssTemplate;

void shape(Table& table) {
    table.changed("second Security header, empty",
                  after("</wsse:Security>", "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) + "\"/>"),
                  "more than one Security header");
    table.changed(
        "second Security header, for the next node",
        after("</wsse:Security>", "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) +
                                      "\" soap:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"/>"),
        "more than one Security header");
    table.changed(
        "second signature",
        [](std::string text) {
            return replaced(text, "</wsse:Security>", signature_of(text) + "</wsse:Security>");
        },
        "the same signature twice");
    table.changed(
        "second SignedInfo",
        [](std::string text) {
            const std::string info = piece(text, "<ds:SignedInfo>", "</ds:SignedInfo>");
            return replaced(text, info, info + info);
        },
        "lacks ds:SignatureValue");
    table.changed(
        "second SignatureValue",
        [](std::string text) {
            const std::string value = piece(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
            return replaced(text, value, value + value);
        },
        "lacks ds:KeyInfo");
    table.changed(
        "KeyInfo removed",
        [](std::string text) { return replaced(text, piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>"), ""); },
        "lacks ds:KeyInfo");
    for (const std::string odd : {"<!-- -->", "<?pi x?>", "<![CDATA[AAAA]]>"}) {
        for (const std::string element : {"DigestValue", "SignatureValue", "SignedInfo", "KeyInfo"})
            table.changed(
                odd.substr(0, 4) + " in " + element, after("<ds:" + element + ">", odd),
                odd[1] == '?' ? "processing instructions" : "comment, processing instruction or CDATA");
    }
    table.changed("comment in the token", replace("wsu:Id=\"Token\">", "wsu:Id=\"Token\"><!-- -->"),
                  "more than text");
    table.changed("comment splits signed text", replace("税务", "税<!-- -->务"),
                  "comment in the middle of text");
    table.changed("comment before signed text", replace("税务", "<!-- -->税务"),
                  "comment in the middle of text");
    table.changed("comment behind signed text", replace("税务", "税务<!-- -->"),
                  "comment in the middle of text");
    table.changed("comment splits Created", replace("<wsu:Created>", "<wsu:Created><!-- -->"),
                  "comment in the middle of text");
    table.signed_so("Object in the signature",
                    plain([](WssTemplate& m) { m.after_key_info = "<ds:Object>x</ds:Object>"; }),
                    "where nothing more");
    table.changed("SignedInfo altered",
                  replace("<ds:CanonicalizationMethod", "<ds:CanonicalizationMethod Id=\"x\""),
                  "signature value does not fit");
}

}  // namespace hutong::attack
