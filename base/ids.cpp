#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/bytes.hpp"

namespace hutong {

namespace {

// Sixteen random octets out of a thread's own supply, since the generator takes longer to begin than to give
// them. Names are made of them, no secrets, so that some lie ready in memory harms nothing.
std::array<std::uint8_t, 16> take_random() {
    static constexpr std::size_t supply_bytes = 512;
    thread_local Bytes supply;
    if (supply.empty()) supply = random_bytes(supply_bytes);
    std::array<std::uint8_t, 16> taken;
    std::copy(supply.end() - taken.size(), supply.end(), taken.begin());
    supply.resize(supply.size() - taken.size());
    return taken;
}

}  // namespace

std::string new_uuid() {
    static constexpr char digits[] = "0123456789abcdef";
    auto bytes = take_random();
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
        text.push_back(digits[bytes[i] >> 4]);
        text.push_back(digits[bytes[i] & 15]);
    }
    return text;
}

std::string new_incident_id() {
    static constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    auto time = static_cast<std::uint64_t>(now.count());
    std::string text(26, '0');
    for (int i = 9; i >= 0; --i, time >>= 5) text[static_cast<std::size_t>(i)] = alphabet[time & 31];
    const auto random = take_random();
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
