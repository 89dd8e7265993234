// What a reference may point at.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

void references(Table& table) {
    for (const std::string uri : {"http://attacker.example/", "file:///etc/passwd", "", "#", "#xpointer(/)",
                                  "#xpointer(id('Body'))", "Body", "##Body", "#Bo dy", "#Body'"})
        table.changed("reference to \"" + uri + "\"", replace("URI=\"#Body\"", "URI=\"" + uri + "\""),
                      "same-document");
    table.changed("reference to \"cid:Body\"", replace("URI=\"#Body\"", "URI=\"cid:Body\""),
                  "needs the Attachment-Content-Signature-Transform");
    table.changed("reference without URI", replace("URI=\"#Body\"", ""), "no URI");
    table.changed("reference to nothing", replace("URI=\"#Body\"", "URI=\"#nobody\""), "points at nothing")
        .handed_over = true;
    table.changed("Manifest reference",
                  replace("<ds:Reference URI=\"#Body\"",
                          "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" URI=\"#Body\""),
                  "Manifest");
    table.changed(
        "the same reference twice",
        [](std::string text) {
            const std::string r = piece(text, "<ds:Reference URI=\"#Body\"", "</ds:Reference>");
            return replaced(text, r, r + r);
        },
        "referenced twice");
    table.signed_so("more than ten references", plain([](WssTemplate& m) {
                        for (int i = 0; i < 9; ++i) {
                            m.headers += "<h xmlns=\"urn:h\" wsu:Id=\"h" + std::to_string(i) + "\"/>";
                            m.references.push_back(reference("h" + std::to_string(i)));
                        }
                    }),
                    "more than 10 references");
    table.changed("signature signs itself", replace("<ds:Signature ", "<ds:Signature Id=\"Body\" "),
                  "occurs more than once");
    table.changed("reference of a signature to itself", replace("URI=\"#Body\"", "URI=\"#Sig\""),
                  "contains the signature itself", plain([](WssTemplate& m) { m.signature_id = "Sig"; }));
    table.changed(
        "reference to the signature's own SignedInfo",
        [](std::string text) {
            text = replaced(text, "<ds:SignedInfo>", "<ds:SignedInfo Id=\"info\">");
            const std::string r = piece(text, "<ds:Reference URI=\"#Body\"", "</ds:Reference>");
            return replaced(text, r, r + replaced(r, "#Body", "#info"));
        },
        "does not fit");
    table.changed(
        "reference to the Security header",
        [](std::string text) {
            text = replaced(text, "<wsse:Security ", "<wsse:Security wsu:Id=\"sec\" ");
            return replaced(text, "URI=\"#Body\"", "URI=\"#sec\"");
        },
        "contains the signature itself");
}

}  // namespace hutong::attack
