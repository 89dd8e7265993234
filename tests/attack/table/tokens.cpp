#include "tests/attack/table/tokens.hpp"

#include <stdexcept>

#include <cppunit/TestAssert.h>
#include <openssl/bn.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

const std::string issuer_name = "https://idp.example/metadata";
const std::string audience = "https://gw.example";
const std::string password = "令 牌 secret";

test::CertificateRecipe TokenCast::with_key_identifier(const std::string& name) {
    auto recipe = test::signer_recipe(name);
    recipe.extensions["subjectKeyIdentifier"] = "0102030405060708";
    return recipe;
}
const TokenCast& token_cast() {
    static const TokenCast everyone;
    return everyone;
}

Setting takes_tokens(Setting more) {
    return [=](Receiver& receiver) {
        security::SamlIssuers issuers;
        issuers.add(issuer_name, token_cast().issuer.der()).value();
        issuers.set_audience(audience);
        receiver.settings->issuers = std::make_shared<const security::SamlIssuers>(std::move(issuers));
        receiver.settings->guesses = std::make_shared<security::GuessLimit>();
        receiver.table->certificates = security::KnownCertificates(
            {cast().p256.der(), token_cast().twin.der(), token_cast().same.der()});
        receiver.table->passwords = {{"agency-a", password}};
        receiver.policy.tokens = {.x509 = true, .username = true, .saml = true};
        if (more) more(receiver);
    };
}

void put(Table& table, std::vector<Row> rows) {
    for (Row& row : rows) {
        row.setting = takes_tokens(std::move(row.setting));
        table.rows.push_back(std::move(row));
    }
}

void signed_by_agency(const security::Claims& claims) {
    CPPUNIT_ASSERT(claims.certificate == cast().p256.der() && claims.body_signed && claims.created);
}

std::string key_identifier(std::string_view type, const std::string& value, bool base64) {
    return "<wsse:SecurityTokenReference><wsse:KeyIdentifier " +
           (base64 ? "EncodingType=\"" + str(names::base64_binary) + "\" " : std::string()) + "ValueType=\"" +
           str(type) + "\">" + value + "</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
}
std::string thumbprint_of(const test::Identity& identity) {
    Bytes digest(SHA_DIGEST_LENGTH);
    SHA1(identity.der().data(), identity.der().size(), digest.data());
    return key_identifier(names::thumbprint_sha1, to_base64(digest));
}
std::string key_identifier_of(const test::Identity& identity) {
    const ASN1_OCTET_STRING* const id = X509_get0_subject_key_id(identity.certificate());
    if (id == nullptr) throw std::runtime_error("the certificate has no key identifier");
    return key_identifier(names::x509_key_identifier,
                          to_base64({ASN1_STRING_get0_data(id), static_cast<std::size_t>(id->length)}));
}
std::string issuer_serial_of(const test::Identity& identity, const std::string& issuer) {
    BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(identity.certificate()), nullptr);
    char* const decimal = BN_bn2dec(number);
    const std::string serial = decimal;
    OPENSSL_free(decimal);
    BN_free(number);
    return "<wsse:SecurityTokenReference><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>" + issuer +
           "</ds:X509IssuerName><ds:X509SerialNumber>" + serial +
           "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></wsse:SecurityTokenReference>";
}

std::string User::text() const {
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

std::string Assertion::text() const {
    const std::string signature =
        "<ds:Signature xmlns:ds=\"" + str(names::ds) +
        "\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" + str(names::exc_c14n) +
        "\"/><ds:SignatureMethod Algorithm=\"" + str(names::ecdsa_sha256) + "\"/>" +
        test::reference(signed_id, transforms) +
        "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:KeyName>idp</ds:KeyName>"
        "</ds:KeyInfo></ds:Signature>";
    return "<saml:Assertion xmlns:saml=\"" + str(names::saml20) +
           "\" ID=\"A1\" Version=\"2.0\" IssueInstant=\"" + issued + "\"><saml:Issuer>" + issuer +
           "</saml:Issuer>" + signature + "<saml:Subject>" + subject + "<saml:SubjectConfirmation Method=\"" +
           method + "\"><saml:SubjectConfirmationData " + data_attributes + ">" + data +
           "</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"
           "<saml:Conditions " +
           conditions_attributes + ">" + conditions + "</saml:Conditions></saml:Assertion>";
}
std::string key_of(const test::Identity& identity) {
    return "<ds:KeyInfo xmlns:ds=\"" + str(names::ds) + "\"><ds:X509Data><ds:X509Certificate>" +
           to_base64(identity.der()) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";
}
Assertion held_by(const test::Identity& holder) {
    Assertion made;
    made.data = key_of(holder);
    return made;
}
Assertion vouched() {
    Assertion made;
    made.method = str(names::sender_vouches);
    return made;
}
const std::string saml_reference = "<wsse:SecurityTokenReference xmlns:wsse11=\"" + str(names::wsse11) +
                                   "\" wsse11:TokenType=\"" + str(names::saml20_token) +
                                   "\"><wsse:KeyIdentifier ValueType=\"" + str(names::saml_id) +
                                   "\">A1</wsse:KeyIdentifier></wsse:SecurityTokenReference>";

WssTemplate with_user(const User& user, bool sign) {
    WssTemplate made = test::template_for(cast().p256);
    made.more_security = user.text();
    if (sign) made.references.push_back(reference("User"));
    return made;
}

WssTemplate with_assertion(const Assertion& assertion, const std::string& key_info) {
    WssTemplate made = test::template_for(cast().p256);
    made.more_security = assertion.text();
    made.key_info = key_info;
    return made;
}

}  // namespace hutong::attack
