// Finds a sealed segment's last frame without reading the rest, and moves segments to the archive.
//
// For chores beside the writer, of segments that are closed. Errors: corrupt, unavailable.
#pragma once

#include <optional>
#include <string_view>

#include "security/journal/segment_reader.hpp"

namespace hutong::security::journal {

struct SealFrame {
    Bytes bytes;  // as on disk, chain value included
    Seal seal;
    std::uint64_t sequence{0};
};

// Nothing when the segment does not end with a seal of format 2.
Result<std::optional<SealFrame>> read_seal(const SegmentFile& segment);

// Whether segments of the journal in this folder may go there. Error: invalid, when the archive is that
// folder or lies in it: a copy would take the place of what it is a copy of.
Result<void> check_archive(const std::filesystem::path& journal, const std::filesystem::path& archive);

// By this file, which its owner makes once, an archive is told from the empty folder that it is mounted on.
inline constexpr std::string_view archive_marker = ".hutong-archive";

// Copies the segment to ARCHIVE/NODE/, waits for the disk, reads the copy back, and only then puts a link in
// the segment's place, so that whoever reads the journal goes on finding it. What lies beside the segment is
// copied too and stays. Nothing is ever overwritten. Errors besides: unavailable: the archive has no
// archive_marker; conflict: another file has that name; invalid, as check_archive().
Result<void> archive_segment(const SegmentFile& segment, const std::filesystem::path& archive);
bool is_archived(const SegmentFile& segment);

}  // namespace hutong::security::journal
