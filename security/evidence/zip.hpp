// Zip archives through libzip: enough to write an export and to read one back.
//
// Not thread-safe. Errors: unavailable (the file), corrupt (not a zip, an entry is missing), limit (an
// entry is too long).
#pragma once

#include <filesystem>
#include <memory>

#include "base/bytes.hpp"

struct zip;

namespace hutong::security::evidence {

class ZipWriter {
  public:
    static Result<ZipWriter> create(
        const std::filesystem::path& file);                       // replaces an older file when finished
    Result<void> add(const std::string& name, ByteView content);  // takes a copy
    Result<void> finish();                                        // without it nothing is written

  private:
    struct Discard {
        void operator()(zip* archive) const;
    };
    explicit ZipWriter(zip* archive) : archive_(archive) {}
    std::unique_ptr<zip, Discard> archive_;
};

class ZipReader {
  public:
    static Result<ZipReader> open(const std::filesystem::path& file);
    std::vector<std::string> names() const;  // of all entries, in their order
    Result<Bytes> read(const std::string& name, std::size_t limit) const;

  private:
    struct Discard {
        void operator()(zip* archive) const;
    };
    explicit ZipReader(zip* archive) : archive_(archive) {}
    std::unique_ptr<zip, Discard> archive_;
};

}  // namespace hutong::security::evidence
