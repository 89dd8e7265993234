#include "tests/attack/xsw/base_messages.hpp"

#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

namespace {

using test::reference;
using test::transform;
using test::WssTemplate;
namespace names = security::names;

struct Unsigned {
    std::string name;
    std::string text;
    const test::Identity* signer;
};

std::string all_replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}
// The same message with another prefix.
std::string renamed(std::string text, const std::string& from, const std::string& to) {
    for (const std::string mark : {"<", "</", " "})
        text = all_replaced(std::move(text), mark + from + ":", mark + to + ":");
    return all_replaced(std::move(text), "xmlns:" + from + "=", "xmlns:" + to + "=");
}

WssTemplate with_addressing(WssTemplate message) {
    message.headers =
        "<wsa:Action wsu:Id=\"A\">urn:po:order</wsa:Action><wsa:MessageID wsu:Id=\"M\">urn:uuid:1</"
        "wsa:MessageID><wsa:To wsu:Id=\"T\">https://gateway.example/services/a/b</wsa:To>";
    for (const std::string id : {"A", "M", "T"}) message.references.push_back(reference(id));
    return message;
}

std::string with_prefixes(const std::string& prefixes) {
    return transform(str(names::exc_c14n),
                     "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" "
                     "PrefixList=\"" +
                         prefixes + "\"/>");
}

std::vector<Unsigned> unsigned_messages() {
    std::vector<Unsigned> all;
    const auto add = [&](const std::string& name, std::string text,
                         const test::Identity& signer = cast().p256) {
        all.push_back({name, std::move(text), &signer});
    };
    add("P-256", plain().text());
    add("RSA", test::template_for(cast().rsa).text(), cast().rsa);
    add("addressing", with_addressing(plain()).text());
    WssTemplate v12 = with_addressing(plain());
    v12.version = soap::Version::v12;
    add("SOAP 1.2 with addressing", v12.text());
    add("zeep", renamed(plain([](WssTemplate& m) {
                            m.timestamp_attributes = "wsu:Id=\"id-1\"";
                            m.body_attributes = "wsu:Id=\"id-2\"";
                            m.references = {reference("id-2"), reference("id-1")};
                        }).text(),
                        "soap", "soap-env"));
    add("node", plain([](WssTemplate& m) {
                    const std::string both = transform(str(names::enveloped)) + test::exc_c14n_transform();
                    m.timestamp_attributes = "Id=\"_1\"";
                    m.body_attributes = "Id=\"_0\"";
                    m.references = {reference("_0", both), reference("_1", both)};
                }).text());
    add("gSOAP", renamed(plain([](WssTemplate& m) {
                             m.timestamp_attributes = "wsu:Id=\"Time\"";
                             m.references = {reference("Time", with_prefixes("SOAP-ENV wsse")),
                                             reference("Body", with_prefixes("wsa"))};
                         }).text(),
                         "soap", "SOAP-ENV"));
    std::string wcf = renamed(renamed(with_addressing(plain()).text(), "soap", "s"), "wsu", "u");
    wcf = all_replaced(all_replaced(wcf, "<ds:", "<"), "</ds:", "</");
    add("WCF", all_replaced(wcf, "xmlns:ds=", "xmlns="));
    add("inclusive canonicalisation", plain([](WssTemplate& m) {
                                          m.c14n = str(names::c14n10);
                                          m.references = {reference("TS", transform(str(names::c14n10))),
                                                          reference("Body", transform(str(names::c14n11)))};
                                      }).text());
    add("X509Data and a default namespace", plain([](WssTemplate& m) {
                                                m.key_info = "<ds:X509Data><ds:X509Certificate>" +
                                                             m.certificate +
                                                             "</ds:X509Certificate></ds:X509Data>";
                                                m.body = "<order xmlns=\"urn:po\"><item>1</item></order>";
                                            }).text());
    return all;
}

}  // namespace

std::vector<BaseMessage> base_messages() {
    std::vector<BaseMessage> result;
    test::ForeignSigner signer;
    const std::vector<Unsigned> all = unsigned_messages();
    for (std::size_t i = 0; i < all.size(); ++i)
        signer.add(std::to_string(i), all[i].text, all[i].signer->key_pem());
    signer.run();
    for (std::size_t i = 0; i < all.size(); ++i)
        result.push_back({all[i].name, signer.signed_message(std::to_string(i)), test::test_time()});
    for (const std::string name : {"wss4j_str_transform", "wss4j_pki_path"})
        result.push_back({name,
                          test::read_file(HUTONG_SOURCE_DIR "/tests/unit/xmldsig/golden/" + name + ".xml"),
                          parse_utc("2026-11-24T00:25:00Z").value()});
    return result;
}

}  // namespace hutong::attack
