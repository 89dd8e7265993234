// A file descriptor that closes itself, and the few POSIX calls the journal needs, with errors in one line.
//
// Move-only; not thread-safe. Errors: unavailable, naming the file, the call and the system's reason.
#pragma once

#include <filesystem>

#include "base/bytes.hpp"

namespace hutong::security::journal {

class File {
  public:
    static Result<File> open(const std::filesystem::path& path, int flags);  // created files get mode 0600
    File() = default;
    ~File();
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;

    Result<void> write_at(ByteView bytes, std::uint64_t offset) const;  // all of them
    Result<std::size_t> read_at(std::span<std::uint8_t> to,
                                std::uint64_t offset) const;  // fewer only at the end
    Result<std::uint64_t> size() const;
    Result<void> sync() const;        // fdatasync
    Result<void> drop_cache() const;  // so that the next read asks the disk
    Result<void> truncate(std::uint64_t size) const;
    Result<void> rename(const std::filesystem::path& to);  // replaces what has that name
    Result<std::uint64_t> free_bytes() const;              // of the file system, for this user

    // An advisory lock that goes with the descriptor. Error: conflict when another process holds it.
    Result<void> lock() const;
    bool locked_by_another() const;

  private:
    File(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}
    Error failed(const char* call) const;
    int descriptor_{-1};
    std::filesystem::path path_;
};

Result<void> sync_folder(const std::filesystem::path& folder);  // makes new and renamed names in it durable

}  // namespace hutong::security::journal
