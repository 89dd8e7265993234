// What lies beside the segments: a sealed segment's timestamp, the newest signed head of each, and the
// certificates and CRLs that were believed, under their own SHA-256.
//
// Pure paths, and files written whole or not at all. Errors: unavailable, not_found, limit.
#pragma once

#include <filesystem>
#include <string>

#include "base/bytes.hpp"

namespace hutong::security::journal {

std::filesystem::path timestamp_path(const std::filesystem::path& folder,
                                     std::uint64_t segment);                                  // 00000003.tsr
std::filesystem::path head_path(const std::filesystem::path& folder, std::uint64_t segment);  // 00000003.head
// objects/HEX.cer, objects/HEX.crl. `kind`: cer | crl | ocsp
std::filesystem::path object_path(const std::filesystem::path& folder, const std::string& digest,
                                  const std::string& kind);

Result<Bytes> read_beside(const std::filesystem::path& file, std::size_t most = 64u << 20);
// Written under another name, synced, renamed.
Result<void> write_beside(const std::filesystem::path& file, ByteView content);
// Once only: what is there already has the same content.
Result<void> keep_object(const std::filesystem::path& folder, const std::string& kind, ByteView content);

}  // namespace hutong::security::journal
