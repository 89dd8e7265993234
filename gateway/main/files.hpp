// Small files, read whole and replaced whole. Blocking; for start-up and the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.hpp"

namespace hutong {

// Error: not_found or unavailable with the system's reason; limit beyond `most` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most = 16u << 20);

// Whether replace_file would find its folder: asked before something is done that cannot be undone.
Result<void> can_be_written(const std::filesystem::path& path);

// Readers see the old content or the new, never a part: written beside, synced, renamed.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

}  // namespace hutong
