// Little-endian numbers and length-prefixed text: the letters that journal frames are written in.
//
// Values; the Decoder never reads past its bytes and remembers that it would have had to.
#pragma once

#include <concepts>

#include "base/bytes.hpp"

namespace hutong::security::journal {

template <std::unsigned_integral T>
void store(std::uint8_t* at, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

template <std::unsigned_integral T>
T fetch(const std::uint8_t* at) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value | static_cast<T>(T{at[i]} << (8 * i)));
    return value;
}

class Encoder {
  public:
    explicit Encoder(Bytes& out) : out_(out) {}
    template <std::unsigned_integral T>
    void number(T value) {
        std::uint8_t bytes[sizeof(T)];
        store(bytes, value);
        raw(bytes);
    }
    void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
    void text(std::string_view text) {
        number(static_cast<std::uint32_t>(text.size()));
        raw(as_bytes(text));
    }

  private:
    Bytes& out_;
};

class Decoder {
  public:
    explicit Decoder(ByteView bytes) : rest_(bytes) {}
    template <std::unsigned_integral T>
    T number() {
        const ByteView bytes = raw(sizeof(T));
        return bytes.empty() ? T{} : fetch<T>(bytes.data());
    }
    // Empty when fewer bytes are left.
    ByteView raw(std::size_t count) {
        if (count > rest_.size()) {
            overrun_ = true;
            rest_ = {};
            return {};
        }
        const ByteView bytes = rest_.first(count);
        rest_ = rest_.subspan(count);
        return bytes;
    }
    std::string text() { return std::string(as_text(raw(number<std::uint32_t>()))); }
    Sha256Digest digest();
    // True when every byte was used and none was missing.
    bool exact() const { return !overrun_ && rest_.empty(); }

  private:
    ByteView rest_;
    bool overrun_{false};
};

inline Sha256Digest Decoder::digest() {
    Sha256Digest digest{};
    const ByteView bytes = raw(digest.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) digest[i] = bytes[i];
    return digest;
}

}  // namespace hutong::security::journal
