#include "security/documents/der.hpp"

namespace hutong::security::der {

Result<Item> Reader::take() {
    const auto bad = [] { return invalid("not DER"); };
    if (rest_.size() < 2 || (rest_[0] & 0x1f) == 0x1f) return bad();
    std::size_t header = 2;
    std::size_t length = rest_[1];
    if (length >= 0x80) {
        const std::size_t count = length & 0x7f;
        if (count == 0 || count > 4 || rest_.size() < 2 + count) return bad();
        length = 0;
        for (std::size_t i = 0; i < count; ++i) length = length << 8 | rest_[2 + i];
        if (rest_[2] == 0 || length < 0x80) return bad();
        header += count;
    }
    if (length > rest_.size() - header) return bad();
    const Item item{rest_[0], rest_.subspan(header, length), rest_.first(header + length)};
    rest_ = rest_.subspan(header + length);
    return item;
}

Result<Item> Reader::take(std::uint8_t tag) {
    if (empty() || rest_[0] != tag) return invalid("another DER item than expected");
    return take();
}

std::optional<Item> Reader::take_if(std::uint8_t tag) {
    if (empty() || rest_[0] != tag) return std::nullopt;
    const auto item = take();
    if (item.has_error()) return std::nullopt;
    return *item;
}

Bytes item(std::uint8_t tag, ByteView content) {
    Bytes result{tag};
    if (content.size() < 0x80) {
        result.push_back(static_cast<std::uint8_t>(content.size()));
    } else {
        unsigned count = 0;
        for (std::size_t rest = content.size(); rest != 0; rest >>= 8) ++count;
        result.push_back(static_cast<std::uint8_t>(0x80 + count));
        while (count-- > 0) result.push_back(static_cast<std::uint8_t>(content.size() >> (8 * count)));
    }
    result.insert(result.end(), content.begin(), content.end());
    return result;
}

}  // namespace hutong::security::der
