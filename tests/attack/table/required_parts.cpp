// What policy requires is missing, unsigned, altered, or addressed to somebody else.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using security::Rejection;
using test::reference;
using test::WssTemplate;

void required_parts(Table& table) {
    table.changed(
        "signature removed", [](std::string text) { return replaced(text, signature_of(text), ""); },
        "holds no signature");
    table.changed(
        "Security removed",
        [](std::string text) {
            return replaced(text, piece(text, "<wsse:Security ", "</wsse:Security>"), "");
        },
        "no wsse:Security header", plain(), Rejection::Kind::no_security_header);
    table.changed(
        "Header removed",
        [](std::string text) { return replaced(text, piece(text, "<soap:Header>", "</soap:Header>"), ""); },
        "no wsse:Security header", plain(), Rejection::Kind::no_security_header);
    table.changed("addressed to somebody else",
                  replace("<wsse:Security ", "<wsse:Security soap:actor=\"urn:else\" "),
                  "no wsse:Security header", plain(), Rejection::Kind::no_security_header);
    table.signed_so("Body not signed", plain([](WssTemplate& m) { m.references = {reference("TS")}; }),
                    "Body is not signed");
    table.signed_so("Timestamp not signed", plain([](WssTemplate& m) { m.references = {reference("Body")}; }),
                    "Timestamp is not signed");
    table.changed("Body altered", replace("税务", "税務"), "#Body does not fit");
    table.changed("Timestamp altered", replace("07:59:30", "07:59:31"), "#TS does not fit");
}

}  // namespace hutong::attack
