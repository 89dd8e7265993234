// The container of an export: the one form of a zip in which every byte is fixed by the names and the
// contents, so that no byte of the file can be altered unnoticed (docs/decisions/0036).
//
// PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Entries are stored, dated 1980-01-01, without
// extra fields, attributes and comments, with nothing before, between or after them; manifest.json stands
// first, the others in the order of their names' bytes; the directory repeats them in that order. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace hutong::security::evidence {

struct ContainerEntry {
    std::string name;
    std::uint32_t crc{0};
    std::uint32_t size{0};
    std::uint32_t at{0};  // of its local header
};

class ContainerWriter {
  public:
    // Replaces an older file when finished. Error: unavailable.
    static Result<ContainerWriter> create(const std::filesystem::path& file);
    // Errors: unavailable; limit (65,534 entries and 4 GiB are all that such a zip can hold); invalid (not in
    // the order above).
    Result<void> add(const std::string& name, ByteView content);
    Result<void> finish();  // without it nothing is left. Error: unavailable

    ContainerWriter(ContainerWriter&&) noexcept = default;
    ContainerWriter& operator=(ContainerWriter&&) = delete;
    ~ContainerWriter();

  private:
    explicit ContainerWriter(std::filesystem::path file);
    std::filesystem::path file_, part_;
    std::ofstream out_;
    std::vector<ContainerEntry> entries_;
    std::uint64_t written_{0};
};

// Where a file is not as ContainerWriter would have written it.
struct Deviation {
    std::string part;    // the entry it concerns; empty: none
    std::string detail;  // the offset in the file, from 0, and what stands there
};

// The first one; nothing: every byte is as it must be. Reads the file once, in pieces. Error: unavailable.
Result<std::optional<Deviation>> check_container(const std::filesystem::path& file);

}  // namespace hutong::security::evidence
