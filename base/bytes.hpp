// Bytes as text and digests: hex, base64, SHA-256, constant-time comparison, random bytes.
//
// All functions are pure (but random_bytes) and safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hutong {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Sha256Digest = std::array<std::uint8_t, 32>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes);  // lower case
Result<Bytes> from_hex(std::string_view text);
std::string to_base64(ByteView bytes);             // RFC 4648 section 4, no line breaks
Result<Bytes> from_base64(std::string_view text);  // white space allowed, anything else refused

Sha256Digest sha256(ByteView bytes);
inline Sha256Digest sha256(std::string_view text) {
    return sha256(as_bytes(text));
}

// HMAC-SHA-256 (RFC 2104).
Sha256Digest hmac_sha256(ByteView key, ByteView bytes);

// SHA-256 over bytes that arrive in pieces. Not thread-safe; finish() may be called once.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(ByteView bytes);
    void update(std::string_view text) { update(as_bytes(text)); }
    Sha256Digest finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

bool equal_in_constant_time(ByteView a, ByteView b);
Bytes random_bytes(std::size_t count);  // from the operating system's generator

}  // namespace hutong
