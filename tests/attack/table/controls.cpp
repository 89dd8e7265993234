// Messages that must pass: each feature that the attacks build on, used honestly.
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

namespace names = security::names;
using test::reference;
using test::transform;
using test::WssTemplate;

void controls(Table& table) {
    table.control("P-256", plain());
    for (const std::string_view method : {names::rsa_sha256, names::rsa_sha384, names::rsa_sha512}) {
        WssTemplate message = test::template_for(cast().rsa);
        message.method = str(method);
        table.control(str(method), message, cast().rsa);
    }
    for (const std::string_view c14n : {names::c14n10, names::c14n11})
        table.control("inclusive " + str(c14n), plain([&](WssTemplate& m) {
                          m.c14n = str(c14n);
                          m.references = {reference("TS", transform(str(c14n))),
                                          reference("Body", transform(str(c14n)))};
                      }));
    for (const std::string_view digest : {names::sha384, names::sha512})
        table.control("digest " + str(digest), plain([&](WssTemplate& m) {
                          m.references[1] = reference("Body", test::exc_c14n_transform(), str(digest));
                      }));
    table.control(
        "InclusiveNamespaces", plain([](WssTemplate& m) {
            m.references[1] = reference(
                "Body",
                transform(str(names::exc_c14n),
                          "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" "
                          "PrefixList=\"soap wsa\"/>"));
        }));
    table.control("node's style: enveloped and un-namespaced Id", plain([](WssTemplate& m) {
                      const std::string both = transform(str(names::enveloped)) + test::exc_c14n_transform();
                      m.timestamp_attributes = "Id=\"_1\"";
                      m.body_attributes = "Id=\"_0\"";
                      m.references = {reference("_0", both), reference("_1", both)};
                  }));
    const std::string data =
        "<ds:X509Data><ds:X509Certificate>" + plain().certificate + "</ds:X509Certificate></ds:X509Data>";
    table.control("embedded X509Data", plain([&](WssTemplate& m) { m.key_info = data; }));
    table.control("X509Data in a SecurityTokenReference", plain([&](WssTemplate& m) {
                      m.key_info = "<wsse:SecurityTokenReference>" + data + "</wsse:SecurityTokenReference>";
                  }));
    table.control("no transform at all",
                  plain([](WssTemplate& m) { m.references[1] = reference("Body", ""); }));
    table.control("SOAP 1.2, addressed to the next node", plain([](WssTemplate& m) {
                      m.version = soap::Version::v12;
                      m.security_attributes =
                          "soap:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\"";
                  }));
    table.control("signed addressing", plain([](WssTemplate& m) {
                      m.headers = "<wsa:MessageID wsu:Id=\"MID\">urn:uuid:1</wsa:MessageID>";
                      m.references.push_back(reference("MID"));
                  }));
    table.control("a Security header for somebody else", plain(), cast().p256,
                  after("</wsse:Security>", "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) +
                                                "\" soap:actor=\"urn:else\"/>"));
    table.control("business data with repeated ids", plain([](WssTemplate& m) {
                      m.body = "<a><b id=\"1\"/><c id=\"1\"/><d Id=\"x\"/><e Id=\"x\"/></a>";
                  }));
    table.control("a comment between elements", plain(), cast().p256, before("<po:order", "<!-- hello -->"));
    table.control("a Timestamp older than its sender's Expires needs, within freshness",
                  plain([](WssTemplate& m) { m.expires = "2026-11-23T09:00:00Z"; }));
}

}  // namespace hutong::attack
