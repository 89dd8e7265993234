#include "security/journal/segment_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include <fcntl.h>

namespace hutong::security::journal {

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
    char name[32];
    std::snprintf(name, sizeof name, "%08llu.seg", static_cast<unsigned long long>(number));
    return folder / name;
}

Result<std::vector<SegmentFile>> list_segments(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::directory_iterator entries(folder, error);
    if (error) return not_found(folder.string() + ": journal folder cannot be read: " + error.message());
    std::vector<SegmentFile> segments;
    for (const auto& entry : entries) {
        const std::string stem = entry.path().stem().string();
        std::uint64_t number = 0;
        const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), number);
        if (parsed.ec != std::errc() || segment_path(folder, number) != entry.path()) continue;
        segments.push_back({number, entry.path()});
    }
    std::ranges::sort(segments, {}, &SegmentFile::number);
    return segments;
}

Result<SegmentReader> SegmentReader::open(const SegmentFile& segment) {
    HUTONG_ASSIGN(File file, File::open(segment.path, O_RDONLY));
    SegmentReader reader(std::move(file), segment.number);
    HUTONG_TRY(reader.read_start());
    return reader;
}

Result<void> SegmentReader::read_start() {
    const std::string place = "segment " + std::to_string(number_) + ", start frame";
    if (take(start_frame_) != Step::frame || start_frame_.type != FrameType::start)
        return Error{ErrorCode::corrupt, reason_.empty() ? "incomplete" : reason_}.at(place);
    auto start = decode_start(start_frame_.body);
    if (!start) return start.error().at(place);
    start_ = std::move(*start);
    if (start_.segment != number_)
        return Error{ErrorCode::corrupt, "it says that it is segment " + std::to_string(start_.segment)}.at(
            place);
    const Sha256Digest digest = sha256(start_frame_.bytes);
    chain_ = extend_chain(start_.previous_head, digest);
    if (chain_ != start_frame_.stored_chain)
        return Error{ErrorCode::corrupt, "chain value does not fit"}.at(place);
    tree_.add(digest);
    sequence_ = start_frame_.sequence;
    offset_ = start_frame_.size();
    return {};
}

SegmentReader::Step SegmentReader::next(Frame& frame) {
    const Step step = take(frame);
    if (step != Step::frame) return step;
    if (sealed_) return damaged("it follows a seal");
    if (frame.type == FrameType::start) return damaged("a second start frame");
    const std::uint64_t expected = sequence_ + (frame.type == FrameType::record ? 1 : 0);
    if (frame.sequence != expected)
        return damaged("it has sequence number " + std::to_string(frame.sequence) + " where " +
                       std::to_string(expected) + " belongs");
    const Sha256Digest digest = sha256(frame.bytes);
    const Sha256Digest chain = extend_chain(chain_, digest);
    if (chain != frame.stored_chain) return damaged("chain value does not fit");
    if (frame.type == FrameType::seal) {
        const auto seal = decode_seal(frame.body);
        if (!seal) return damaged(seal.error().detail);
        if (!fits(*seal)) return damaged("the seal does not fit the records before it");
        sealed_ = true;
    } else {
        ++records_;
    }
    chain_ = chain;
    tree_.add(digest);
    sequence_ = frame.sequence;
    offset_ += frame.size();
    return Step::frame;
}

bool SegmentReader::fits(const Seal& seal) const {
    if (seal.version != start_.version || seal.records != records_ || seal.head != chain_) return false;
    return seal.version < 2 ||
           (seal.segment == number_ && seal.root == tree_.root() && seal.node == start_.node);
}

// The frame at offset_, checked by itself only.
SegmentReader::Step SegmentReader::take(Frame& frame) {
    const auto parse = [&] {
        const auto bytes = ByteView(buffer_).subspan(static_cast<std::size_t>(offset_ - buffer_offset_));
        return bytes.empty() ? Parsed::incomplete : parse_frame(bytes, start_.salt, frame, reason_);
    };
    auto parsed = parse();
    if (parsed == Parsed::incomplete) {
        const auto filled = fill();
        if (!filled) return damaged(filled.error().detail);
        if (buffer_.empty()) return Step::end;
        parsed = parse();
    }
    if (parsed == Parsed::incomplete) return Step::incomplete;
    return parsed == Parsed::whole ? Step::frame : Step::damaged;
}

SegmentReader::Step SegmentReader::damaged(std::string reason) {
    reason_ = std::move(reason);
    return Step::damaged;
}

// Reads as much as the longest frame takes, from offset_ on; less where the segment ends.
Result<void> SegmentReader::fill() {
    HUTONG_ASSIGN(const auto size, file_.size());
    const std::uint64_t end = std::max(offset_, std::min(size, limit_));
    buffer_.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(end - offset_, max_body_bytes + frame_overhead)));
    HUTONG_ASSIGN(const auto count, file_.read_at(buffer_, offset_));
    buffer_.resize(count);
    buffer_offset_ = offset_;
    return {};
}

Result<bool> SegmentReader::lost_something() const {
    HUTONG_ASSIGN(const auto size, file_.size());
    const std::uint64_t end = std::min(size, limit_);
    if (end <= offset_) return false;
    Bytes rest(static_cast<std::size_t>(end - offset_));
    HUTONG_ASSIGN(const auto count, file_.read_at(rest, offset_));
    rest.resize(count);
    return proves_durable(rest, start_.salt, sequence_ + 1);
}

Error SegmentReader::fault(std::string_view reason) const {
    std::string detail = "segment " + std::to_string(number_) + ", record " + std::to_string(sequence_ + 1) +
                         " at offset " + std::to_string(offset_) + ": ";
    detail += reason.empty() ? std::string_view(reason_) : reason;
    return {ErrorCode::corrupt, std::move(detail)};
}

}  // namespace hutong::security::journal
