// Reads DER item by item, for structures of which OpenSSL's objects do not show all that is needed.
//
// ITU-T X.690 sections 8 and 10: one-octet tags, definite lengths in their shortest form, nothing else. Views
// of the octets given. Pure, thread-safe. Errors: invalid.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace hutong::security::der {

inline constexpr std::uint8_t integer = 0x02, octets = 0x04, object_id = 0x06, sequence = 0x30, set = 0x31;
constexpr std::uint8_t context(unsigned number) {  // primitive
    return static_cast<std::uint8_t>(0x80 + number);
}
constexpr std::uint8_t constructed(unsigned number) {
    return static_cast<std::uint8_t>(0xa0 + number);
}

struct Item {
    std::uint8_t tag{0};
    ByteView content;
    ByteView whole;  // with tag and length
};

class Reader {
  public:
    explicit Reader(ByteView items) : rest_(items) {}

    bool empty() const { return rest_.empty(); }
    Result<Item> take();
    Result<Item> take(std::uint8_t tag);
    std::optional<Item> take_if(std::uint8_t tag);  // nullopt: the next is another, or there is none

  private:
    ByteView rest_;
};

Bytes item(std::uint8_t tag, ByteView content);

}  // namespace hutong::security::der
