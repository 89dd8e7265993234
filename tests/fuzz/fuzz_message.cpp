#include "tests/fuzz/fuzz_message.hpp"

#include <algorithm>

namespace hutong::test {

namespace {

constexpr std::size_t most_parts = 4;

std::string take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

}  // namespace

FuzzMessage FuzzMessage::of(std::string_view bytes) {
    std::size_t end = std::min(bytes.find('\0'), bytes.size());
    FuzzMessage message{std::string(bytes.substr(0, end)), {}};
    while (end < bytes.size() && message.parts.size() < most_parts) {
        bytes.remove_prefix(end + 1);
        end = std::min(bytes.find('\0'), bytes.size());
        std::string_view part = bytes.substr(0, end);
        std::string id = take_line(part);
        std::string type = take_line(part);
        message.parts.push_back({std::move(id), std::move(type), std::string(part)});
    }
    return message;
}

bool FuzzMessage::repeats_content_id() const {
    return std::ranges::any_of(parts, [this](const Part& part) {
        return !part.content_id.empty() && std::ranges::count(parts, part.content_id, &Part::content_id) > 1;
    });
}

std::string FuzzMessage::bytes() const {
    std::string all = root;
    for (const Part& part : parts)
        all += '\0' + part.content_id + '\n' + part.content_type + '\n' + part.octets;
    return all;
}

std::vector<security::AttachmentInfo> PartsInMemory::parts() const {
    std::vector<security::AttachmentInfo> all;
    for (const Part& part : parts_) all.push_back({part.content_id, part.content_type});
    return all;
}

Result<void> PartsInMemory::read(std::string_view content_id, const Sink& sink) const {
    const auto part = std::ranges::find(parts_, content_id, &Part::content_id);
    if (part == parts_.end()) return not_found("no part cid:" + std::string(content_id));
    std::string_view octets = part->octets;
    for (; !octets.empty(); octets.remove_prefix(std::min<std::size_t>(7, octets.size())))
        sink(octets.substr(0, 7));
    return {};
}

}  // namespace hutong::test
