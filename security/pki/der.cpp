#include "security/pki/der.hpp"

#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "security/trust/x509.hpp"

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

Bytes encoded(const ASN1_OBJECT* object) {
    Bytes made(static_cast<std::size_t>(i2d_ASN1_OBJECT(object, nullptr)));
    unsigned char* at = made.data();
    i2d_ASN1_OBJECT(object, &at);
    return made;
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

Bytes number(ByteView magnitude) {
    while (magnitude.size() > 1 && magnitude.front() == 0) magnitude = magnitude.subspan(1);
    Bytes content(magnitude.begin(), magnitude.end());
    if (content.empty() || (content.front() & 0x80) != 0) content.insert(content.begin(), 0);
    return element(integer, content);
}

Bytes number(std::uint64_t number) {
    Bytes bytes(sizeof number);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[bytes.size() - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return der::number(ByteView(bytes));
}

Bytes set_of(std::initializer_list<Bytes> of) {
    std::vector<Bytes> sorted(of);
    std::ranges::sort(sorted);
    Bytes all;
    for (const Bytes& one : sorted) append(all, one);
    return element(set, all);
}

Bytes oid(const char* dotted) {
    const std::unique_ptr<ASN1_OBJECT, OpensslDeleter<ASN1_OBJECT, ASN1_OBJECT_free>> known(
        OBJ_txt2obj(dotted, 1));
    return encoded(known.get());
}

Bytes object(int nid) {
    return encoded(OBJ_nid2obj(nid));
}

}  // namespace hutong::security::der
