#include "base/xml/name_table.hpp"

#include <cstring>
#include <new>
#include <random>

#include "base/xml/characters.hpp"

namespace hutong::xml {

namespace {

constexpr std::size_t first_slots = 128;

std::uint64_t drawn() {
    std::random_device source;
    return static_cast<std::uint64_t>(source()) << 32 | source();
}

using hashing::fold;
using hashing::secret;
using hashing::Words;

Words hash_of(std::string_view text) {
    Words hash{secret.low, secret.high};
    const auto add = [&hash](const Words& words) {
        hash.low = fold(words.low ^ hash.low, words.high ^ secret.mixed);
        hash.high = fold(words.high ^ hash.high, words.low ^ secret.low);
    };
    std::size_t at = 0;
    const char* const end = text.data() + text.size();
    for (; at + sizeof(Words) <= text.size(); at += sizeof(Words))
        add(hashing::words_of(text.data() + at, sizeof(Words), end));
    add(hashing::words_of(text.data() + at, text.size() - at, end));
    return hash;
}

// NCName, or NCName ':' NCName.
bool is_qualified(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    bool begins = true;
    bool colon = false;
    while (at < end) {
        if (*at == ':') {
            if (begins || colon) return false;
            begins = colon = true;
            ++at;
            continue;
        }
        // ASCII that is in no name never comes this far (name_size()), and few names have more than ASCII.
        const CodePoint point = static_cast<signed char>(*at) >= 0
                                    ? CodePoint{static_cast<unsigned char>(*at), 1}
                                    : decode(at, end);
        const bool letter = (point.value | 0x20) - 'a' < 26 || point.value == '_';
        const bool fits = letter || (point.value < 0x80 ? !begins
                                     : begins           ? is_name_start(point.value)
                                                        : is_name_character(point.value));
        if (point.length == 0 || !fits) return false;
        begins = false;
        at += point.length;
    }
    return !begins;
}

}  // namespace

Error names_exceeded() {
    return {ErrorCode::limit, "more than " + std::to_string(max_names) + " different names"};
}

const hashing::Secret hashing::secret{drawn(), drawn(), drawn()};

NameTable::Key NameTable::long_key(const char* at, std::size_t size) {
    return {hash_of({at, size}), size};
}

NameTable::NameTable(const Limits& limits)
    : limits_(limits), qualified_(first_slots), mask_(first_slots - 1), names_(first_slots) {
    prefix("xml")->uri = keep("http://www.w3.org/XML/1998/namespace")->text.data();
}

Name* NameTable::keep(std::string_view text, std::size_t most) {
    if (2 * (name_count_ + 1) > names_.size()) {
        std::vector<Name*> wider(2 * names_.size());
        for (Name* const name : names_) {
            if (name == nullptr) continue;
            std::size_t slot = hash_of(name->text).low & (wider.size() - 1);
            while (wider[slot] != nullptr) slot = (slot + 1) & (wider.size() - 1);
            wider[slot] = name;
        }
        names_ = std::move(wider);
    }
    std::size_t slot = hash_of(text).low & (names_.size() - 1);
    for (; names_[slot] != nullptr; slot = (slot + 1) & (names_.size() - 1))
        if (names_[slot]->text == text) return names_[slot];
    if (name_count_ >= most) return nullptr;
    ++name_count_;
    return names_[slot] = new (memory_.allocate(sizeof(Name), alignof(Name))) Name{copy(text)};
}

std::string_view NameTable::copy(std::string_view text) {
    char* const to = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    to[text.size()] = '\0';
    return {to, text.size()};
}

Prefix* NameTable::prefix(std::string_view text) {
    if (text.empty()) return &none_;
    Name* const name = keep(text);
    if (name != nullptr && name->prefix == nullptr)
        name->prefix = new (memory_.allocate(sizeof(Prefix), alignof(Prefix))) Prefix{name->text};
    return name == nullptr ? nullptr : name->prefix;
}

const QualifiedName* NameTable::refuse(Error problem) {
    problem_ = std::move(problem);
    return nullptr;
}

void NameTable::grow() {
    std::vector<Slot> wider(2 * qualified_.size());
    const std::size_t mask = wider.size() - 1;
    for (const Slot& slot : qualified_) {
        if (slot.name == nullptr) continue;
        std::size_t to = slot.key.hash() & mask;
        while (wider[to].name != nullptr) to = (to + 1) & mask;
        wider[to] = slot;
    }
    qualified_ = std::move(wider);
    mask_ = mask;
}

const QualifiedName* NameTable::learn(const char* whose, const Key& key, std::string_view text) {
    if (text.empty()) return refuse(invalid("a name is missing"));
    const std::size_t colon = text.find(':');
    const bool prefixed = colon != std::string_view::npos;
    const bool declares = prefixed ? text.starts_with("xmlns:") : text == "xmlns";
    // Of a declaration the name is the prefix.
    const std::size_t size =
        declares ? text.size() - std::string_view("xmlns").size() : text.size() + (prefixed ? 0 : 1);
    if (size > limits_.name_bytes + (declares ? 1 : 0))
        return refuse(
            {ErrorCode::limit, "over the configured limit: " + std::string(declares ? "prefix" : whose) +
                                   (declares ? " length" : " name length")});
    if (!is_qualified(text)) return refuse(invalid("a name that XML with namespaces does not allow"));
    Prefix* const before = prefix(prefixed ? text.substr(0, colon) : std::string_view());
    const Name* const local = keep(prefixed ? text.substr(colon + 1) : text);
    Prefix* const declared = declares && local != nullptr ? prefix(prefixed ? local->text : "") : nullptr;
    if (before == nullptr || local == nullptr || (declares && declared == nullptr) || count_ == max_names)
        return refuse(names_exceeded());
    auto* const name = new (memory_.allocate(sizeof(QualifiedName), alignof(QualifiedName)))
        QualifiedName{prefixed ? copy(text) : local->text, local->text, before, declared};

    if (2 * ++count_ > qualified_.size()) grow();
    std::size_t slot = key.hash() & mask_;
    while (qualified_[slot].name != nullptr) slot = (slot + 1) & mask_;
    qualified_[slot] = {key, name};
    return name;
}

}  // namespace hutong::xml
