// Writes one segment file: frames go in whole or not at all.
//
// Belongs to the journal's writer thread. Errors: unavailable, with the system's reason.
#pragma once

#include "security/journal/file.hpp"
#include "security/journal/frame.hpp"
#include "security/journal/segment_reader.hpp"

namespace hutong::security::journal {

// Where the chain stands: all that the next frame must know.
struct Tip {
    std::uint64_t segment{0};
    std::uint64_t end{0};  // of the segment's good bytes
    std::uint64_t sequence{0};
    std::uint64_t records{0};  // in this segment
    Sha256Digest chain{};
    MerkleTree tree{};  // over the frames of this segment
};

class SegmentWriter {
  public:
    // Makes the segment after `before`. It appears under its name only when its start frame is on disk.
    static Result<SegmentWriter> create(const std::filesystem::path& folder, const std::string& node,
                                        const Tip& before, Cause cause, const std::string& note);
    // Goes on behind the last good frame that `reader` found.
    static Result<SegmentWriter> resume(const SegmentFile& segment, const SegmentReader& reader);

    // Stamps the frames (one after another in `frames`, each as long as `lengths` says), writes them and
    // waits for the disk. When that fails the file is as it was before, or abandoned() says why it isn't.
    Result<void> append(std::span<std::uint8_t> frames, std::span<const std::size_t> lengths);
    Result<void> seal();
    // Writes and takes back a few bytes, to see whether the disk takes them again.
    Result<void> probe();

    const Tip& tip() const { return tip_; }
    const File& file() const { return file_; }
    // Empty, or why the segment must not be written any more: after a failed fdatasync nobody knows what the
    // disk holds.
    const std::string& abandoned() const { return abandoned_; }
    bool sealed() const { return sealed_; }

  private:
    SegmentWriter(File file, const Start& start, const Tip& tip)
        : file_(std::move(file)), node_(start.node), version_(start.version), salt_(start.salt), tip_(tip) {}
    Result<void> write(ByteView bytes);

    File file_;
    std::string node_;
    std::uint8_t version_;
    std::uint32_t salt_;
    Tip tip_;
    std::string abandoned_;
    bool sealed_{false};
};

}  // namespace hutong::security::journal
