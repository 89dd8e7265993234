#include "tests/fuzz/verify_seeds.hpp"

#include "base/xml/soap.hpp"
#include "security/tokens/names.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/fuzz/fuzz_keys.hpp"

namespace hutong::test {

namespace {

namespace names = security::names;
using std::string;

string text(std::string_view view) {
    return string(view);
}

const string exclusive = text(names::exc_c14n);
const string inclusive = text(names::c14n10);
const string inclusive11 = text(names::c14n11);
const string sha256 = text(names::sha256);
const string listed =
    "<ec:InclusiveNamespaces xmlns:ec=\"" + exclusive + "\" PrefixList=\"soap wsa po #default\"/>";
const string order =
    "<po:order xmlns:po=\"urn:po\" po:b='2' a='1'><po:item xmlns='u:d'>\xE7\xA8\x8E<c/></po:item></po:order>";
const string odd =
    "<po:order xmlns:po=\"urn:po\"><![CDATA[a\r\n<&]]>\r\n&amp;&#13;<x xml:lang='zh' y='&lt;&#10;'/>"
    "<q><!-- c --></q></po:order>";
const string str_by_id =
    "<wsse:SecurityTokenReference><wsse:Reference URI=\"#T\"/></wsse:SecurityTokenReference>";

string transform(const string& algorithm, const string& content = "") {
    return "<ds:Transform Algorithm=\"" + algorithm + "\">" + content + "</ds:Transform>";
}

string reference(const string& uri, const string& transforms, const string& digest = sha256) {
    return "<ds:Reference URI=\"" + uri + "\">" +
           (transforms.empty() ? "" : "<ds:Transforms>" + transforms + "</ds:Transforms>") +
           "<ds:DigestMethod Algorithm=\"" + digest + "\"/><ds:DigestValue></ds:DigestValue></ds:Reference>";
}

string str_transform(const string& c14n, const string& content = "") {
    return transform(text(names::str_transform),
                     "<wsse:TransformationParameters><ds:CanonicalizationMethod Algorithm=\"" + c14n + "\">" +
                         content + "</ds:CanonicalizationMethod></wsse:TransformationParameters>");
}

string signature(const string& c14n, const string& method, const string& references, const string& key_info,
                 const string& id = "") {
    return "<ds:Signature xmlns:ds=\"" + text(names::ds) + "\"" + (id.empty() ? "" : " Id=\"" + id + "\"") +
           "><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" + c14n +
           "\"/><ds:SignatureMethod Algorithm=\"" + method + "\"/>" + references +
           "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo>" + key_info +
           "</ds:KeyInfo></ds:Signature>";
}

// One message; what is not said is as in the plainest.
struct Seed {
    string version{soap::namespace_of(soap::Version::v11)};
    string c14n{exclusive};
    string content;  // of each canonicalisation, SignedInfo's aside
    string digest{sha256};
    string method{names::ecdsa_sha256};
    string token{p256_key().certificate()};
    string token_type{names::x509v3};
    string more_security, headers, more_references, more_signatures;
    string key_info{str_by_id};
    string body{order};
    string body_id{"wsu:Id=\"Body\""};
    Parts parts;

    FuzzMessage message() const {
        const string step = transform(c14n, content);
        const string references =
            reference("#TS", step, digest) + reference("#Body", step, digest) + more_references;
        FuzzMessage made{
            "<soap:Envelope xmlns:soap=\"" + version + "\" xmlns:wsu=\"" + text(soap::ns_wsu) +
                "\" xmlns:wsa=\"" + text(soap::ns_wsa) + "\"><soap:Header><wsse:Security xmlns:wsse=\"" +
                text(soap::ns_wsse) + "\"><wsse:BinarySecurityToken EncodingType=\"" +
                text(names::base64_binary) + "\" ValueType=\"" + token_type + "\" wsu:Id=\"T\">" + token +
                "</wsse:BinarySecurityToken><wsu:Timestamp wsu:Id=\"TS\"><wsu:Created>2026-11-23T07:59:30Z"
                "</wsu:Created><wsu:Expires>2026-11-23T08:04:30Z</wsu:Expires></wsu:Timestamp>" +
                more_security + signature(c14n, method, references, key_info, "S") + more_signatures +
                "</wsse:Security>" + headers + "</soap:Header><soap:Body " + body_id + ">" + body +
                "</soap:Body></soap:Envelope>",
            parts};
        sign_again(made);
        return made;
    }
};

Seed by_rsa(std::string_view method = names::rsa_sha256) {
    Seed seed;
    seed.method = text(method);
    seed.token = rsa_key().certificate();
    return seed;
}

Seed with_key_info(const string& key_info) {
    Seed seed;
    seed.key_info = key_info;
    return seed;
}

string identifier(std::string_view type, const string& value) {
    return "<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType=\"" + text(type) + "\">" + value +
           "</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
}

string assertion(std::string_view method, const string& data) {
    return "<saml:Assertion xmlns:saml=\"" + text(names::saml20) +
           "\" ID=\"A1\" Version=\"2.0\" IssueInstant=\"2026-11-23T07:58:00Z\"><saml:Issuer>" + fuzz_issuer +
           "</saml:Issuer>" +
           signature(exclusive, text(names::rsa_sha256),
                     reference("#A1", transform(text(names::enveloped)) + transform(exclusive)),
                     "<ds:KeyName>issuer</ds:KeyName>") +
           "<saml:Subject><saml:NameID>agency</saml:NameID><saml:SubjectConfirmation Method=\"" +
           text(method) + "\">" + data +
           "</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter=\"2026-11-23T08:05:00Z\">"
           "<saml:AudienceRestriction><saml:Audience>" +
           fuzz_audience + "</saml:Audience></saml:AudienceRestriction></saml:Conditions></saml:Assertion>";
}

string holder() {
    return assertion(names::holder_of_key,
                     "<saml:SubjectConfirmationData><ds:KeyInfo xmlns:ds=\"" + text(names::ds) +
                         "\"><ds:X509Data><ds:X509Certificate>" + p256_key().certificate() +
                         "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></saml:SubjectConfirmationData>");
}

string named_str(const string& content) {
    return "<wsse:SecurityTokenReference wsu:Id=\"STR\">" + content + "</wsse:SecurityTokenReference>";
}

Seed with_token(const string& more_security, const string& more_references) {
    Seed seed;
    seed.more_security = more_security;
    seed.more_references = more_references;
    return seed;
}

Seed with_body(const string& body, const string& content = "") {
    Seed seed;
    seed.body = body;
    seed.content = content;
    return seed;
}

string include(const string& id) {
    return "<xop:Include xmlns:xop=\"" + text(names::xop) + "\" href=\"cid:" + id + "\"/>";
}

Seed with_parts(Parts parts, const string& body, bool sign_them) {
    Seed seed = with_body(body);
    for (const Part& part : parts)
        if (sign_them)
            seed.more_references += reference("cid:" + part.content_id, transform(text(names::swa_content)));
    seed.parts = std::move(parts);
    return seed;
}

using Seeds = std::vector<std::pair<string, Seed>>;

void add_algorithms(Seeds& all) {
    const string v12(soap::namespace_of(soap::Version::v12));
    const string to = "<wsa:To>urn:to</wsa:To><h:h xmlns:h='u:h' soap:actor='u:a'/>";
    all.push_back({"0", {}});
    all.push_back({"1", {.version = v12, .content = listed, .headers = to, .body = odd}});
    all.push_back({"2", {.c14n = inclusive, .headers = to, .body = odd}});
    all.push_back({"3", {.version = v12, .c14n = inclusive11}});
    all.push_back({"sha384", {.digest = text(names::sha384)}});
    all.push_back({"sha512", {.digest = text(names::sha512)}});
    all.push_back({"no_transforms", {.more_references = reference("#T", "")}});
    all.push_back({"plain_id", {.body_id = "Id=\"Body\""}});
    all.push_back({"rsa", by_rsa()});
    all.push_back({"rsa_sha384", by_rsa(names::rsa_sha384)});
    all.push_back({"rsa_sha512", by_rsa(names::rsa_sha512)});
    Seed both = by_rsa();
    both.version = v12;
    both.c14n = inclusive;
    both.body = odd;
    all.push_back({"rsa_inclusive", both});
}

void add_tokens(Seeds& all) {
    const string data = "<ds:X509Data><ds:X509Certificate>" + p256_key().certificate() +
                        "</ds:X509Certificate></ds:X509Data>";
    all.push_back({"x509_data", with_key_info(data)});
    all.push_back(
        {"issuer_serial", with_key_info("<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=fuzz "
                                        "rsa</ds:X509IssuerName><ds:X509SerialNumber>4711</"
                                        "ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>")});
    all.back().second.method = text(names::rsa_sha256);
    all.push_back({"key_identifier",
                   with_key_info(identifier(names::x509_key_identifier, "2b7Xe09XRJqWIq3AJi0v0PQoGCw="))});
    all.push_back(
        {"thumbprint", with_key_info(identifier(names::thumbprint_sha1, "aGMybYU5lTGsVPWS1cy5tXxK5pc="))});
    Seed path;
    path.token_type = text(names::x509_pki_path);
    const Bytes& der = p256_key().der();
    Bytes sequence{0x30, 0x82, static_cast<std::uint8_t>(der.size() >> 8),
                   static_cast<std::uint8_t>(der.size() & 0xff)};
    sequence.insert(sequence.end(), der.begin(), der.end());
    path.token = to_base64(sequence);
    all.push_back({"pki_path", path});
    // The STR-Transform, by each canonicalisation.
    const string by_id = named_str("<wsse:Reference URI=\"#T\"/>");
    all.push_back({"str", with_token(by_id, reference("#STR", str_transform(exclusive)))});
    all.push_back({"str_listed", with_token(by_id, reference("#STR", str_transform(exclusive, listed)))});
    all.push_back({"str_inclusive", with_token(by_id, reference("#STR", str_transform(inclusive)))});
    Seed endorsed = by_rsa();
    endorsed.more_security = "<wsse:BinarySecurityToken ValueType=\"" + text(names::x509v3) +
                             "\" wsu:Id=\"T2\">" + p256_key().certificate() + "</wsse:BinarySecurityToken>";
    endorsed.more_signatures =
        signature(exclusive, text(names::ecdsa_sha256), reference("#S", transform(exclusive)),
                  "<wsse:SecurityTokenReference><wsse:Reference URI=\"#T2\"/></wsse:SecurityTokenReference>");
    all.push_back({"endorsed", endorsed});
}

void add_assertions(Seeds& all) {
    const string by_saml_id =
        "<wsse:KeyIdentifier ValueType=\"" + text(names::saml_id) + "\">A1</wsse:KeyIdentifier>";
    Seed held = with_token(holder(), "");
    held.key_info = "<wsse:SecurityTokenReference>" + by_saml_id + "</wsse:SecurityTokenReference>";
    all.push_back({"saml_holder", held});
    all.push_back({"saml_holder_by_token", with_token(holder(), "")});
    all.push_back({"saml_vouched",
                   with_token(assertion(names::sender_vouches, ""), reference("#A1", transform(exclusive)))});
    all.push_back({"saml_vouched_inclusive",
                   with_token(assertion(names::sender_vouches, ""), reference("#A1", transform(inclusive)))});
    all.push_back(
        {"saml_vouched_by_str", with_token(assertion(names::sender_vouches, "") + named_str(by_saml_id),
                                           reference("#STR", str_transform(exclusive)))});
}

void add_contents(Seeds& all) {
    const string xsi = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    all.push_back(
        {"qname_listed", with_body("<o:order xmlns:o='urn:o' xmlns:po='urn:po' xmlns='urn:d' ref='po:paid'>"
                                   "<o:kind>po:paid</o:kind><kind>due</kind></o:order>",
                                   listed)});
    all.push_back({"qname_used", with_body("<po:order xmlns:po='urn:po'><po:kind>po:paid po:due</po:kind>"
                                           "<po:x ref='po:a'/></po:order>")});
    all.push_back(
        {"xsi_type", with_body("<po:order xmlns:po='urn:po'" + xsi +
                               " xmlns:xs='http://www.w3.org/2001/XMLSchema'><po:a xsi:type='po:T'>1</po:a>"
                               "<po:v xsi:type='xs:string'>x</po:v></po:order>")});
    all.push_back({"xsi_type_qname",
                   with_body("<po:order xmlns:po='urn:po' xmlns:xs='http://www.w3.org/2001/XMLSchema'" + xsi +
                             "><po:v xsi:type='xs:QName'>po:a</po:v></po:order>")});
    const string octets = "\x01\x02\xff plain octets \x80 of no length by three";
    const Part binary{"a", "application/octet-stream", octets};
    const Part lines{"b", "text/plain; charset=utf-8", "one\ntwo\r\nthree\rfour\r\n\r"};
    const Part tree{"c", "text/xml",
                    "<?xml version=\"1.0\"?><a:a xmlns:a='u:a'\nz='1' b='&#10;'><!-- c --><b/></a:a>"};
    const Part vector{"d", "image/svg+xml", "<svg xmlns='u:svg'><a xmlns=''/>\xE7\xA8\x8E</svg>"};
    const string bin = "<po:order xmlns:po='urn:po'><po:bin>" + include("a") + "</po:bin></po:order>";
    const string two = "<po:order xmlns:po='urn:po'><po:bin>" + include("a") + "</po:bin><b>" + include("b") +
                       "</b></po:order>";
    all.push_back({"swa_octets", with_parts({binary}, order, true)});
    all.push_back({"swa_text", with_parts({lines}, order, true)});
    all.push_back({"swa_xml", with_parts({tree, vector}, order, true)});
    all.push_back({"swa_all", with_parts({binary, lines, tree}, odd, true)});
    all.push_back({"swa_unsigned", with_parts({binary}, order, false)});
    all.push_back({"xop", with_parts({binary}, bin, false)});
    all.push_back({"xop_two", with_parts({binary, lines}, two, false)});
    all.push_back({"xop_and_swa", with_parts({binary, lines}, bin, true)});
    Seed big = with_parts({binary, tree}, two, true);
    big.parts[1].content_id = "b";
    big.more_references = reference("cid:b", transform(text(names::swa_content)), text(names::sha512));
    big.c14n = inclusive;
    big.method = text(names::rsa_sha256);
    big.token = rsa_key().certificate();
    all.push_back({"xop_rsa_inclusive", big});
}

}  // namespace

std::vector<std::pair<string, FuzzMessage>> verify_seeds() {
    Seeds seeds;
    add_algorithms(seeds);
    add_tokens(seeds);
    add_assertions(seeds);
    add_contents(seeds);
    std::vector<std::pair<string, FuzzMessage>> all;
    for (const auto& [name, seed] : seeds) all.emplace_back(name, seed.message());
    return all;
}

}  // namespace hutong::test
