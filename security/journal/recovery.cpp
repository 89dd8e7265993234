#include "security/journal/recovery.hpp"

#include <fcntl.h>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace hutong::security::journal {

namespace {

// Copies what follows `end` to quarantine, waits for the disk, and only then cuts it off.
Result<std::string> quarantine_tail(const std::filesystem::path& folder, const SegmentFile& segment,
                                    std::uint64_t end) {
    const auto place = folder / "quarantine";
    std::error_code error;
    std::filesystem::create_directory(place, error);
    if (error) return unavailable(place.string() + ": cannot be made: " + error.message());
    HUTONG_TRY(sync_folder(folder));

    HUTONG_ASSIGN(const File from, File::open(segment.path, O_RDWR));
    HUTONG_ASSIGN(const auto size, from.size());
    const auto target = place / (segment.path.filename().string() + "." + std::to_string(end) + "." +
                                 format_utc(system_clock().now()));
    HUTONG_ASSIGN(const File to, File::open(target, O_WRONLY | O_CREAT | O_EXCL));
    Bytes piece(1u << 20);
    for (std::uint64_t done = end; done < size;) {
        HUTONG_ASSIGN(const auto count, from.read_at(piece, done));
        if (count == 0) break;
        HUTONG_TRY(to.write_at(ByteView(piece).first(count), done - end));
        done += count;
    }
    HUTONG_TRY(to.sync());
    HUTONG_TRY(sync_folder(place));
    HUTONG_TRY(from.truncate(end));
    HUTONG_TRY(from.sync());
    return target.string();
}

}  // namespace

Result<Recovered> recover(const std::filesystem::path& folder, const std::string& node) {
    HUTONG_ASSIGN(const auto segments, list_segments(folder));
    if (segments.empty()) {
        HUTONG_ASSIGN(SegmentWriter first, SegmentWriter::create(folder, node, {}, Cause::first, ""));
        return Recovered{std::move(first), ""};
    }
    const SegmentFile& last = segments.back();
    auto opened = SegmentReader::open(last);
    if (!opened)
        return opened.error().at(last.path.string() +
                                 ": the newest segment cannot be read; restore it from a copy, or "
                                 "move the whole journal folder aside and keep it");
    SegmentReader& reader = *opened;
    if (reader.start().node != node)
        return Error{ErrorCode::conflict, folder.string() + ": this journal belongs to node " +
                                              reader.start().node + ", this is node " + node +
                                              "; give each node a home of its own"};

    Frame frame;
    auto step = SegmentReader::Step::frame;
    while (step == SegmentReader::Step::frame) step = reader.next(frame);
    const Tip tip{last.number,      reader.offset(), reader.sequence(),
                  reader.records(), reader.chain(),  reader.tree()};
    if (step == SegmentReader::Step::end) {
        if (reader.sealed()) {
            HUTONG_ASSIGN(SegmentWriter next, SegmentWriter::create(folder, node, tip, Cause::sealed, ""));
            return Recovered{std::move(next), ""};
        }
        HUTONG_ASSIGN(SegmentWriter same, SegmentWriter::resume(last, reader));
        return Recovered{std::move(same), ""};
    }

    HUTONG_ASSIGN(const bool lost, reader.lost_something());
    if (lost || reader.sealed()) {
        // Evidence was altered after it was on disk. It stays as it is, for the auditor; writing goes on
        // elsewhere.
        const Error fault =
            reader.fault(step == SegmentReader::Step::incomplete ? "the length does not fit" : "");
        log(MessageId::HT6005, {{"detail", fault.detail}});
        HUTONG_ASSIGN(SegmentWriter next,
                      SegmentWriter::create(folder, node, tip, Cause::damaged, fault.detail));
        return Recovered{std::move(next), ""};
    }
    HUTONG_ASSIGN(const auto quarantined, quarantine_tail(folder, last, tip.end));
    HUTONG_ASSIGN(SegmentWriter same, SegmentWriter::resume(last, reader));
    return Recovered{std::move(same), quarantined};
}

}  // namespace hutong::security::journal
