// The messages that the differential target begins with: one for each form of token, algorithm, transform and
// part.
//
// Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/fuzz_message.hpp"

namespace hutong::test {

// The entity and the audience of the one issuer of assertions.
inline constexpr const char* fuzz_issuer = "urn:fuzz:issuer";
inline constexpr const char* fuzz_audience = "urn:fuzz:gateway";

// By name, signed, each good on 23 November 2026 at 08:00.
std::vector<std::pair<std::string, FuzzMessage>> verify_seeds();

}  // namespace hutong::test
