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
    // A role is the standard's attribute in the Envelope's own namespace, and nothing else makes one; ours
    // may be named in other ways, but not in other letters.
    const auto elsewhere = [&](const std::string& name, const std::string& attributes,
                               soap::Version version) {
        table.changed(name, replace("<wsse:Security ", "<wsse:Security " + attributes + " "),
                      "no wsse:Security header", plain([&](WssTemplate& m) { m.version = version; }),
                      Rejection::Kind::no_security_header);
    };
    const std::string role = "http://www.w3.org/2003/05/soap-envelope/role/";
    elsewhere("role mismatch", "soap:role=\"urn:else\"", soap::Version::v12);
    elsewhere("role none", "soap:role=\"" + role + "none\"", soap::Version::v12);
    elsewhere("role next with a blank", "soap:role=\" " + role + "next\"", soap::Version::v12);
    elsewhere("SOAP 1.2's role next as a SOAP 1.1 actor", "soap:actor=\"" + role + "next\"",
              soap::Version::v11);
    elsewhere("SOAP 1.1's actor next as a SOAP 1.2 role",
              "soap:role=\"http://schemas.xmlsoap.org/soap/actor/next\"", soap::Version::v12);
    table.control("an actor of no namespace is none", plain(), cast().p256,
                  replace("<wsse:Security ", "<wsse:Security actor=\"urn:else\" "));
    elsewhere("role in SOAP 1.1", "soap:role=\"urn:else\"", soap::Version::v11);
    table.signed_so("Body not signed", plain([](WssTemplate& m) { m.references = {reference("TS")}; }),
                    "Body is not signed");
    table.signed_so("Timestamp not signed", plain([](WssTemplate& m) { m.references = {reference("Body")}; }),
                    "Timestamp is not signed");
    table.changed("Body altered", replace("税务", "税務"), "#Body does not fit");
    table.changed("Timestamp altered", replace("07:59:30", "07:59:31"), "#TS does not fit");
}

}  // namespace hutong::attack
