// What an export of one exchange holds, and the names of its parts in the zip (docs/journal_format.md).
//
// The bundle proves its records without showing anyone else's: of every other frame it holds the digest
// alone.
#pragma once

#include <boost/json/array.hpp>

#include "security/journal/frame.hpp"
#include "security/journal/journal.hpp"

namespace hutong::security::journal {

struct BundleRecord {
    StoredRecord stored;
    std::size_t index{0};  // of its frame in the segment; the start frame has 0
    Bytes frame;           // as on disk, chain value included
};

struct BundleSegment {
    std::uint64_t number{0};
    Bytes start_frame;    // as on disk
    Bytes digests;        // SHA-256 of every frame, from the start frame on
    Sha256Digest head{};  // the chain value after the last of them
    std::vector<BundleRecord> records;
};

// A message that was recorded, put together again from its record and the `content` records after it.
struct Message {
    std::uint64_t sequence{0};
    RecordKind kind{RecordKind::request};
    std::uint64_t message_bytes{0};
    Sha256Digest message_digest{};
    std::string content;
};

std::string start_name(std::uint64_t segment);     // segments/00000003.start
std::string digests_name(std::uint64_t segment);   // segments/00000003.digests
std::string frame_name(std::uint64_t sequence);    // records/1207.frame
std::string message_name(const Message& message);  // messages/1207-request

std::vector<Message> messages_of(const std::vector<BundleSegment>& segments);
boost::json::array records_json(const std::vector<BundleSegment>& segments);

}  // namespace hutong::security::journal
