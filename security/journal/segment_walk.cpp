#include "security/journal/segment_walk.hpp"

#include <fcntl.h>

namespace hutong::security::journal {

namespace {

Error corrupt(std::string detail) {
    return {ErrorCode::corrupt, std::move(detail)};
}

std::string name_of(std::uint64_t segment) {
    return "segment " + std::to_string(segment);
}

// What the next segment's start frame says against what was found here.
Result<void> check_successor(const SegmentReader& reader, const SegmentFile& segment, const Start& next) {
    if (next.cause == Cause::damaged) return corrupt(next.note);
    if (next.node != reader.start().node)
        return corrupt(name_of(next.segment) + ", start frame: it belongs to node " + next.node + ", " +
                       name_of(segment.number) + " to node " + reader.start().node);
    if (next.previous_end != reader.offset() || next.previous_head != reader.chain() ||
        (next.cause == Cause::sealed) != reader.sealed())
        return corrupt(name_of(segment.number) + " does not end where " + name_of(next.segment) +
                       " goes on: records are missing or were added at its end");
    return {};
}

}  // namespace

Result<SegmentEnd> walk_segment(const SegmentFile& segment, const SegmentFile* next,
                                const FrameVisitor& visit) {
    HUTONG_ASSIGN(SegmentReader reader, SegmentReader::open(segment));
    std::optional<SegmentReader> successor;
    if (next) {
        if (next->number != segment.number + 1) return corrupt(name_of(segment.number + 1) + " is missing");
        HUTONG_ASSIGN(successor, SegmentReader::open(*next));
        if (successor->start().cause == Cause::abandoned) reader.end_at(successor->start().previous_end);
    }
    HUTONG_TRY(visit(reader.start_frame(), FramePlace{segment.number, 0, &reader.tree()}));

    Frame frame;
    auto step = SegmentReader::Step::frame;
    for (std::uint64_t offset = reader.offset();; offset = reader.offset()) {
        step = reader.next(frame);
        if (step != SegmentReader::Step::frame) break;
        HUTONG_TRY(visit(frame, FramePlace{segment.number, offset, &reader.tree()}));
    }
    if (step == SegmentReader::Step::damaged) return reader.fault();
    if (step == SegmentReader::Step::incomplete) {
        HUTONG_ASSIGN(const bool lost, reader.lost_something());
        if (next || lost || reader.sealed()) return reader.fault("it is cut off or its length does not fit");
    }
    if (successor) HUTONG_TRY(check_successor(reader, segment, successor->start()));

    SegmentEnd end{reader.start(),
                   reader.offset(),
                   reader.records(),
                   reader.sequence(),
                   reader.chain(),
                   reader.sealed(),
                   0};
    if (step == SegmentReader::Step::incomplete) {
        std::error_code error;
        const auto size = std::filesystem::file_size(segment.path, error);
        end.unfinished = error || size < end.end ? 0 : size - end.end;
    }
    return end;
}

Result<std::vector<SegmentEnd>> walk_journal(const std::filesystem::path& folder,
                                             std::optional<std::uint64_t> since_nanoseconds,
                                             const FrameVisitor& visit) {
    HUTONG_ASSIGN(const auto segments, list_segments(folder));
    std::size_t first = 0;
    if (since_nanoseconds) {
        // What is in a segment was written before the next one was made.
        for (auto i = segments.size(); i-- > 1 && first == 0;) {
            HUTONG_ASSIGN(const auto reader, SegmentReader::open(segments[i]));
            if (reader.start().created <= *since_nanoseconds) first = i;
        }
    } else if (!segments.empty() && segments.front().number != 1) {
        return corrupt(name_of(1) + " is missing");
    }
    std::vector<SegmentEnd> ends;
    for (auto i = first; i < segments.size(); ++i) {
        const SegmentFile* next = i + 1 < segments.size() ? &segments[i + 1] : nullptr;
        HUTONG_ASSIGN(SegmentEnd end, walk_segment(segments[i], next, visit));
        ends.push_back(std::move(end));
    }
    return ends;
}

bool has_writer(const std::filesystem::path& folder) {
    const auto lock = File::open(folder / "lock", O_RDONLY);
    return lock && lock->locked_by_another();
}

}  // namespace hutong::security::journal
