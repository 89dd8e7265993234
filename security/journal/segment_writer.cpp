#include "security/journal/segment_writer.hpp"

#include <array>

#include <fcntl.h>

#include "base/clock.hpp"
#include "security/journal/codec.hpp"
#include "security/journal/record_codec.hpp"

namespace hutong::security::journal {

Result<SegmentWriter> SegmentWriter::create(const std::filesystem::path& folder, const std::string& node,
                                            const Tip& before, Cause cause, const std::string& note) {
    Start start;
    start.cause = cause;
    start.segment = before.segment + 1;
    start.created = to_nanoseconds(system_clock().now());
    start.previous_end = before.end;
    start.salt = fetch<std::uint32_t>(random_bytes(sizeof start.salt).data());
    start.previous_head = before.chain;
    start.node = node;
    start.note = note;

    Bytes frame;
    const auto begin = begin_frame(frame, FrameType::start);
    encode(start, frame);
    end_frame(frame, begin);
    Tip tip{start.segment, frame.size(), before.sequence, 0, before.chain};
    tip.tree.add(stamp(frame, tip.sequence, tip.sequence, 0, tip.chain));

    const auto path = segment_path(folder, start.segment);
    const auto temporary = path.string() + ".new";
    HUTONG_ASSIGN(File file, File::open(temporary, O_RDWR | O_CREAT | O_TRUNC));
    HUTONG_TRY(file.write_at(frame, 0));
    HUTONG_TRY(file.sync());
    HUTONG_TRY(file.rename(path));
    HUTONG_TRY(sync_folder(folder));
    return SegmentWriter(std::move(file), start, tip);
}

Result<SegmentWriter> SegmentWriter::resume(const SegmentFile& segment, const SegmentReader& reader) {
    HUTONG_ASSIGN(File file, File::open(segment.path, O_RDWR));
    // What a killed process had written may be in memory only; the next frame will say that it is on disk.
    HUTONG_TRY(file.sync());
    const Tip tip{segment.number,   reader.offset(), reader.sequence(),
                  reader.records(), reader.chain(),  reader.tree()};
    return SegmentWriter(std::move(file), reader.start(), tip);
}

Result<void> SegmentWriter::append(std::span<std::uint8_t> frames, std::span<const std::size_t> lengths) {
    Tip next = tip_;
    auto rest = frames;
    for (const auto length : lengths) {
        next.tree.add(stamp(rest.first(length), ++next.sequence, tip_.sequence, salt_, next.chain));
        rest = rest.subspan(length);
    }
    next.records += lengths.size();
    next.end += frames.size();
    HUTONG_TRY(write(frames));
    tip_ = next;
    return {};
}

Result<void> SegmentWriter::seal() {
    Bytes frame;
    const auto begin = begin_frame(frame, FrameType::seal);
    encode(Seal{version_, tip_.segment, tip_.records, to_nanoseconds(system_clock().now()), tip_.chain,
                tip_.tree.root(), node_},
           frame);
    end_frame(frame, begin);
    Tip next = tip_;
    next.tree.add(stamp(frame, tip_.sequence, tip_.sequence, salt_, next.chain));
    next.end += frame.size();
    HUTONG_TRY(write(frame));
    tip_ = next;
    sealed_ = true;
    return {};
}

Result<void> SegmentWriter::probe() {
    static constexpr std::array<std::uint8_t, 4096> zeros{};
    const auto written = file_.write_at(zeros, tip_.end);
    if (const auto truncated = file_.truncate(tip_.end); !truncated) abandoned_ = truncated.error().detail;
    return written;
}

Result<void> SegmentWriter::write(ByteView bytes) {
    const auto written = file_.write_at(bytes, tip_.end);
    const auto synced = written ? file_.sync() : written;
    if (synced) return {};
    // No half frame may stay in front of a good one. What a failed fdatasync leaves on disk can't be known:
    // the kernel may report the error once and then forget the pages, so trying again would prove nothing.
    const auto truncated = file_.truncate(tip_.end);
    if (written || !truncated) abandoned_ = synced.error().detail;
    return synced;
}

}  // namespace hutong::security::journal
