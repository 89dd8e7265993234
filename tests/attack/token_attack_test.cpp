// Attacks on tokens: certificates by reference, UsernameToken, SAML assertions, several signatures.
//
// Each row is a message that a foreign client signed (and, for assertions, a foreign issuer), judged with a
// gateway that takes these tokens; rows without a reason are the controls and must pass.
#include <functional>
#include <stdexcept>

#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>
#include <openssl/bn.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "security/inbound/verifier.hpp"
#include "security/tokens/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::attack {

namespace {

using security::Claims;
using security::Rejection;
using test::Identity;
using test::reference;
using test::transform;
using test::WssTemplate;
namespace names = security::names;
using Change = std::function<std::string(std::string)>;

const std::string issuer_name = "https://idp.example/metadata";
const std::string audience = "https://gw.example";
const std::string password = "令 牌 secret";

std::string str(std::string_view text) {
    return std::string(text);
}

struct Cast {
    Identity ca{test::ca_recipe("ca")};
    Identity agency{test::signer_recipe("agency"), &ca};
    Identity other{test::signer_recipe("somebody else"), &ca};
    Identity issuer{test::signer_recipe("identity provider")};
    Identity false_issuer{test::signer_recipe("identity provider")};
    Identity holder{test::signer_recipe("holder")};
    // Two certificates whose keys have one and the same identifier.
    Identity twin{with_key_identifier("twin"), &ca};
    Identity same{with_key_identifier("same"), &ca};

    static test::CertificateRecipe with_key_identifier(const std::string& name) {
        auto recipe = test::signer_recipe(name);
        recipe.extensions["subjectKeyIdentifier"] = "0102030405060708";
        return recipe;
    }
};
const Cast& cast() {
    static const Cast everyone;
    return everyone;
}

// --- the text of tokens ---

std::string key_identifier(std::string_view type, const std::string& value, bool base64 = true) {
    return "<wsse:SecurityTokenReference><wsse:KeyIdentifier " +
           (base64 ? "EncodingType=\"" + str(names::base64_binary) + "\" " : std::string()) + "ValueType=\"" +
           str(type) + "\">" + value + "</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
}
std::string thumbprint_of(const Identity& identity) {
    Bytes digest(SHA_DIGEST_LENGTH);
    SHA1(identity.der().data(), identity.der().size(), digest.data());
    return key_identifier(names::thumbprint_sha1, to_base64(digest));
}
std::string key_identifier_of(const Identity& identity) {
    const ASN1_OCTET_STRING* const id = X509_get0_subject_key_id(identity.certificate());
    if (id == nullptr) throw std::runtime_error("the certificate has no key identifier");
    return key_identifier(names::x509_key_identifier,
                          to_base64({ASN1_STRING_get0_data(id), static_cast<std::size_t>(id->length)}));
}
std::string issuer_serial_of(const Identity& identity, const std::string& issuer = "CN=ca") {
    BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(identity.certificate()), nullptr);
    char* const decimal = BN_bn2dec(number);
    const std::string serial = decimal;
    OPENSSL_free(decimal);
    BN_free(number);
    return "<wsse:SecurityTokenReference><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>" + issuer +
           "</ds:X509IssuerName><ds:X509SerialNumber>" + serial +
           "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></wsse:SecurityTokenReference>";
}

struct User {
    std::string name{"agency-a"};
    std::string password{attack::password};
    std::string nonce{"0123456789abcdef"};
    std::string created{"2026-11-23T07:59:30Z"};
    bool digest{true};
    std::string extra;

    std::string text() const {
        const std::string input = nonce + created + password;
        Bytes sha(SHA_DIGEST_LENGTH);
        SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), sha.data());
        return "<wsse:UsernameToken wsu:Id=\"User\"><wsse:Username>" + name +
               "</wsse:Username><wsse:Password Type=\"" +
               str(digest ? names::password_digest : names::password_text) + "\">" +
               (digest ? to_base64(sha) : password) + "</wsse:Password><wsse:Nonce EncodingType=\"" +
               str(names::base64_binary) + "\">" + to_base64(as_bytes(nonce)) + "</wsse:Nonce><wsu:Created>" +
               created + "</wsu:Created>" + extra + "</wsse:UsernameToken>";
    }
};

struct Assertion {
    std::string issuer{issuer_name};
    std::string subject{"<saml:NameID>agency-a</saml:NameID>"};
    std::string method{names::holder_of_key};
    std::string data;  // of SubjectConfirmationData
    std::string data_attributes;
    std::string conditions_attributes{
        "NotBefore=\"2026-11-23T07:55:00Z\" NotOnOrAfter=\"2026-11-23T08:05:00Z\""};
    std::string conditions{"<saml:AudienceRestriction><saml:Audience>" + audience +
                           "</saml:Audience></saml:AudienceRestriction>"};
    std::string issued{"2026-11-23T07:58:00Z"};
    std::string transforms{transform(str(names::enveloped)) + test::exc_c14n_transform()};
    std::string more;
    bool has_signature{true};

    std::string text() const {
        const std::string signature =
            "<ds:Signature xmlns:ds=\"" + str(names::ds) +
            "\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" + str(names::exc_c14n) +
            "\"/><ds:SignatureMethod Algorithm=\"" + str(names::ecdsa_sha256) + "\"/>" +
            reference("A1", transforms) +
            "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:KeyName>idp</ds:KeyName>"
            "</ds:KeyInfo></ds:Signature>";
        return "<saml:Assertion xmlns:saml=\"" + str(names::saml20) +
               "\" ID=\"A1\" Version=\"2.0\" IssueInstant=\"" + issued + "\"><saml:Issuer>" + issuer +
               "</saml:Issuer>" + (has_signature ? signature : "") + "<saml:Subject>" + subject +
               "<saml:SubjectConfirmation Method=\"" + method + "\"><saml:SubjectConfirmationData " +
               data_attributes + ">" + data +
               "</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"
               "<saml:Conditions " +
               conditions_attributes + ">" + conditions + "</saml:Conditions>" + more + "</saml:Assertion>";
    }
};
std::string key_of(const Identity& identity) {
    return "<ds:KeyInfo xmlns:ds=\"" + str(names::ds) + "\"><ds:X509Data><ds:X509Certificate>" +
           to_base64(identity.der()) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";
}
Assertion held_by(const Identity& holder) {
    Assertion made;
    made.data = key_of(holder);
    return made;
}
Assertion vouched() {
    Assertion made;
    made.method = str(names::sender_vouches);
    return made;
}
template <class Edit>
Assertion edited(Assertion assertion, Edit edit) {
    edit(assertion);
    return assertion;
}
const std::string saml_reference = "<wsse:SecurityTokenReference xmlns:wsse11=\"" + str(names::wsse11) +
                                   "\" wsse11:TokenType=\"" + str(names::saml20_token) +
                                   "\"><wsse:KeyIdentifier ValueType=\"" + str(names::saml_id) +
                                   "\">A1</wsse:KeyIdentifier></wsse:SecurityTokenReference>";

// --- messages ---

WssTemplate signed_with(const std::string& key_info, const Identity& signer = cast().agency) {
    WssTemplate made = test::template_for(signer);
    made.key_info = key_info;
    return made;
}
WssTemplate with_user(const User& user, bool sign = true) {
    WssTemplate made = test::template_for(cast().agency);
    made.more_security = user.text();
    if (sign) made.references.push_back(reference("User"));
    return made;
}
WssTemplate with_assertion(const Assertion& assertion, const std::string& key_info = saml_reference) {
    WssTemplate made = test::template_for(cast().agency);
    made.more_security = assertion.text();
    made.key_info = key_info;
    return made;
}
WssTemplate with_voucher(const Assertion& assertion, bool sign = true) {
    WssTemplate made = with_assertion(assertion, "");
    if (sign) made.references.push_back(reference("A1"));
    return made;
}
WssTemplate with_voucher_by_str() {
    WssTemplate made = with_assertion(vouched(), "");
    made.more_security += "<wsse:SecurityTokenReference wsu:Id=\"STR\"><wsse:KeyIdentifier ValueType=\"" +
                          str(names::saml_id) + "\">A1</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
    made.references.push_back(
        reference("STR", transform(str(names::str_transform),
                                   "<wsse:TransformationParameters><ds:CanonicalizationMethod Algorithm=\"" +
                                       str(names::exc_c14n) + "\"/></wsse:TransformationParameters>")));
    return made;
}
// The agency signs the message; somebody else signs the agency's signature.
WssTemplate endorsed(const std::string& target = "Sig") {
    WssTemplate made = test::template_for(cast().agency);
    made.signature_id = "Sig";
    WssTemplate second = test::template_for(cast().other);
    second.references = {reference(target)};
    second.key_info =
        "<ds:X509Data><ds:X509Certificate>" + second.certificate + "</ds:X509Certificate></ds:X509Data>";
    made.more_signatures = second.signature();
    return made;
}

// --- text surgery ---

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("no \"" + from + "\" to replace");
    return text.replace(at, from.size(), to);
}
Change replace(const std::string& from, const std::string& to) {
    return [=](std::string text) { return replaced(std::move(text), from, to); };
}
std::string piece(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    const auto to = text.find(end, from);
    if (from == std::string::npos || to == std::string::npos)
        throw std::runtime_error("no " + begin + "…" + end);
    return text.substr(from, to + end.size() - from);
}
std::string assertion_of(const std::string& text) {
    return piece(text, "<saml:Assertion", "</saml:Assertion>");
}
std::string without(std::string text, const std::string& begin, const std::string& end) {
    return replaced(text, piece(text, begin, end), "");
}

struct Row {
    std::string name;
    WssTemplate message;
    const Identity* signer{&cast().agency};
    const Identity* issuer{nullptr};    // signs the assertion
    const Identity* endorser{nullptr};  // signs the second signature
    Change change{};
    std::string reason{};  // empty: accepted
    std::function<void(security::VerifyInput&)> setting{};
    std::function<void(const Claims&)> expect{};
};

// The gateway that all of them are judged by.
security::Verdict judge(const Row& row, const std::string& text) {
    const xml::Limits limits;
    static const auto verifier = security::make_dom_verifier(config::Security{}, limits);
    static const security::KnownCertificates known(
        {cast().agency.der(), cast().twin.der(), cast().same.der()});
    static const security::Passwords passwords{{"agency-a", password}};
    static const security::SamlIssuers issuers = [] {
        security::SamlIssuers made;
        made.add(issuer_name, cast().issuer.der()).value();
        made.set_audience(audience);
        return made;
    }();
    security::GuessLimit guesses;
    const auto layout = soap::scan(text, limits);
    if (layout.has_error()) return Rejection{Rejection::Kind::not_verified, layout.error().detail};
    security::VerifyInput input{text, &*layout, {}, test::test_time()};
    input.tokens = {{true, true, true}, true, "192.0.2.1", &known, &passwords, &guesses, &issuers};
    if (row.setting) row.setting(input);
    return verifier->verify(input);
}

class Case : public CppUnit::TestCase {
  public:
    Case(const Row& row, std::string message) : TestCase(row.name), row_(row), message_(std::move(message)) {}

    void runTest() override {
        if (row_.change && !row_.reason.empty() && !row_.setting) {
            const auto control = judge(row_, message_);
            CPPUNIT_ASSERT_MESSAGE("control: " + (control.has_error() ? control.error().reason : ""),
                                   control.has_value());
        }
        const auto verdict = judge(row_, row_.change ? row_.change(message_) : message_);
        if (row_.reason.empty()) {
            CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason : "", verdict.has_value());
            if (row_.expect) row_.expect(*verdict);
            return;
        }
        CPPUNIT_ASSERT_MESSAGE("the attack was accepted", verdict.has_error());
        CPPUNIT_ASSERT_MESSAGE("refused for another reason: " + verdict.error().reason,
                               verdict.error().reason.find(row_.reason) != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE("the caller is told more than that it was not verified",
                               verdict.error().kind == Rejection::Kind::not_verified);
    }

  private:
    Row row_;
    std::string message_;
};

void signed_by_agency(const Claims& claims) {
    CPPUNIT_ASSERT(claims.certificate == cast().agency.der() && claims.body_signed && claims.created);
}

std::vector<Row> by_reference() {
    const auto unknown = [](security::VerifyInput& input) { input.tokens.certificates = nullptr; };
    return {
        {.name = "control: thumbprint",
         .message = signed_with(thumbprint_of(cast().agency)),
         .expect = signed_by_agency},
        {.name = "control: issuer and serial",
         .message = signed_with(issuer_serial_of(cast().agency)),
         .expect = signed_by_agency},
        {.name = "issuer and serial: another issuer's name",
         .message = signed_with(issuer_serial_of(cast().agency, "CN=other ca")),
         .reason = "no registered certificate"},
        {.name = "issuer and serial: no name",
         .message = signed_with(issuer_serial_of(cast().agency, "ca")),
         .reason = "no distinguished name"},
        {.name = "thumbprint of another registered certificate",
         .message = signed_with(thumbprint_of(cast().twin)),
         .reason = "signature value does not fit"},
        {.name = "thumbprint of nobody",
         .message = signed_with(thumbprint_of(cast().other)),
         .reason = "no registered certificate"},
        {.name = "nobody is registered",
         .message = signed_with(thumbprint_of(cast().agency)),
         .reason = "no registered certificate",
         .setting = unknown},
        {.name = "key identifier that two certificates have",
         .message = signed_with(key_identifier_of(cast().twin), cast().twin),
         .signer = &cast().twin,
         .reason = "more than one registered certificate"},
        {.name = "key identifier of an unknown type",
         .message = signed_with(key_identifier("urn:unknown", "AAAA")),
         .reason = "ValueType"},
        {.name = "key identifier that is no base64",
         .message = signed_with(key_identifier(names::thumbprint_sha1, "?")),
         .reason = "not base64"},
    };
}

std::vector<Row> users() {
    const auto plain_http = [](security::VerifyInput& input) { input.tokens.over_tls = false; };
    const auto user_only = [](security::VerifyInput& input) { input.required = {false, false, false}; };
    const auto user_only_in_clear = [](security::VerifyInput& input) {
        input.required = {false, false, false};
        input.tokens.over_tls = false;
    };
    const auto off = [](security::VerifyInput& input) {
        input.tokens.accepted.username = false;
        input.required = {false, false, false};
    };
    const auto needed = [](security::VerifyInput& input) { input.tokens.accepted = {false, true, false}; };
    const auto user = [](auto edit) {
        User made;
        edit(made);
        return made;
    };
    const auto no_signature = [](std::string text) {
        return without(std::move(text), "<ds:Signature ", "</ds:Signature>");
    };
    const auto is_user = [](const Claims& claims) {
        CPPUNIT_ASSERT_EQUAL(str("agency-a"), claims.username.value_or(""));
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), claims.one_time.size());
        CPPUNIT_ASSERT(claims.one_time[0].until > test::test_time());
    };
    return {
        {.name = "control: digest, signed",
         .message = with_user({}),
         .setting = plain_http,
         .expect = is_user},
        {.name = "control: text over TLS, signed",
         .message = with_user(user([](User& u) { u.digest = false; })),
         .expect = is_user},
        {.name = "control: digest alone over TLS",
         .message = with_user({}),
         .change = no_signature,
         .setting = user_only,
         .expect = is_user},
        {.name = "control: no UsernameToken where it is not the only way",
         .message = test::template_for(cast().agency),
         .expect = signed_by_agency},
        {.name = "text without TLS",
         .message = with_user(user([](User& u) { u.digest = false; })),
         .reason = "did not come over TLS",
         .setting = plain_http},
        {.name = "digest alone without TLS",
         .message = with_user({}),
         .change = no_signature,
         .reason = "did not come over TLS",
         .setting = user_only_in_clear},
        {.name = "UsernameToken alone where policy wants a signature",
         .message = with_user({}),
         .change = no_signature,
         .reason = "holds no signature"},
        {.name = "UsernameToken alone where policy takes none",
         .message = with_user({}),
         .change = no_signature,
         .reason = "holds no signature",
         .setting = off},
        {.name = "no UsernameToken where policy wants one",
         .message = test::template_for(cast().agency),
         .reason = "none of the tokens",
         .setting = needed},
        {.name = "UsernameToken not signed",
         .message = with_user({}, false),
         .reason = "UsernameToken is not signed"},
        {.name = "UsernameToken altered",
         .message = with_user({}),
         .change = replace("agency-a</wsse:Username>", "agency-b</wsse:Username>"),
         .reason = "#User does not fit"},
        {.name = "second UsernameToken",
         .message = with_user({}),
         .change = replace("</wsse:UsernameToken>", "</wsse:UsernameToken><wsse:UsernameToken/>"),
         .reason = "more than one UsernameToken"},
        {.name = "digest of a wrong password",
         .message = with_user(user([](User& u) { u.password = "guess"; })),
         .reason = "password of user agency-a is wrong"},
        {.name = "wrong text",
         .message = with_user(user([](User& u) {
             u.password = "guess";
             u.digest = false;
         })),
         .reason = "password of user agency-a is wrong"},
        {.name = "the password itself called a digest",
         .message = with_user({}),
         .change =
             [no_signature](std::string text) {
                 const std::string old = piece(text, "#PasswordDigest\">", "</wsse:Password>");
                 text = replaced(std::move(text), old, "#PasswordDigest\">" + password + "</wsse:Password>");
                 return no_signature(std::move(text));
             },
         .reason = "is wrong",
         .setting = user_only},
        {.name = "user without a password",
         .message = with_user(user([](User& u) { u.name = "nobody"; })),
         .reason = "no password is set for user nobody"},
        {.name = "stale Created",
         .message = with_user(user([](User& u) { u.created = "2026-11-23T07:50:00Z"; })),
         .reason = "stale"},
        {.name = "future Created",
         .message = with_user(user([](User& u) { u.created = "2026-11-23T08:05:00Z"; })),
         .reason = "in the future"},
        {.name = "Created without a zone",
         .message = with_user(user([](User& u) { u.created = "2026-11-23T07:59:30"; })),
         .reason = "Created is"},
        {.name = "short nonce",
         .message = with_user(user([](User& u) { u.nonce = "1234567"; })),
         .reason = "Nonce is not base64 of"},
        {.name = "two nonces",
         .message = with_user(user([](User& u) { u.extra = "<wsse:Nonce>AAAAAAAAAAAAAAAA</wsse:Nonce>"; })),
         .reason = "more than one Nonce"},
        {.name = "key derivation",
         .message = with_user(user([](User& u) {
             u.extra = "<wsse11:Salt xmlns:wsse11=\"" + str(names::wsse11) + "\">AAAA</wsse11:Salt>";
         })),
         .reason = "holds more than"},
        {.name = "user name with a line break",
         .message = with_user(user([](User& u) { u.name = "agency-a\n"; })),
         .reason = "control characters"},
        {.name = "no nonce",
         .message = with_user({}),
         .change =
             [no_signature](std::string text) {
                 return no_signature(without(std::move(text), "<wsse:Nonce", "</wsse:Nonce>"));
             },
         .reason = "no Nonce",
         .setting = user_only},
        {.name = "no Created",
         .message = with_user({}),
         .change =
             [no_signature](std::string text) {
                 const std::string token = piece(text, "<wsse:UsernameToken", "</wsse:UsernameToken>");
                 return no_signature(
                     replaced(text, token, without(token, "<wsu:Created>", "</wsu:Created>")));
             },
         .reason = "no Created",
         .setting = user_only},
        {.name = "comment in the user's name",
         .message = with_user({}),
         .change =
             [no_signature](std::string text) {
                 return no_signature(replaced(std::move(text), "agency-a</wsse:Username>",
                                              "agency<!-- -->-a</wsse:Username>"));
             },
         .reason = "more than text",
         .setting = user_only},
    };
}

std::vector<Row> assertions() {
    const Identity* const holder = &cast().agency;
    const auto off = [](security::VerifyInput& input) { input.tokens.accepted.saml = false; };
    const auto from_issuer = [&](const std::string& name, WssTemplate message, const std::string& reason) {
        return Row{.name = name, .message = std::move(message), .issuer = &cast().issuer, .reason = reason};
    };
    const auto altered = [&](const std::string& name, Change change, const std::string& reason) {
        return Row{.name = name,
                   .message = with_assertion(held_by(*holder)),
                   .issuer = &cast().issuer,
                   .change = std::move(change),
                   .reason = reason};
    };
    const auto so = [&](const std::string& name, auto edit, const std::string& reason) {
        return from_issuer(name, with_assertion(edited(held_by(*holder), edit)), reason);
    };
    std::vector<Row> rows;
    rows.push_back({.name = "control: holder of key",
                    .message = with_assertion(held_by(*holder)),
                    .issuer = &cast().issuer,
                    .expect = [](const Claims& claims) {
                        signed_by_agency(claims);
                        CPPUNIT_ASSERT(claims.saml && !claims.saml->vouched);
                        CPPUNIT_ASSERT_EQUAL(issuer_name, claims.saml->issuer);
                        CPPUNIT_ASSERT_EQUAL(str("agency-a"), claims.saml->subject);
                        CPPUNIT_ASSERT(claims.one_time.empty());
                    }});
    rows.push_back({.name = "control: holder of key by a token of the same certificate",
                    .message = with_assertion(held_by(*holder), ""),
                    .issuer = &cast().issuer,
                    .expect = [](const Claims& claims) { CPPUNIT_ASSERT(claims.saml); }});
    const auto vouches = [](const Claims& claims) {
        signed_by_agency(claims);
        CPPUNIT_ASSERT(claims.saml && claims.saml->vouched);
    };
    rows.push_back({.name = "control: sender vouches, assertion signed by Id",
                    .message = with_voucher(vouched()),
                    .issuer = &cast().issuer,
                    .expect = vouches});
    rows.push_back({.name = "control: sender vouches, assertion signed by STR-Transform",
                    .message = with_voucher_by_str(),
                    .issuer = &cast().issuer,
                    .expect = vouches});
    rows.push_back({.name = "control: one-time assertion",
                    .message = with_assertion(
                        edited(held_by(*holder), [](Assertion& a) { a.conditions += "<saml:OneTimeUse/>"; })),
                    .issuer = &cast().issuer,
                    .expect = [](const Claims& claims) {
                        CPPUNIT_ASSERT_EQUAL(std::size_t(1), claims.one_time.size());
                        CPPUNIT_ASSERT_EQUAL("assertion " + issuer_name + " A1", claims.one_time[0].key);
                    }});
    rows.push_back({.name = "control: an assertion that policy does not take is not looked at",
                    .message = with_assertion(held_by(*holder), ""),
                    .issuer = &cast().false_issuer,
                    .setting = off,
                    .expect = [](const Claims& claims) { CPPUNIT_ASSERT(!claims.saml); }});
    rows.push_back({.name = "holder of key where policy takes no assertion",
                    .message = with_assertion(held_by(*holder)),
                    .issuer = &cast().issuer,
                    .reason = "none that is accepted here",
                    .setting = off});
    rows.push_back({.name = "issuer's name, another issuer's key",
                    .message = with_assertion(held_by(*holder)),
                    .issuer = &cast().false_issuer,
                    .reason = "signature value does not fit"});
    rows.push_back(so(
        "issuer that is not trusted", [](Assertion& a) { a.issuer = "https://evil.example"; },
        "is not trusted"));
    rows.push_back(from_issuer("signed by another key than the holder's",
                               with_assertion(held_by(cast().holder)), "signature value does not fit"));
    rows.push_back(from_issuer("signed by another key, with its own token",
                               with_assertion(held_by(cast().holder), ""),
                               "not signed by the holder of the assertion's key"));
    rows.push_back(from_issuer("sender vouches for an assertion that is not signed with the message",
                               with_voucher(vouched(), false), "does not vouch"));
    rows.push_back(from_issuer("message signed with a sender-vouches assertion as its key",
                               with_assertion(vouched()), "not holder-of-key"));
    rows.push_back(so(
        "bearer", [](Assertion& a) { a.method = "urn:oasis:names:tc:SAML:2.0:cm:bearer"; }, "bearer"));
    rows.push_back(so(
        "no audience", [](Assertion& a) { a.conditions = ""; }, "no AudienceRestriction"));
    rows.push_back(so(
        "another audience",
        [](Assertion& a) {
            a.conditions =
                "<saml:AudienceRestriction><saml:Audience>https://gw.example.evil</saml:Audience>"
                "</saml:AudienceRestriction>";
        },
        "not meant for the audience"));
    rows.push_back(so(
        "two restrictions of which one is another audience",
        [](Assertion& a) {
            a.conditions +=
                "<saml:AudienceRestriction><saml:Audience>urn:else</saml:Audience>"
                "</saml:AudienceRestriction>";
        },
        "not meant for the audience"));
    rows.push_back(so(
        "unknown condition", [](Assertion& a) { a.conditions += "<saml:Condition/>"; }, "not supported"));
    rows.push_back(so(
        "expired",
        [](Assertion& a) {
            a.conditions_attributes =
                "NotBefore=\"2026-11-23T07:00:00Z\" NotOnOrAfter=\"2026-11-23T07:58:59Z\"";
        },
        "expired at"));
    rows.push_back(so(
        "not valid yet",
        [](Assertion& a) {
            a.conditions_attributes =
                "NotBefore=\"2026-11-23T08:02:00Z\" NotOnOrAfter=\"2026-11-23T08:05:00Z\"";
        },
        "not valid before"));
    rows.push_back(so(
        "no end", [](Assertion& a) { a.conditions_attributes = ""; }, "no NotOnOrAfter"));
    rows.push_back(so(
        "confirmation expired",
        [](Assertion& a) { a.data_attributes = "NotOnOrAfter=\"2026-11-23T07:50:00Z\""; }, "expired at"));
    rows.push_back(so(
        "another recipient", [](Assertion& a) { a.data_attributes = "Recipient=\"https://else\""; },
        "recipient"));
    rows.push_back(so(
        "issued in the future", [](Assertion& a) { a.issued = "2026-11-23T08:05:00Z"; },
        "issued in the future"));
    rows.push_back(so(
        "encrypted name", [](Assertion& a) { a.subject = "<saml:EncryptedID/>"; }, "not supported"));
    rows.push_back(so(
        "name in another space",
        [](Assertion& a) { a.subject = "<saml:NameID NameQualifier=\"urn:else\">agency-a</saml:NameID>"; },
        "qualified by"));
    rows.push_back(so(
        "two keys", [](Assertion& a) { a.data += a.data; }, "more than one KeyInfo"));
    rows.push_back(so(
        "key without a certificate",
        [](Assertion& a) {
            a.data =
                "<ds:KeyInfo xmlns:ds=\"" + str(names::ds) + "\"><ds:KeyValue>x</ds:KeyValue></ds:KeyInfo>";
        },
        "X509Data"));
    rows.push_back(so(
        "inclusive c14n in the assertion",
        [](Assertion& a) { a.transforms = transform(str(names::enveloped)) + transform(str(names::c14n10)); },
        "exclusive c14n"));
    rows.push_back(altered("assertion tampered", replace("agency-a</saml:NameID>", "agency-b</saml:NameID>"),
                           "#A1 does not fit"));
    rows.push_back(altered("comment in the name",
                           replace("agency-a</saml:NameID>", "agency<!-- -->-a</saml:NameID>"), "comment"));
    rows.push_back(altered(
        "assertion's signature removed",
        [](std::string text) { return without(std::move(text), "<ds:Signature ", "</ds:Signature>"); },
        "no Signature"));
    // Wrapping: the signed assertion is kept somewhere, a forged one stands where it is read.
    const auto forge = [](const std::string& id, const std::string& keep_before, const std::string& open,
                          const std::string& close) {
        return [=](std::string text) {
            const std::string original = assertion_of(text);
            std::string forged = replaced(original, "agency-a</saml:NameID>", "agency-b</saml:NameID>");
            forged = replaced(forged, " ID=\"A1\"", " ID=\"" + id + "\"");
            text = replaced(text, original, forged);
            text = replaced(text, keep_before, open + original + close + keep_before);
            const std::string key = "\">A1</wsse:KeyIdentifier>";
            return replaced(text, key, "\">" + id + "</wsse:KeyIdentifier>");
        };
    };
    for (const auto& [where, mark, open, close] : std::vector<std::array<std::string, 4>>{
             {"a header block", "</soap:Header>", "", ""},
             {"a wrapper in the header", "</soap:Header>", "<w:w xmlns:w=\"urn:w\">", "</w:w>"},
             {"a wrapper in Security", "</wsse:Security>", "<w:w xmlns:w=\"urn:w\">", "</w:w>"}}) {
        rows.push_back(altered("assertion wrapped in " + where + ", forged with another ID",
                               forge("A2", mark, open, close), "not over the assertion"));
        rows.push_back(altered("assertion wrapped in " + where + ", forged with the same ID",
                               forge("A1", mark, open, close), "occurs more than once"));
    }
    rows.push_back(altered("second assertion in Security", forge("A2", "</wsse:Security>", "", ""),
                           "more than one SAML assertion"));
    rows.push_back(altered(
        "the signed assertion inside the forged one's Advice",
        [](std::string text) {
            const std::string original = assertion_of(text);
            std::string forged = replaced(original, "agency-a</saml:NameID>", "agency-b</saml:NameID>");
            forged = replaced(forged, " ID=\"A1\"", " ID=\"A2\"");
            forged = replaced(forged, "</saml:Assertion>",
                              "<saml:Advice>" + original + "</saml:Advice></saml:Assertion>");
            text = replaced(text, original, forged);
            return replaced(text, "\">A1</wsse:KeyIdentifier>", "\">A2</wsse:KeyIdentifier>");
        },
        "not over the assertion"));
    return rows;
}

std::vector<Row> several_signatures() {
    const auto row = [](const std::string& name, WssTemplate message, Change change,
                        const std::string& reason) {
        return Row{.name = name,
                   .message = std::move(message),
                   .endorser = &cast().other,
                   .change = std::move(change),
                   .reason = reason};
    };
    const auto first = [](std::string text) { return piece(text, "<ds:Signature ", "</ds:Signature>"); };
    std::vector<Row> rows;
    rows.push_back({.name = "control: endorsed",
                    .message = endorsed(),
                    .endorser = &cast().other,
                    .expect = [](const Claims& claims) {
                        signed_by_agency(claims);
                        CPPUNIT_ASSERT_EQUAL(std::size_t(2), claims.signature_values.size());
                        CPPUNIT_ASSERT_EQUAL(std::size_t(1), claims.endorsers.size());
                        CPPUNIT_ASSERT(claims.endorsers[0] == cast().other.der());
                    }});
    rows.push_back({.name = "control: the endorsing signature stands first",
                    .message = endorsed(),
                    .endorser = &cast().other,
                    .change =
                        [=](std::string text) {
                            const std::string moved = first(text);
                            text = replaced(text, moved, "");
                            return replaced(text, "</wsse:Security>", moved + "</wsse:Security>");
                        },
                    .expect = signed_by_agency});
    rows.push_back(row(
        "the endorsed signature removed", endorsed("Body"),
        [=](std::string text) { return replaced(text, first(text), ""); }, "Timestamp is not signed"));
    rows.push_back(row(
        "an endorsing signature that does not verify", endorsed(),
        [=](std::string text) {
            // Its own key's value over something else: the last signature's digest is changed.
            const auto at = text.rfind("<ds:DigestValue>") + 16;
            text[at] = text[at] == 'A' ? 'B' : 'A';
            return text;
        },
        "does not fit"));
    rows.push_back(row("the endorsed signature changed under it", endorsed(),
                       replace("Id=\"Sig\"", "Id=\"Sig\" xml:lang=\"zh\""), "#Sig does not fit"));
    WssTemplate both = endorsed();
    WssTemplate again = test::template_for(cast().other);
    again.key_info =
        "<ds:X509Data><ds:X509Certificate>" + again.certificate + "</ds:X509Certificate></ds:X509Data>";
    both.more_signatures = again.signature();
    rows.push_back(row("two signatures over the whole message", both, {}, "not clear who sends the message"));
    rows.push_back(row(
        "five signatures", endorsed(),
        [=](std::string text) {
            const std::string one = replaced(first(text), "Id=\"Sig\"", "");
            return replaced(text, "</wsse:Security>", one + one + one + "</wsse:Security>");
        },
        "more than 4 signatures"));
    return rows;
}

class TokenAttackSuite {
  public:
    static CppUnit::TestSuite* suite() {
        std::vector<Row> rows;
        for (auto& family : {by_reference(), users(), assertions(), several_signatures()})
            rows.insert(rows.end(), family.begin(), family.end());
        test::ForeignSigner signer;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string name = std::to_string(i);
            signer.add(name, rows[i].message.text(), rows[i].signer->key_pem());
            if (rows[i].issuer != nullptr) signer.add_issuer(name, rows[i].issuer->key_pem());
            if (rows[i].endorser != nullptr) signer.add_key(name, 1, rows[i].endorser->key_pem());
        }
        signer.run();
        auto* const suite = new CppUnit::TestSuite("token attacks");
        for (std::size_t i = 0; i < rows.size(); ++i)
            suite->addTest(new Case(rows[i], signer.signed_message(std::to_string(i))));
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TokenAttackSuite);

}  // namespace

}  // namespace hutong::attack
