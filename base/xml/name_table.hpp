// One copy of each name, prefix and namespace URI of a text. Not for other rooms.
//
// Namespaces in XML 1.0 section 4 (qualified names). What it hands out ends with a null character, stays
// where it is and lives as long as the table; equal texts are one object. It takes at most so many, and its
// hash begins at a number that is drawn for each process, so that a sender can make finding one slow neither
// by their number nor by their choice. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::xml {

inline constexpr std::size_t max_names = 32'768;
Error names_exceeded();

namespace hashing {

struct Words {
    std::uint64_t low{0};
    std::uint64_t high{0};
    bool operator==(const Words&) const = default;
};

// Up to 16 bytes, the rest 0; up to `end` may be read.
inline Words words_of(const char* at, std::size_t size, const char* end) {
    Words words;
    if (static_cast<std::size_t>(end - at) < sizeof words) {
        if (size > 0) std::memcpy(&words, at, size);
        return words;
    }
    std::memcpy(&words, at, sizeof words);
    constexpr std::uint64_t all = ~std::uint64_t{0};
    if (size < 8) words.low &= ~(all << 8 * size);
    if (size <= 8)
        words.high = 0;
    else if (size < 16)
        words.high &= ~(all << 8 * (size - 8));
    return words;
}

// The halves of the product, folded.
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

struct Secret {
    std::uint64_t low;
    std::uint64_t high;
    std::uint64_t mixed;
};
extern const Secret secret;  // drawn when the process begins

}  // namespace hashing

struct Prefix {
    std::string_view text;
    const char* uri{nullptr};  // what it is bound to where the parser is; nullptr: not declared
};

struct Name {
    std::string_view text;
    Prefix* prefix{nullptr};  // where it is used as one, too
    bool good_uri{false};     // was looked at as the name of a namespace, and is one
};

// As in a tag.
struct QualifiedName {
    std::string_view text;
    std::string_view local;
    Prefix* prefix;             // the empty one: none
    Prefix* declares{nullptr};  // of xmlns and xmlns:*
};

class NameTable {
  public:
    explicit NameTable(const Limits& limits);

    // nullptr: there are `most` already.
    Name* keep(std::string_view text, std::size_t most = max_names);
    Prefix* prefix(std::string_view text);

    // The name of `size` bytes that begins at `at`; up to `end` may be read. nullptr: it is none, or one too
    // long or too many: see problem(), which says `whose` it is.
    const QualifiedName* qualified(const char* whose, const char* at, std::size_t size, const char* end) {
        const Key key = key_of(at, size, end);
        for (std::size_t slot = key.hash() & mask_;; slot = (slot + 1) & mask_) {
            const Slot& found = qualified_[slot];
            if (found.name == nullptr) return learn(whose, key, {at, size});
            if (found.key == key && (size <= short_bytes || found.name->text == std::string_view(at, size)))
                return found.name;
        }
    }

    const Error& problem() const { return problem_; }

  private:
    static constexpr std::size_t short_bytes = 16;

    // The name itself where it is short, otherwise 128 bits of hash.
    struct Key {
        hashing::Words words;
        std::uint64_t size{0};
        bool operator==(const Key&) const = default;
        std::uint64_t hash() const {
            using hashing::secret;
            return hashing::fold(words.low ^ secret.low, words.high ^ secret.high ^ size * secret.mixed);
        }
    };
    struct Slot {
        Key key{};
        QualifiedName* name{nullptr};
    };
    static Key key_of(const char* at, std::size_t size, const char* end) {
        return size <= short_bytes ? Key{hashing::words_of(at, size, end), size} : long_key(at, size);
    }
    static Key long_key(const char* at, std::size_t size);
    const QualifiedName* learn(const char* whose, const Key& key, std::string_view text);
    const QualifiedName* refuse(Error problem);
    std::string_view copy(std::string_view text);
    void grow();

    const Limits& limits_;
    std::array<std::byte, 6144> first_;
    std::pmr::monotonic_buffer_resource memory_{first_.data(), first_.size()};
    std::vector<Slot> qualified_;
    std::size_t mask_;
    std::size_t count_{0};
    std::vector<Name*> names_;
    std::size_t name_count_{0};
    Prefix none_{"", ""};  // the empty one
    Error problem_{ErrorCode::invalid, {}};
};

}  // namespace hutong::xml
