// Writes DER (X.690): the few forms that OCSP answers and signed structures are made of.
//
// Pure functions over bytes, safe from any thread. Nothing here reads; what comes from outside is read by
// OpenSSL.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace hutong::security::der {

enum Tag : std::uint8_t {
    integer = 0x02,
    bit_string = 0x03,
    octet_string = 0x04,
    enumerated = 0x0a,
    utf8_string = 0x0c,
    generalized_time = 0x18,
    sequence = 0x30,
    set = 0x31,
};
// Context-specific tags: [n] around other elements, or in place of a primitive one's tag.
constexpr std::uint8_t explicit_tag(unsigned number) {
    return static_cast<std::uint8_t>(0xa0 | number);
}
constexpr std::uint8_t implicit_tag(unsigned number) {
    return static_cast<std::uint8_t>(0x80 | number);
}

Bytes element(std::uint8_t tag, ByteView content);
Bytes elements(std::uint8_t tag, std::initializer_list<ByteView> contents);  // one after the other, within
Bytes bits(ByteView content);                                                // BIT STRING of whole octets
Bytes time(TimePoint time);                                                  // GeneralizedTime, whole seconds
Bytes extension(int nid, ByteView value);                                    // not critical
Bytes number(std::uint64_t number);                                          // INTEGER
Bytes number(ByteView magnitude);                                            // big-endian, not negative
Bytes oid(const char* dotted);                  // OBJECT IDENTIFIER, one from this program
Bytes set_of(std::initializer_list<Bytes> of);  // SET OF, in the order that DER wants
Bytes object(int nid);                          // OBJECT IDENTIFIER by OpenSSL's number

}  // namespace hutong::security::der
