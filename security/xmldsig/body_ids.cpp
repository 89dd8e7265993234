#include "security/xmldsig/body_ids.hpp"

#include <bit>
#include <cstring>

#include "base/bytes.hpp"
#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

// SipHash-2-4 (Aumasson, Bernstein): short and keyed, so that nobody can choose values that collide.
class SipHash {
  public:
    explicit SipHash(const std::array<std::uint64_t, 2>& key)
        : v_{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
             key[1] ^ 0x7465646279746573} {}

    std::uint64_t of(std::string_view text) {
        std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
        for (; text.size() >= 8; text.remove_prefix(8)) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data(), 8);
            mix(word);
        }
        for (std::size_t i = 0; i < text.size(); ++i)
            last |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * i);
        mix(last);
        v_[2] ^= 0xff;
        for (int i = 0; i < 4; ++i) round();
        return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    }

  private:
    void mix(std::uint64_t word) {
        v_[3] ^= word;
        round();
        round();
        v_[0] ^= word;
    }
    void round() {
        v_[0] += v_[1];
        v_[1] = std::rotl(v_[1], 13) ^ v_[0];
        v_[0] = std::rotl(v_[0], 32);
        v_[2] += v_[3];
        v_[3] = std::rotl(v_[3], 16) ^ v_[2];
        v_[0] += v_[3];
        v_[3] = std::rotl(v_[3], 21) ^ v_[0];
        v_[2] += v_[1];
        v_[1] = std::rotl(v_[1], 17) ^ v_[2];
        v_[2] = std::rotl(v_[2], 32);
    }
    std::array<std::uint64_t, 4> v_;
};

// One key for the process is enough: nobody sees a hash.
const std::array<std::uint64_t, 2>& process_key() {
    static const std::array<std::uint64_t, 2> key = [] {
        const Bytes bytes = random_bytes(16);
        std::array<std::uint64_t, 2> made{};
        std::memcpy(made.data(), bytes.data(), 16);
        return made;
    }();
    return key;
}

}  // namespace

BodyIds::BodyIds(const IdIndex& others) : others_(others), key_(process_key()) {}

Result<void> BodyIds::add(const xml::StartTag& tag) {
    for (const xml::AttributeEvent& attribute : tag.attributes)
        if (may_be_read_as_id(attribute.local))
            HUTONG_TRY(add(attribute.value,
                           *attribute.ns == '\0' && !is_standard_id(tag.ns, tag.local, {}, attribute.local)));
    return {};
}

Result<void> BodyIds::add(std::string_view id, bool business) {
    if (others_.knows(id)) return occurs_twice(id);
    const auto [known, fresh] = seen_.try_emplace(SipHash(key_).of(id), business);
    if (fresh && seen_.size() > max_ids)
        return Error{ErrorCode::limit, "the Body holds more than " + std::to_string(max_ids) + " Ids"};
    if (!fresh && !(known->second && business)) return occurs_twice(id);
    return {};
}

}  // namespace hutong::security
