// The table of named attacks on what a message claims: how rows are made, who takes part, text surgery.
//
// A row is a template that a foreign client signs (xmlsec itself finds the signature good), a change made
// afterwards without the key, and the reason it must be refused for. A row without a reason is a control: it
// must pass. The rows are in one file per family; families.cpp lists them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "security/inbound/claims.hpp"
#include "tests/attack/paths.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::attack {

using Change = std::function<std::string(std::string)>;
using Setting = std::function<void(Receiver&)>;

struct Cast {
    test::Identity ca{test::ca_recipe("ca")};
    test::Identity p256{test::signer_recipe("agency"), &ca};
    test::Identity rsa{test::signer_recipe("agency-rsa", "RSA:2048"), &ca};
    test::Identity rsa1024{test::signer_recipe("agency-weak", "RSA:1024"), &ca};
    test::Identity p384{test::signer_recipe("agency-384", "EC:P-384"), &ca};
    test::Identity sm2{test::signer_recipe("agency-sm2", "SM2:"), &ca};
    test::Identity sm2_other{test::signer_recipe("another sm2", "SM2:"), &ca};
    test::Identity other{test::signer_recipe("somebody else"), &ca};
};
const Cast& cast();

struct Row {
    std::string name;
    test::WssTemplate message;
    const test::Identity* signer{&cast().p256};  // nullptr: HMAC with `secret`
    std::string secret{};
    const test::Identity* issuer{nullptr};    // signs the assertion
    const test::Identity* endorser{nullptr};  // signs the second signature
    Change pack{};         // the sender's last step: puts the signed envelope among its parts
    Change change{};       // of the signed text; empty: none
    std::string reason{};  // part of the officer's reason, or several with | between; empty: accepted
    security::Rejection::Kind kind{security::Rejection::Kind::not_verified};
    Setting setting{};                                      // of the gateway; empty: as it is by default
    std::function<void(const security::Claims&)> expect{};  // of a control
    // It lies outside of what is read in one pass: the gateway must hand it over, and the tree decides.
    bool handed_over{false};
};

class Table {
  public:
    // Signed so by the key's owner: the signature is good, the message is not acceptable.
    Row& signed_so(const std::string& name, test::WssTemplate message, const std::string& reason,
                   security::Rejection::Kind kind = security::Rejection::Kind::not_verified);
    // Changed without the key; what it was changed from must pass.
    Row& changed(const std::string& name, Change change, const std::string& reason);
    Row& changed(const std::string& name, Change change, const std::string& reason, test::WssTemplate message,
                 security::Rejection::Kind kind = security::Rejection::Kind::not_verified);
    Row& control(const std::string& name, test::WssTemplate message);
    Row& control(const std::string& name, test::WssTemplate message, const test::Identity& signer,
                 Change change = {});
    Row& add(Row row) { return rows.emplace_back(std::move(row)); }
    std::vector<Row> rows;
};

// The message that rows start from: Timestamp and Body signed with P-256.
test::WssTemplate plain();
template <class Edit>
test::WssTemplate plain(Edit edit) {
    test::WssTemplate made = plain();
    edit(made);
    return made;
}

// --- text surgery: throws where the message has not what is to be changed, so that no row tests nothing ---

std::string str(std::string_view text);
std::string replaced(std::string text, const std::string& from, const std::string& to);
Change replace(const std::string& from, const std::string& to);
Change before(const std::string& mark, const std::string& insert);
Change after(const std::string& mark, const std::string& insert);
// From the first `begin` to the end of the first `end` after it.
std::string piece(const std::string& text, const std::string& begin, const std::string& end);
std::string without(std::string text, const std::string& begin, const std::string& end);
std::string body_of(const std::string& text);
std::string timestamp_of(const std::string& text);
std::string signature_of(const std::string& text);

extern const std::string forged_content;
std::string forged_body(const std::string& attributes);
std::string forged_timestamp(const std::string& attributes);

// Whether one of several reasons, with | between, is part of what was said.
bool says(const std::string& said, const std::string& reasons);

}  // namespace hutong::attack
