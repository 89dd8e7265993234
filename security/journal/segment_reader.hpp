// Reads one segment file frame by frame and checks each against its checksum and its place in the chain.
//
// Not thread-safe; safe beside a running writer: a frame that is not whole yet is not shown.
#pragma once

#include <limits>
#include <vector>

#include "security/journal/file.hpp"
#include "security/journal/frame.hpp"
#include "security/journal/merkle.hpp"

namespace hutong::security::journal {

struct SegmentFile {
    std::uint64_t number{0};
    std::filesystem::path path;
};

std::filesystem::path segment_path(const std::filesystem::path& folder,
                                   std::uint64_t number);  // 00000001.seg
// In order. Error: not_found when there is no such folder.
Result<std::vector<SegmentFile>> list_segments(const std::filesystem::path& folder);

class SegmentReader {
  public:
    // Reads the start frame too. Errors: corrupt, unavailable.
    static Result<SegmentReader> open(const SegmentFile& segment);

    const Start& start() const { return start_; }
    const Frame& start_frame() const { return start_frame_; }  // valid until next()
    // How many bytes of the file count: the segment after this one says it.
    void end_at(std::uint64_t end) { limit_ = end; }

    enum class Step { frame, end, incomplete, damaged };
    // The frame's views are valid until the next call. After anything but `frame` there is nothing more to
    // read.
    Step next(Frame& frame);

    // True when an undamaged frame after offset() shows that what should stand there was on disk once.
    Result<bool> lost_something() const;
    // "segment 3, record 1207 at offset 88112: …" about the next frame, with next()'s reason when it failed.
    Error fault(std::string_view reason = {}) const;

    std::uint64_t offset() const { return offset_; }      // of the next frame
    std::uint64_t sequence() const { return sequence_; }  // of the newest record so far
    std::uint64_t records() const { return records_; }    // in this segment, so far
    const Sha256Digest& chain() const { return chain_; }  // after the newest frame
    const MerkleTree& tree() const { return tree_; }      // of all frames so far
    bool sealed() const { return sealed_; }

  private:
    SegmentReader(File file, std::uint64_t number) : file_(std::move(file)), number_(number) {}
    Result<void> read_start();
    bool fits(const Seal& seal) const;
    Step take(Frame& frame);
    Step damaged(std::string reason);
    Result<void> fill();

    File file_;
    std::uint64_t number_;
    Start start_;
    Frame start_frame_;
    std::uint64_t limit_{std::numeric_limits<std::uint64_t>::max()};
    std::uint64_t offset_{0};
    std::uint64_t sequence_{0};
    std::uint64_t records_{0};
    Sha256Digest chain_{};
    MerkleTree tree_;
    bool sealed_{false};
    std::string reason_;
    Bytes buffer_;                    // what was read from the file …
    std::uint64_t buffer_offset_{0};  // … at this offset
};

}  // namespace hutong::security::journal
