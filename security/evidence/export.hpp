// Exports one exchange from a node's journal as a zip that anyone can check anywhere.
//
// Reads files only; may run beside the daemon. Errors: not_found (no such exchange here), corrupt,
// unavailable.
#pragma once

#include <filesystem>

#include "security/evidence/bundle.hpp"

namespace hutong::security::evidence {

// All that the zip is made of.
Result<Bundle> collect(const std::filesystem::path& folder, const std::string& exchange);
// How many bytes there are to unpack.
Result<std::uint64_t> write_zip(const Bundle& bundle, const std::filesystem::path& zip);

}  // namespace hutong::security::evidence
