// The bytes of a body: in memory up to a limit, beyond it in an unlinked temporary file (mode 0600) of the
// spool folder.
//
// Move-only; one owner at a time, no locking.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace hutong::http {

// Takes a body's bytes as they come.
class BodySink {
  public:
    virtual ~BodySink() = default;
    virtual Result<void> take(std::string_view bytes) = 0;
};

class Payload {
  public:
    Payload() = default;  // memory only
    Payload(std::uint64_t memory_limit, std::filesystem::path spool_folder);
    explicit Payload(std::string text);
    ~Payload();
    Payload(Payload&&) noexcept;
    Payload& operator=(Payload&&) noexcept;

    Result<void> append(std::string_view bytes);  // unavailable: the spool's disk is full
    std::uint64_t size() const { return size_; }
    bool in_memory() const { return file_ < 0; }
    std::string_view memory() const { return memory_; }  // all bytes when in_memory()
    // Up to buffer_size bytes from `offset`; 0 at the end.
    Result<std::size_t> read(std::uint64_t offset, char* buffer, std::size_t buffer_size) const;
    // The same without a copy where the bytes are in memory, else in `buffer`.
    Result<std::string_view> view(std::uint64_t offset, std::uint64_t length, std::string& buffer) const;
    Result<std::string> text(std::uint64_t offset, std::uint64_t length) const;
    // From now on the digest is made along with the bytes, so that a large payload is not read once more.
    void keep_digest() { keeps_digest_ = true; }
    // Of everything appended so far. Afterwards nothing may be appended to one that keeps its digest.
    Sha256Digest digest();

  private:
    std::string memory_;
    std::uint64_t memory_limit_{UINT64_MAX};
    std::filesystem::path folder_;
    int file_{-1};
    std::uint64_t size_{0};
    bool keeps_digest_{false};
    std::optional<Sha256> running_;  // once in a file
    std::optional<Sha256Digest> digest_;
};

class PayloadSink final : public BodySink {
  public:
    explicit PayloadSink(Payload& into) : into_(into) {}
    Result<void> take(std::string_view bytes) override { return into_.append(bytes); }

  private:
    Payload& into_;
};

// A stretch of a body to be sent: either its own text, or a range of a Payload that outlives the sending.
struct Piece {
    std::string text;
    const Payload* payload{nullptr};
    std::uint64_t offset{0};
    std::uint64_t length{0};
    std::uint64_t size() const { return payload ? length : text.size(); }
};

}  // namespace hutong::http
