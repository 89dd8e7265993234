// Reads zip archives through libzip, whoever packed them; what exports are written by is container.hpp.
//
// Not thread-safe. Errors: unavailable (the file), corrupt (not a zip, an entry is missing), limit (an
// entry is too long).
#pragma once

#include <filesystem>
#include <memory>

#include "base/bytes.hpp"

struct zip;

namespace hutong::security::evidence {

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
