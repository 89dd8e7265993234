// Checks an export offline: on any machine, with nothing but the roots one trusts.
//
// What the zip says of itself is never taken for true: every value is computed anew from the bytes of the
// frames, and these are led up to the seal, the timestamp and the signed head. Safe from any thread.
#pragma once

#include <filesystem>

#include "security/evidence/bundle.hpp"
#include "security/evidence/bundle_reader.hpp"
#include "security/evidence/check.hpp"

namespace hutong::security::evidence {

struct VerifyInput {
    std::vector<Bytes> roots;           // DER: of the platform: its nodes and its own timestamps
    std::vector<Bytes> tsa_roots;       // DER: of outside timestamp authorities
    std::vector<Bytes> caller_roots{};  // DER: of outside CAs whose callers are looked at, and nothing else
    std::uint64_t most_bytes{usual_unpacked_bytes};
};

enum class Standing {
    intact,      // nothing is broken, and all that is proven of each segment is under its node's signed head
    repacked,    // so it is, in a zip that is not as exported: another program packed it, or it was altered
    not_proven,  // nothing is broken, but anybody could have made it
    broken
};

struct Evidence {
    std::string exchange;
    std::uint64_t records{0};
    std::vector<Check> checks;
    std::string container;  // where the zip itself is not as exported; empty: nowhere
    std::string unproven;   // what nobody vouches for, and what is missing; empty: nothing
    Standing standing() const;
    bool intact() const { return standing() == Standing::intact; }
    const Check* first_fault() const;  // null: none
};

// Errors: unavailable (the file). What is wrong with the zip is a broken check.
Result<Evidence> verify_zip(const std::filesystem::path& zip, const VerifyInput& input);

}  // namespace hutong::security::evidence
