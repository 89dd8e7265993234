// What XML 1.0 (fifth edition, section 2.2 and 2.3) and UTF-8 (RFC 3629) make of bytes. Not for other rooms.
//
// The functions that look at many bytes at once take them 16 at a time, as vectors of the compiler's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hutong::xml {

struct CodePoint {
    char32_t value{0};
    unsigned length{0};  // in bytes; 0: no character of XML, or not UTF-8
    bool cut{false};     // the bytes end within it; whether it is one is not known
};

constexpr bool is_character(char32_t c) {
    return c >= 0x20 ? c <= 0xD7FF || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF)
                     : c == '\t' || c == '\n' || c == '\r';
}
bool is_name_start(char32_t c);  // but ':'
bool is_name_character(char32_t c);

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
inline const char* past_space(const char* at, const char* end) {
    while (at < end && is_space(*at)) ++at;
    return at;
}

// `at` is before `end`.
CodePoint decode(const char* at, const char* end);

// Writes the character as UTF-8; returns how many bytes, at most four.
unsigned encode(char32_t character, char* to);

using Block = signed char __attribute__((vector_size(16)));
using Bytes = unsigned char __attribute__((vector_size(16)));
using Halves = unsigned long long __attribute__((vector_size(16)));
inline constexpr std::size_t block_bytes = sizeof(Block);

inline Block block_at(const char* at) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    return block;
}

// The first of the bytes that are not 0; block_bytes when all are.
template <typename Vector>
inline unsigned first_set(Vector found) {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    const auto halves = reinterpret_cast<Halves>(found);
    if (halves[0] != 0) return static_cast<unsigned>(__builtin_ctzll(halves[0])) / 8;
    if (halves[1] != 0) return 8 + static_cast<unsigned>(__builtin_ctzll(halves[1])) / 8;
    return block_bytes;
}

// Past well-formed characters of more than one byte.
const char* past_wide(const char* at, const char* end);

// Past what is plain: up to the first of `stops`, a carriage return, what is no character of XML, what is not
// UTF-8 or not complete, or the end.
template <char... stops>
inline const char* past_plain(const char* at, const char* end) {
    for (;;) {
        while (static_cast<std::size_t>(end - at) >= block_bytes) {
            const Block block = block_at(at);
            // Signed, so that what has its highest bit set is less than a space, too.
            const auto found = ((block < ' ') & (block != '\t') & (block != '\n')) | (... | (block == stops));
            const unsigned count = first_set(found);
            at += count;
            if (count < block_bytes) break;
        }
        while (at < end) {
            const auto byte = static_cast<signed char>(*at);
            if ((byte < ' ' && byte != '\t' && byte != '\n') || (... || (byte == stops))) break;
            ++at;
        }
        if (at == end || static_cast<signed char>(*at) >= 0) return at;
        const char* const wide = past_wide(at, end);
        if (wide == at) return at;
        at = wide;
    }
}

std::size_t count_line_feeds(const char* begin, const char* end);

// How many bytes of a name there are: all that may stand in one, and whatever is not ASCII, which is looked
// at when the name is first met.
inline std::size_t name_size(const char* begin, const char* end) {
    const char* at = begin;
    while (static_cast<std::size_t>(end - at) >= block_bytes) {
        const Block block = block_at(at);
        const auto letters = reinterpret_cast<Bytes>(block | 0x20) - 'a';
        const auto others = reinterpret_cast<Bytes>(block) - '-';  // - . / 0 to 9 :
        const auto named = (letters < 26) | ((others < 14) & (block != '/')) | (block == '_') | (block < 0);
        const unsigned count = first_set(~named);
        at += count;
        if (count < block_bytes) return static_cast<std::size_t>(at - begin);
    }
    for (; at < end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        const bool named = ((byte | 0x20u) >= 'a' && (byte | 0x20u) <= 'z') ||
                           (byte >= '-' && byte <= ':' && byte != '/') || byte == '_' || byte >= 0x80;
        if (!named) break;
    }
    return static_cast<std::size_t>(at - begin);
}

}  // namespace hutong::xml
