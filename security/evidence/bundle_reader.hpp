// Reads an export back, and checks everything in it that needs no trusted key: frames, paths, seals, copies.
//
// Every broken check names the entry of the zip. Safe from any thread.
#pragma once

#include <filesystem>
#include <optional>

#include "security/evidence/bundle.hpp"
#include "security/evidence/check.hpp"

namespace hutong::security::evidence {

// All that a zip may hold once it is unpacked: its author chooses how much a byte of it unpacks to.
inline constexpr std::uint64_t usual_unpacked_bytes = 256u << 20;

struct BundleReading {
    std::optional<Bundle> bundle;         // nothing when so much is broken that there is no more to look at
    std::vector<std::string> mismatched;  // files whose SHA-256 is not the manifest's: for digest_check
};
// Error: unavailable (the file).
Result<BundleReading> read_bundle(const std::filesystem::path& zip, Checks& checks,
                                  std::uint64_t most_bytes = usual_unpacked_bytes);

}  // namespace hutong::security::evidence
