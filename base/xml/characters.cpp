#include "base/xml/characters.hpp"

#include <algorithm>
#include <span>

namespace hutong::xml {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Section 2.3, productions 4 and 4a, without ':'.
constexpr std::array name_starts{
    Range{'A', 'Z'},       Range{'_', '_'},       Range{'a', 'z'},         Range{0xC0, 0xD6},
    Range{0xD8, 0xF6},     Range{0xF8, 0x2FF},    Range{0x370, 0x37D},     Range{0x37F, 0x1FFF},
    Range{0x200C, 0x200D}, Range{0x2070, 0x218F}, Range{0x2C00, 0x2FEF},   Range{0x3001, 0xD7FF},
    Range{0xF900, 0xFDCF}, Range{0xFDF0, 0xFFFD}, Range{0x10000, 0xEFFFF},
};
constexpr std::array name_others{
    Range{'-', '.'}, Range{'0', '9'}, Range{0xB7, 0xB7}, Range{0x300, 0x36F}, Range{0x203F, 0x2040},
};

bool in(std::span<const Range> ranges, char32_t c) {
    return std::ranges::any_of(ranges,
                               [c](const Range& range) { return c >= range.first && c <= range.last; });
}

constexpr CodePoint bad{};
constexpr CodePoint cut{0, 0, true};

}  // namespace

bool is_name_start(char32_t c) {
    return in(name_starts, c);
}

bool is_name_character(char32_t c) {
    return in(name_starts, c) || in(name_others, c);
}

CodePoint decode(const char* at, const char* end) {
    const auto byte = [at](unsigned i) { return static_cast<unsigned char>(at[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return is_character(first) ? CodePoint{first, 1} : bad;
    if (first < 0xC2 || first > 0xF4) return bad;
    const unsigned length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t value = first & (0x7Fu >> length);
    for (unsigned i = 1; i < length; ++i) {
        if (at + i == end) return cut;
        if ((byte(i) & 0xC0) != 0x80) return bad;
        value = value << 6 | (byte(i) & 0x3F);
    }
    // Of the longer forms of a shorter one those of two bytes are out already.
    if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000)) return bad;
    return is_character(value) ? CodePoint{value, length} : bad;
}

unsigned encode(char32_t character, char* to) {
    const auto put = [to](unsigned i, char32_t bits) { to[i] = static_cast<char>(bits); };
    if (character < 0x80) return put(0, character), 1;
    const unsigned length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    put(0, (0xF00u >> length & 0xFF) | character >> 6 * (length - 1));
    for (unsigned i = 1; i < length; ++i) put(i, 0x80 | (character >> 6 * (length - 1 - i) & 0x3F));
    return length;
}

const char* past_wide(const char* at, const char* end) {
    while (at < end && static_cast<signed char>(*at) < 0) {
        // Most of them are Chinese: three bytes, of which the first leaves nothing to ask but the form.
        if (end - at >= 4) {
            std::uint32_t word;
            std::memcpy(&word, at, sizeof word);
            const unsigned first = word & 0xFF;
            if ((word & 0x00C0C0F0u) == 0x008080E0u && first != 0xE0 && first < 0xED) {
                at += 3;
                continue;
            }
        }
        const CodePoint point = decode(at, end);
        if (point.length == 0) return at;
        at += point.length;
    }
    return at;
}

std::size_t count_line_feeds(const char* begin, const char* end) {
    std::size_t count = 0;
    const char* at = begin;
    while (static_cast<std::size_t>(end - at) >= block_bytes) {
        // A byte of the sum has room for 255.
        auto sum = reinterpret_cast<Bytes>(Block{});
        for (int i = 0; i < 255 && static_cast<std::size_t>(end - at) >= block_bytes; ++i, at += block_bytes)
            sum -= reinterpret_cast<Bytes>(block_at(at) == '\n');
        for (std::size_t i = 0; i < block_bytes; ++i) count += sum[i];
    }
    return count + static_cast<std::size_t>(std::count(at, end, '\n'));
}

}  // namespace hutong::xml
