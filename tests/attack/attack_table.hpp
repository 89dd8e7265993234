// The named attacks on the verifier, each with the message it starts from and the reason it must be refused
// for.
//
// A row: a template that a foreign client signs (xmlsec itself finds the signature good), a change made
// afterwards without the key, and what the verifier must answer. Rows that expect no reason are the controls:
// they must pass.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "security/inbound/claims.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::attack {

struct Row {
    std::string name;
    test::WssTemplate message;
    const test::Identity* signer;  // nullptr: HMAC with `secret`
    std::string secret{};
    std::function<std::string(std::string)> change{};  // of the signed text; empty: none
    std::string reason{};                              // part of the officer's reason; empty: accepted
    security::Rejection::Kind kind{security::Rejection::Kind::not_verified};
};

std::vector<Row> all_rows();

}  // namespace hutong::attack
