// SM2 and SM3: values that are none, forms and kinds of key that do not go together.
#include "security/keys/ecdsa_value.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

namespace {

const std::string ecdsa = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const std::string sm2_sm3 = str(security::names::sm2_sm3);
const std::string sm3 = str(security::names::sm3);

WssTemplate sm2_message(const std::string& method = sm2_sm3) {
    WssTemplate message = test::template_for(cast().sm2);
    message.method = method;
    message.references = {reference("TS", test::exc_c14n_transform(), sm3),
                          reference("Body", test::exc_c14n_transform(), sm3)};
    return message;
}

// The SignatureValue, changed as octets.
template <class Edit>
Change value(Edit edit) {
    return [edit](std::string text) {
        const std::string whole = piece(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
        const Bytes octets = from_base64(whole.substr(19, whole.size() - 19 - 20)).value();
        return replaced(text, whole,
                        "<ds:SignatureValue>" + to_base64(edit(octets)) + "</ds:SignatureValue>");
    };
}

Change certificate(const test::Identity& of) {
    return [&of](std::string text) {
        const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
        const auto begin = token.find('>') + 1;
        const std::string old = token.substr(begin, token.find("</", begin) - begin);
        return replaced(text, old, to_base64(of.der()));
    };
}

}  // namespace

void national(Table& table) {
    table.control("SM2 with SM3 over SM3 digests", sm2_message(), cast().sm2);
    const auto row = [&](const std::string& name, Change change, const std::string& reason) {
        table.rows.push_back({.name = name,
                              .message = sm2_message(),
                              .signer = &cast().sm2,
                              .change = std::move(change),
                              .reason = reason});
    };
    const std::string no_fit = "signature value does not fit";
    row("a bit of r changed", value([](Bytes v) { return v[7] ^= 4, v; }), no_fit);
    row("a bit of s changed", value([](Bytes v) { return v[40] ^= 1, v; }), no_fit);
    row("r = s = 0", value([](const Bytes&) { return Bytes(64); }), no_fit);
    row("r = 0", value([](Bytes v) { return std::fill_n(v.begin(), 32, 0), v; }), no_fit);
    row("s = 0", value([](Bytes v) { return std::fill_n(v.begin() + 32, 32, 0), v; }), no_fit);
    row("all ones", value([](const Bytes&) { return Bytes(64, 0xff); }), no_fit);
    row("r and s exchanged",
        value([](Bytes v) { return std::rotate(v.begin(), v.begin() + 32, v.end()), v; }), no_fit);
    row("DER for two numbers", value([](const Bytes& v) { return security::der_from_raw(v); }), "bytes");
    row("one byte less", value([](Bytes v) { return v.pop_back(), v; }), "bytes");
    row("one byte more", value([](Bytes v) { return v.push_back(0), v; }), "bytes");
    row("an SM2 key with the URI of ECDSA", replace(sm2_sm3, ecdsa), "kind of key");
    row("a P-256 certificate for an SM2 signature", certificate(cast().p256), "kind of key");
    row("another's SM2 certificate", certificate(cast().sm2_other), no_fit);
    row("a bit of the Body changed", replace("税务", "稅务"), "digest of #Body does not fit");
    row(
        "an SM3 digest cut short",
        [](std::string text) {
            const std::string digest = piece(text, "<ds:DigestValue>", "</ds:DigestValue>");
            return replaced(text, digest, "<ds:DigestValue>" + to_base64(Bytes(20, 1)) + "</ds:DigestValue>");
        },
        "not a digest of its method");
    row("an SM3 digest under the name of SHA-256", replace(sm3, "http://www.w3.org/2001/04/xmlenc#sha256"),
        "digest of #TS does not fit|signature value does not fit");
    table.changed("an ECDSA key with the URI of SM2", replace(ecdsa, sm2_sm3), "kind of key");
    // Names that others use, and no trust domain of this gateway.
    for (const char* uri : {"http://www.w3.org/2000/09/xmldsig#sm2-sm3", "urn:oid:1.2.156.10197.1.301",
                            "http://www.w3.org/2001/04/xmldsig-more#sm2-sm3"})
        row(std::string("the unknown name ") + uri, replace(sm2_sm3, uri), "not allowed");
    row("the unknown name of a digest", replace(sm3, "http://www.w3.org/2001/04/xmldsig-more#sm3"),
        "digest method");
}

}  // namespace hutong::attack
