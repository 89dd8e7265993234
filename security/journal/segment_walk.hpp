// Walks over the frames of a journal in order and checks that the segments fit each other.
//
// Needs no running daemon and disturbs none. Errors: corrupt, naming the segment and the first record that
// does not fit; not_found, unavailable.
#pragma once

#include <functional>
#include <optional>

#include "security/journal/journal.hpp"
#include "security/journal/segment_reader.hpp"

namespace hutong::security::journal {

struct FramePlace {
    std::uint64_t segment{0};
    std::uint64_t offset{0};
    const MerkleTree* tree{nullptr};  // of the segment's frames, this one included; while it is visited
};
using FrameVisitor = std::function<Result<void>(const Frame&, const FramePlace&)>;

// What is known of a segment when it was read to its end.
struct SegmentEnd {
    Start start;
    std::uint64_t end{0};
    std::uint64_t records{0};
    std::uint64_t sequence{0};
    Sha256Digest head{};
    bool sealed{false};
    std::uint64_t unfinished{0};  // bytes of a last frame that is not whole: in flight, or torn by a crash
};

// `next`: the segment after it, which says how this one ended; none for the newest.
Result<SegmentEnd> walk_segment(const SegmentFile& segment, const SegmentFile* next,
                                const FrameVisitor& visit);

// All segments that may hold something written since then.
Result<std::vector<SegmentEnd>> walk_journal(const std::filesystem::path& folder,
                                             std::optional<std::uint64_t> since_nanoseconds,
                                             const FrameVisitor& visit);

// verify_journal(), with a visitor who may find more faults.
Result<VerifyReport> verify_journal(const std::filesystem::path& folder, const FrameVisitor& also);

// True while a writer has this journal open.
bool has_writer(const std::filesystem::path& folder);

}  // namespace hutong::security::journal
