// Weak, foreign and misused algorithms, and signature values that are none.
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

void algorithms(Table& table) {
    const auto method = [](const std::string& uri) { return plain([&](WssTemplate& m) { m.method = uri; }); };
    table.signed_so("ECDSA with SHA-1", method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"),
                    "not allowed");
    WssTemplate rsa = test::template_for(cast().rsa);
    rsa.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    table.rows.push_back(
        {.name = "RSA with SHA-1", .message = rsa, .signer = &cast().rsa, .reason = "not allowed"});
    table.changed("RSA with MD5", replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#rsa-md5"),
                  "not allowed");
    table.changed("DSA",
                  replace("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                          "http://www.w3.org/2009/xmldsig11#dsa-sha256"),
                  "not allowed");
    table.changed("no signature method", replace("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", ""),
                  "not allowed");
    table.signed_so("SHA-1 digest", plain([](WssTemplate& m) {
                        m.references[1] = reference("Body", test::exc_c14n_transform(),
                                                    "http://www.w3.org/2000/09/xmldsig#sha1");
                    }),
                    "digest method");
    table.changed(
        "MD5 digest",
        replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        "digest method");
    table.changed(
        "digest cut short",
        [](std::string text) {
            const std::string value = piece(text, "<ds:DigestValue>", "</ds:DigestValue>");
            return replaced(text, value, "<ds:DigestValue>AAAA</ds:DigestValue>");
        },
        "not a digest of its method");
    const std::string hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    table.rows.push_back({.name = "HMAC with the public key as its secret",
                          .message = method(hmac),
                          .signer = nullptr,
                          .secret = cast().p256.certificate_pem(),
                          .reason = "not allowed"});
    table.rows.push_back({.name = "HMACOutputLength",
                          .message = plain([&](WssTemplate& m) {
                              m.method = hmac;
                              m.method_content = "<ds:HMACOutputLength>128</ds:HMACOutputLength>";
                          }),
                          .signer = nullptr,
                          .secret = "secret",
                          .reason = "not allowed"});
    table.changed(
        "HMACOutputLength under ECDSA",
        [](std::string text) {
            const std::string m = piece(text, "<ds:SignatureMethod", ">");
            return replaced(text, m,
                            m.substr(0, m.find("\"/") == std::string::npos ? m.size() - 1 : m.size() - 2) +
                                "><ds:HMACOutputLength>8</ds:HMACOutputLength>" +
                                (m.ends_with("/>") ? "</ds:SignatureMethod>" : ""));
        },
        "has parameters");
    table.rows.push_back({.name = "RSA of 1024 bits",
                          .message = test::template_for(cast().rsa1024),
                          .signer = &cast().rsa1024,
                          .reason = "1024 bits"});
    WssTemplate p384 = test::template_for(cast().p384);
    p384.method = str(security::names::ecdsa_sha256);
    table.rows.push_back({.name = "P-384 under the P-256 row",
                          .message = p384,
                          .signer = &cast().p384,
                          .reason = "does not go with the certificate's kind of key, p384"});
    const auto value = [](const std::string& base64) {
        return [=](std::string text) {
            const std::string old = piece(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
            return replaced(text, old, "<ds:SignatureValue>" + base64 + "</ds:SignatureValue>");
        };
    };
    table.changed("ECDSA r=s=0", value(to_base64(Bytes(64, 0))), "signature value does not fit");
    table.changed("ECDSA r=s=1", value(to_base64([] {
                      Bytes b(64, 0);
                      b[31] = b[63] = 1;
                      return b;
                  }())),
                  "signature value does not fit");
    table.changed(
        "ECDSA r=s=order", value(to_base64([] {
            const Bytes n =
                from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
            Bytes b = n;
            b.insert(b.end(), n.begin(), n.end());
            return b;
        }())),
        "signature value does not fit");
    table.changed("signature cut short", value(to_base64(Bytes(32, 7))), "does not fit");
    table.changed("signature empty", value(""), "not base64");
    table.changed("signature not base64", value("!!!!"), "not base64");
}

}  // namespace hutong::attack
