#include "security/journal/bundle.hpp"

#include "security/journal/record_json.hpp"
#include "security/journal/segment_reader.hpp"

namespace hutong::security::journal {

namespace {

std::string in_segments(std::uint64_t segment, const char* extension) {
    return segment_path("segments", segment).replace_extension(extension).string();
}

}  // namespace

std::string start_name(std::uint64_t segment) {
    return in_segments(segment, ".start");
}
std::string digests_name(std::uint64_t segment) {
    return in_segments(segment, ".digests");
}
std::string frame_name(std::uint64_t sequence) {
    return "records/" + std::to_string(sequence) + ".frame";
}

std::string message_name(const Message& message) {
    return "messages/" + std::to_string(message.sequence) + "-" + std::string(to_string(message.kind));
}

std::vector<Message> messages_of(const std::vector<BundleSegment>& segments) {
    std::vector<Message> messages;
    for (const auto& segment : segments) {
        for (const auto& [stored, index, frame] : segment.records) {
            const Record& record = stored.record;
            if (record.kind != RecordKind::content || messages.empty())
                messages.push_back({stored.position.sequence, record.kind, record.message_bytes,
                                    record.message_digest, record.content});
            else
                messages.back().content += record.content;
        }
    }
    std::erase_if(messages, [](const Message& message) { return message.content.empty(); });
    return messages;
}

boost::json::array records_json(const std::vector<BundleSegment>& segments) {
    boost::json::array records;
    for (const auto& segment : segments)
        for (const auto& record : segment.records) records.push_back(to_json(record.stored));
    return records;
}

}  // namespace hutong::security::journal
