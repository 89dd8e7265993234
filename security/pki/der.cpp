#include "security/pki/der.hpp"

#include <ctime>

#include <openssl/asn1.h>
#include <openssl/objects.h>

namespace hutong::security::der {

namespace {

void append(Bytes& to, ByteView bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

// X.690 section 8.1.3: one octet below 128, else their number and the octets, as few as will do.
void append_length(Bytes& to, std::size_t length) {
    if (length < 0x80) {
        to.push_back(static_cast<std::uint8_t>(length));
        return;
    }
    Bytes octets;
    for (; length > 0; length >>= 8) octets.insert(octets.begin(), static_cast<std::uint8_t>(length));
    to.push_back(static_cast<std::uint8_t>(0x80 | octets.size()));
    append(to, octets);
}

}  // namespace

Bytes element(std::uint8_t tag, ByteView content) {
    Bytes made{tag};
    append_length(made, content.size());
    append(made, content);
    return made;
}

Bytes elements(std::uint8_t tag, std::initializer_list<ByteView> contents) {
    Bytes all;
    for (const ByteView content : contents) append(all, content);
    return element(tag, all);
}

Bytes bits(ByteView content) {
    Bytes all{0};  // no unused bits in the last octet
    append(all, content);
    return element(bit_string, all);
}

Bytes time(TimePoint time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[24] = "";
    const std::size_t length = std::strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &parts);
    return element(generalized_time, as_bytes(std::string_view(text, length)));
}

Bytes extension(int nid, ByteView value) {
    return elements(sequence, {object(nid), element(octet_string, value)});
}

Bytes object(int nid) {
    const ASN1_OBJECT* const known = OBJ_nid2obj(nid);
    Bytes made(static_cast<std::size_t>(i2d_ASN1_OBJECT(known, nullptr)));
    unsigned char* at = made.data();
    i2d_ASN1_OBJECT(known, &at);
    return made;
}

}  // namespace hutong::security::der
