// Checks an export offline: on any machine, with nothing but the roots one trusts.
//
// What the zip says of itself is never taken for true: every value is computed anew from the bytes of the
// frames, and these are led up to the seal, the timestamp and the signed head. Safe from any thread.
#pragma once

#include <filesystem>

#include "security/evidence/bundle.hpp"
#include "security/evidence/check.hpp"

namespace hutong::security::evidence {

struct VerifyInput {
    std::vector<Bytes> roots;      // DER: of the platform, and of other CAs whose callers are looked at
    std::vector<Bytes> tsa_roots;  // DER: of outside timestamp authorities
};

struct Evidence {
    std::string exchange;
    std::uint64_t records{0};
    std::vector<Check> checks;
    bool intact() const;               // nothing is broken
    const Check* first_fault() const;  // null: none
};

// Errors: unavailable (the file). What is wrong with the zip is a broken check.
Result<Evidence> verify_zip(const std::filesystem::path& zip, const VerifyInput& input);

}  // namespace hutong::security::evidence
