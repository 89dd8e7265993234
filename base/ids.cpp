#include "base/ids.hpp"

#include <chrono>

#include "base/bytes.hpp"

namespace hutong {

std::string new_uuid() {
    Bytes bytes = random_bytes(16);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    std::string text = to_hex(bytes);
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, 1, '-');
    return text;
}

std::string new_incident_id() {
    static constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    auto time = static_cast<std::uint64_t>(now.count());
    std::string text(26, '0');
    for (int i = 9; i >= 0; --i, time >>= 5) text[static_cast<std::size_t>(i)] = alphabet[time & 31];
    const Bytes random = random_bytes(16);
    for (std::size_t i = 0; i < 16; ++i) text[10 + i] = alphabet[random[i] & 31];
    return text;
}

bool is_name(std::string_view id) {
    const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (id.empty() || id.size() > 63 || !alphanumeric(id.front())) return false;
    for (const char c : id)
        if (!alphanumeric(c) && c != '.' && c != '_' && c != '-') return false;
    return true;
}

}  // namespace hutong
