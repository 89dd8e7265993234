// Where the key comes from.
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::WssTemplate;

void keys(Table& table) {
    const auto info = [](const std::string& content) {
        return plain([&](WssTemplate& m) { m.key_info = content; });
    };
    const std::string str_open = "<wsse:SecurityTokenReference>";
    const std::string str_close = "</wsse:SecurityTokenReference>";
    table.changed(
        "KeyValue only",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(text, k,
                            "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</"
                            "ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue>"
                            "</ds:KeyValue></ds:KeyInfo>");
        },
        "only a SecurityTokenReference or X509Data");
    table.signed_so("KeyName only", info("<ds:KeyName>agency</ds:KeyName>"),
                    "only a SecurityTokenReference or X509Data");
    table.changed(
        "RetrievalMethod",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(text, k, "<ds:KeyInfo><ds:RetrievalMethod URI=\"#Token\"/></ds:KeyInfo>");
        },
        "only a SecurityTokenReference or X509Data");
    table.changed(
        "KeyInfoReference",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(
                text, k,
                "<ds:KeyInfo><dsig11:KeyInfoReference "
                "xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#Token\"/></ds:KeyInfo>");
        },
        "only a SecurityTokenReference or X509Data");
    table.signed_so(
        "token reference that points at itself",
        info("<wsse:SecurityTokenReference wsu:Id=\"S\"><wsse:Reference URI=\"#S\"/>" + str_close),
        "BinarySecurityToken in the same Security header");
    table.signed_so("token reference that points at its KeyInfo's signature", plain([&](WssTemplate& m) {
                        m.signature_id = "Sig";
                        m.key_info = str_open + "<wsse:Reference URI=\"#Sig\"/>" + str_close;
                    }),
                    "BinarySecurityToken in the same Security header");
    table.signed_so("KeyIdentifier",
                    info(str_open + "<wsse:KeyIdentifier>AAAA</wsse:KeyIdentifier>" + str_close),
                    "KeyIdentifier");
    table.changed(
        "IssuerSerial only",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(text, k,
                            "<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial/></ds:X509Data></ds:KeyInfo>");
        },
        "must hold X509IssuerName and X509SerialNumber");
    table.signed_so("token reference out of the message",
                    info(str_open + "<wsse:Reference URI=\"http://attacker.example/key\"/>" + str_close),
                    "does not point into the message");
    table.signed_so("token reference to the Body",
                    info(str_open + "<wsse:Reference URI=\"#Body\"/>" + str_close),
                    "BinarySecurityToken in the same Security header");
    table.signed_so("token reference of another ValueType than the token",
                    info(str_open + "<wsse:Reference URI=\"#Token\" ValueType=\"" +
                         str(security::names::x509_pki_path) + "\"/>" + str_close),
                    "says another ValueType");
    table.changed("token in another encoding", replace("#Base64Binary\"", "#HexBinary\""),
                  "EncodingType is not");
    table.changed(
        "token in another header",
        [](std::string text) {
            const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
            text = replaced(text, token, "");
            return replaced(text, "</soap:Header>",
                            "<w:wrap xmlns:w=\"urn:w\" xmlns:wsse=\"" + str(soap::ns_wsse) + "\">" + token +
                                "</w:wrap></soap:Header>");
        },
        "BinarySecurityToken in the same Security header");
    table.changed(
        "another's certificate in the token",
        [](std::string text) {
            const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
            return replaced(text, token, replaced(token, plain().certificate, to_base64(cast().other.der())));
        },
        "signature value does not fit");
    table.changed(
        "an RSA certificate for an ECDSA signature",
        [](std::string text) {
            const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
            return replaced(text, token, replaced(token, plain().certificate, to_base64(cast().rsa.der())));
        },
        "kind of key");
    table.changed("garbage certificate", replace(plain().certificate, "AAAA"), "not one DER certificate");
    table.changed("two certificates in one token",
                  replace(plain().certificate, to_base64([] {
                              Bytes both = cast().p256.der();
                              both.insert(both.end(), cast().other.der().begin(), cast().other.der().end());
                              return both;
                          }())),
                  "not one DER certificate");
    table.changed(
        "two certificates in X509Data",
        [](std::string text) {
            const std::string c = piece(text, "<ds:X509Certificate>", "</ds:X509Certificate>");
            return replaced(text, c, c + c);
        },
        "several certificates",
        info("<ds:X509Data><ds:X509Certificate>" + plain().certificate +
             "</ds:X509Certificate></ds:X509Data>"));
    table.changed("two tokens referenced", after("<ds:KeyInfo>", "<ds:KeyName>x</ds:KeyName>"),
                  "exactly one child");
    table.signed_so("PKIPath of eleven certificates", plain([](WssTemplate& m) {
                        Bytes content;
                        for (int i = 0; i < 11; ++i)
                            content.insert(content.end(), cast().p256.der().begin(), cast().p256.der().end());
                        Bytes path{0x30, 0x82, static_cast<std::uint8_t>(content.size() >> 8),
                                   static_cast<std::uint8_t>(content.size())};
                        path.insert(path.end(), content.begin(), content.end());
                        m.token_type = str(security::names::x509_pki_path);
                        m.certificate = to_base64(path);
                    }),
                    "more than 10 certificates");
}

}  // namespace hutong::attack
