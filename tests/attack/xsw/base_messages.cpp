#include "tests/attack/xsw/base_messages.hpp"

#include "security/xmldsig/names.hpp"
#include "tests/attack/table/tokens.hpp"

namespace hutong::attack {

namespace {

using test::reference;
using test::transform;
using test::WssTemplate;

struct Unsigned {
    std::string name;
    std::string text;
    const test::Identity* signer;
    Setting setting{};
    const test::Identity* endorser{nullptr};
    bool asserted{false};
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

// Parts that policy asks for in few services.
std::vector<Unsigned> with_tokens() {
    const WssTemplate agency = test::template_for(cast().p256);
    const auto also = [](WssTemplate message, const std::string& id) {
        message.references.push_back(reference(id));
        return message;
    };
    WssTemplate block = also(agency, "H");
    block.headers = "<h:case xmlns:h=\"urn:h\" wsu:Id=\"H\"><h:number>1</h:number></h:case>";
    WssTemplate confirmed = also(agency, "C");
    confirmed.more_security = "<wsse11:SignatureConfirmation xmlns:wsse11=\"" + str(names::wsse11) +
                              "\" wsu:Id=\"C\" Value=\"AAAA\"/>";
    WssTemplate endorsed = agency;
    endorsed.signature_id = "Sig";
    WssTemplate endorsing = test::template_for(cast().other);
    endorsing.references = {reference("Sig"), reference("Token")};
    endorsing.key_info =
        "<ds:X509Data><ds:X509Certificate>" + endorsing.certificate + "</ds:X509Certificate></ds:X509Data>";
    endorsed.more_signatures = endorsing.signature();
    WssTemplate vouching = with_assertion(vouched(), agency.key_info);
    vouching.references.push_back(reference("A1"));
    return {
        {"a signed BinarySecurityToken", also(agency, "Token").text(), &cast().p256},
        {"a signed header block", block.text(), &cast().p256,
         [](Receiver& r) {
             r.policy.sign_headers = {{"urn:h", "case"}};
         }},
        {"a signed SignatureConfirmation", confirmed.text(), &cast().p256},
        {"a signed UsernameToken", with_user(User()).text(), &cast().p256, takes_tokens()},
        {"an endorsed signature", endorsed.text(), &cast().p256, {}, &cast().other},
        {"an assertion that is vouched for", vouching.text(), &cast().p256, takes_tokens(), nullptr, true},
        {"an assertion of the holder", with_assertion(held_by(token_cast().holder)).text(),
         &token_cast().holder, takes_tokens(), nullptr, true},
    };
}

}  // namespace

std::vector<BaseMessage> base_messages() {
    std::vector<BaseMessage> result;
    test::ForeignSigner signer;
    std::vector<Unsigned> all = unsigned_messages();
    for (Unsigned& one : with_tokens()) all.push_back(std::move(one));
    for (std::size_t i = 0; i < all.size(); ++i) {
        signer.add(std::to_string(i), all[i].text, all[i].signer->key_pem());
        if (all[i].endorser != nullptr) signer.add_key(std::to_string(i), 1, all[i].endorser->key_pem());
        if (all[i].asserted) signer.add_issuer(std::to_string(i), token_cast().issuer.key_pem());
    }
    signer.run();
    for (std::size_t i = 0; i < all.size(); ++i)
        result.push_back(
            {all[i].name, signer.signed_message(std::to_string(i)), test::test_time(), all[i].setting});
    for (const std::string name : {"wss4j_str_transform", "wss4j_pki_path"})
        result.push_back({name,
                          test::read_file(HUTONG_SOURCE_DIR "/tests/unit/xmldsig/golden/" + name + ".xml"),
                          parse_utc("2026-11-24T00:25:00Z").value()});
    return result;
}

}  // namespace hutong::attack
