#include "registry/model/uddi/state_tag.hpp"

#include <map>
#include <vector>

#include "base/bytes.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::size_t digits = 12;  // 48 bits: nobody gains by two that are alike

using Parts = std::map<std::string, std::string, std::less<>>;

Parts parts_of(std::string_view tag) {
    Parts parts;
    while (!tag.empty()) {
        const std::string_view part = tag.substr(0, tag.find(';'));
        tag.remove_prefix(std::min(part.size() + 1, tag.size()));
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) return {};
        parts.emplace(part.substr(0, equals), part.substr(equals + 1));
    }
    return parts;
}

// The strong ones, without their quotes.
std::vector<std::string_view> tags_in(std::string_view header) {
    std::vector<std::string_view> tags;
    while (true) {
        const std::size_t open = header.find('"');
        const std::size_t end = open == std::string_view::npos ? open : header.find('"', open + 1);
        if (end == std::string_view::npos) return tags;
        if (!header.substr(0, open).ends_with("W/")) tags.push_back(header.substr(open + 1, end - open - 1));
        header.remove_prefix(end + 1);
    }
}

}  // namespace

std::string state_tag(const xml::Element& entity) {
    Parts texts;
    for (const xml::Attribute& one : entity.attributes()) texts[one.local] += one.value;
    for (const xml::Element child : entity.children()) texts[std::string(child.local())] += child.serialize();
    std::string tag;
    for (const auto& [name, text] : texts)
        tag += (tag.empty() ? "" : ";") + name + "=" + to_hex(sha256(text)).substr(0, digits);
    return tag;
}

bool is_matched(std::string_view if_match, std::string_view tag) {
    if (if_match == "*") return true;
    for (const std::string_view one : tags_in(if_match))
        if (one == tag) return true;
    return false;
}

std::string changes_since(std::string_view if_match, std::string_view tag) {
    const std::vector<std::string_view> tags = tags_in(if_match);
    Parts before = tags.empty() ? Parts() : parts_of(tags.front());
    if (before.empty()) return {};
    std::string names;
    const auto add = [&names](const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
    for (const auto& [name, digest] : parts_of(tag)) {
        const auto found = before.find(name);
        if (found == before.end() || found->second != digest) add(name);
        if (found != before.end()) before.erase(found);
    }
    for (const auto& [name, digest] : before) add(name);
    return names;
}

}  // namespace hutong::registry::uddi
