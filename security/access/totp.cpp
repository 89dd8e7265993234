#include "security/access/totp.hpp"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace hutong::security {

namespace {

constexpr std::chrono::seconds step_length{30};
constexpr std::uint64_t tolerated_steps = 1;

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            encoded += c;
        else
            encoded += {'%', digits[byte >> 4], digits[byte & 15u]};
    }
    return encoded;
}

}  // namespace

std::uint64_t totp_step(TimePoint time) {
    return static_cast<std::uint64_t>(time.time_since_epoch() / step_length);
}

// RFC 4226 section 5.3.
std::string totp_code(ByteView secret, std::uint64_t step, unsigned digits) {
    std::array<std::uint8_t, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter[i] = static_cast<std::uint8_t>(step >> (8 * (counter.size() - 1 - i)));
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
             mac.data(), &size) == nullptr)
        throw Failure(internal("HMAC-SHA-1 failed"));
    const std::size_t at = mac[size - 1] & 15u;
    std::uint32_t number = (mac[at] & 0x7fu) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3];
    std::string code(digits, '0');
    for (std::size_t i = digits; i > 0; --i, number /= 10) code[i - 1] = static_cast<char>('0' + number % 10);
    return code;
}

std::optional<std::uint64_t> match_totp(ByteView secret, std::string_view code, TimePoint now,
                                        std::uint64_t last) {
    const std::uint64_t middle = totp_step(now);
    std::optional<std::uint64_t> matched;
    for (std::uint64_t step = middle - tolerated_steps; step <= middle + tolerated_steps; ++step) {
        const std::string right = totp_code(secret, step);
        const bool same = equal_in_constant_time(as_bytes(right), as_bytes(code));
        if (same && step > last) matched = step;
    }
    return matched;
}

std::string to_base32(ByteView bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : bytes) {
        held = held << 8 | byte;
        for (bits += 8; bits >= 5; bits -= 5) text += letters[held >> (bits - 5) & 31u];
        held &= (1u << bits) - 1;
    }
    if (bits > 0) text += letters[held << (5 - bits) & 31u];
    return text;
}

std::string totp_uri(ByteView secret, const std::string& issuer, const std::string& name) {
    const std::string from = percent_encoded(issuer);
    return "otpauth://totp/" + from + ":" + percent_encoded(name) + "?secret=" + to_base32(secret) +
           "&issuer=" + from + "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace hutong::security
