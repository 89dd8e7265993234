// Files that only this user may read: written whole or not at all, refused when others could have read them.
//
// Pure functions of the file system. Errors: refused (mode), not_found, unavailable.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::security {

// Writes beside the file, waits for the disk and renames, so that a crash leaves the old content or the new
// one.
Result<void> write_private_file(const std::filesystem::path& file, std::string_view content);  // mode 0600

// Refuses a file that its group or others may read or change.
Result<std::string> read_private_file(const std::filesystem::path& file);

// Any file; one of more than 1 MiB is no key and no certificate chain.
Result<std::string> read_small_file(const std::filesystem::path& file);

}  // namespace hutong::security
