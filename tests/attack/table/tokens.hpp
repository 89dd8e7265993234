// Tokens for the rows that attack them: their texts, whose they are, the messages that carry them, and a
// gateway that takes them all.
#pragma once

#include "security/tokens/names.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

namespace names = security::names;

struct TokenCast {
    test::Identity issuer{test::signer_recipe("identity provider")};
    test::Identity false_issuer{test::signer_recipe("identity provider")};
    test::Identity holder{test::signer_recipe("holder")};
    // Two certificates whose keys have one and the same identifier.
    test::Identity twin{with_key_identifier("twin"), &cast().ca};
    test::Identity same{with_key_identifier("same"), &cast().ca};

    static test::CertificateRecipe with_key_identifier(const std::string& name);
};
const TokenCast& token_cast();

// Takes certificates by reference, passwords and assertions; then `more`.
Setting takes_tokens(Setting more = {});

extern const std::string issuer_name;
extern const std::string audience;

// --- SecurityTokenReferences ---

std::string key_identifier(std::string_view type, const std::string& value, bool base64 = true);
std::string thumbprint_of(const test::Identity& identity);
std::string key_identifier_of(const test::Identity& identity);
std::string issuer_serial_of(const test::Identity& identity, const std::string& issuer = "CN=ca");

// --- UsernameToken ---

extern const std::string password;

struct User {
    std::string name{"agency-a"};
    std::string password{attack::password};
    std::string nonce{"0123456789abcdef"};
    std::string created{"2026-11-23T07:59:30Z"};
    bool digest{true};
    std::string extra;
    std::string text() const;
};
test::WssTemplate with_user(const User& user, bool sign = true);

// --- SAML ---

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
    std::string transforms{test::transform(str(names::enveloped)) + test::exc_c14n_transform()};
    std::string signed_id{"A1"};  // what its signature refers to
    std::string text() const;
};
Assertion held_by(const test::Identity& holder);
Assertion vouched();
template <class Edit>
Assertion edited(Assertion assertion, Edit edit) {
    edit(assertion);
    return assertion;
}
std::string key_of(const test::Identity& identity);
extern const std::string saml_reference;
test::WssTemplate with_assertion(const Assertion& assertion, const std::string& key_info = saml_reference);

// Into the table, each judged by a gateway that takes tokens.
void put(Table& table, std::vector<Row> rows);
void signed_by_agency(const security::Claims& claims);

}  // namespace hutong::attack
