#include "security/journal/seal_frame.hpp"

#include <fcntl.h>

#include "base/ids.hpp"
#include "security/journal/beside.hpp"

namespace hutong::security::journal {

namespace {

constexpr std::size_t longest_node_id = 1024;

Result<Sha256Digest> digest_of(const File& file) {
    Sha256 digest;
    Bytes piece(1u << 20);
    for (std::uint64_t at = 0;;) {
        HUTONG_ASSIGN(const auto count, file.read_at(piece, at));
        if (count == 0) return digest.finish();
        digest.update(ByteView(piece).first(count));
        at += count;
    }
}

// What is there already under that name is what an earlier try left, or somebody else's, and that stays.
Result<bool> is_there(const File& from, const std::filesystem::path& target) {
    const auto there = File::open(target, O_RDONLY);
    if (!there && there.error().code == ErrorCode::not_found) return false;
    if (!there) return there.error();
    HUTONG_ASSIGN(const auto wanted, digest_of(from));
    HUTONG_ASSIGN(const auto got, digest_of(*there));
    if (wanted == got) return true;
    return Error{ErrorCode::conflict, target.string() +
                                          " is there already and is another file; it is not overwritten: "
                                          "see whose it is and move it away"};
}

// Whole or not there: written under another name first. What is read back is asked of the disk, not of
// memory. A crash between the two names leaves the copy's first one, which the next try writes anew.
Result<void> copy_durably(const std::filesystem::path& source, const std::filesystem::path& target) {
    HUTONG_ASSIGN(const File from, File::open(source, O_RDONLY));
    HUTONG_ASSIGN(const bool there, is_there(from, target));
    if (there) return sync_folder(target.parent_path());
    HUTONG_ASSIGN(File to, File::open(target.string() + ".new", O_RDWR | O_CREAT | O_TRUNC));
    Bytes piece(1u << 20);
    for (std::uint64_t at = 0;;) {
        HUTONG_ASSIGN(const auto count, from.read_at(piece, at));
        if (count == 0) break;
        HUTONG_TRY(to.write_at(ByteView(piece).first(count), at));
        at += count;
    }
    HUTONG_TRY(to.sync());
    HUTONG_TRY(to.drop_cache());
    HUTONG_ASSIGN(const auto wanted, digest_of(from));
    HUTONG_ASSIGN(const auto got, digest_of(to));
    if (wanted != got)
        return Error{ErrorCode::corrupt,
                     target.string() + ": the copy is not what was copied; see to that disk"};
    HUTONG_TRY(to.rename(target));
    return sync_folder(target.parent_path());
}

// The folder itself or one that lies in it, by whatever names and links.
bool lies_in(const std::filesystem::path& inner, const std::filesystem::path& outer) {
    std::error_code error;
    const auto here = std::filesystem::weakly_canonical(std::filesystem::absolute(inner, error), error);
    const auto there = std::filesystem::weakly_canonical(std::filesystem::absolute(outer, error), error);
    if (error) return true;
    const auto relative = here.lexically_relative(there);
    return !relative.empty() && *relative.begin() != "..";
}

// Without it, it is taken for away: what is written to a mount point under which nothing is mounted is no
// archive.
Result<void> check_marker(const std::filesystem::path& archive) {
    std::error_code error;
    if (std::filesystem::exists(archive / archive_marker, error)) return {};
    return unavailable("journal.archive: " + archive.string() + " has no file " +
                       std::string(archive_marker) +
                       ": is it not mounted? If it is the archive, make that file in it once: touch " +
                       (archive / archive_marker).string());
}

}  // namespace

Result<std::optional<SealFrame>> read_seal(const SegmentFile& segment) {
    HUTONG_ASSIGN(const SegmentReader reader, SegmentReader::open(segment));
    if (reader.start().version < 2 || reader.start().node.size() > longest_node_id)
        return std::optional<SealFrame>();
    Bytes body;
    encode(Seal{2, 0, 0, 0, {}, {}, reader.start().node}, body);
    SealFrame found;
    found.bytes.resize(frame_overhead + body.size());
    HUTONG_ASSIGN(const File file, File::open(segment.path, O_RDONLY));
    HUTONG_ASSIGN(const auto size, file.size());
    if (size < found.bytes.size()) return std::optional<SealFrame>();
    HUTONG_ASSIGN(const auto count, file.read_at(found.bytes, size - found.bytes.size()));
    Frame frame;
    std::string why;
    if (count != found.bytes.size() ||
        parse_frame(found.bytes, reader.start().salt, frame, why) != Parsed::whole ||
        frame.type != FrameType::seal || frame.size() != found.bytes.size())
        return std::optional<SealFrame>();
    HUTONG_ASSIGN(found.seal, decode_seal(frame.body));
    found.sequence = frame.sequence;
    return std::optional<SealFrame>(std::move(found));
}

bool is_archived(const SegmentFile& segment) {
    std::error_code error;
    return std::filesystem::is_symlink(segment.path, error);
}

Result<void> check_archive(const std::filesystem::path& journal, const std::filesystem::path& archive) {
    if (!lies_in(archive, journal)) return {};
    return invalid("journal.archive: " + archive.string() + " is the journal's own folder or lies in it (" +
                   journal.string() + "): name a folder elsewhere, best on another disk");
}

Result<void> archive_segment(const SegmentFile& segment, const std::filesystem::path& archive) {
    const auto folder = segment.path.parent_path();
    HUTONG_TRY(check_archive(folder, archive));
    HUTONG_TRY(check_marker(archive));
    std::string node;
    {
        HUTONG_ASSIGN(const SegmentReader reader, SegmentReader::open(segment));
        node = reader.start().node;
    }
    if (!is_name(node)) return invalid(segment.path.string() + ": its node cannot name a folder: " + node);
    std::error_code error;
    const auto of_node = std::filesystem::absolute(archive, error) / node;
    std::filesystem::create_directories(of_node, error);
    if (error) return unavailable(of_node.string() + ": cannot be made: " + error.message());
    for (const auto& beside : {timestamp_path(folder, segment.number), head_path(folder, segment.number)})
        if (std::filesystem::exists(beside, error))
            HUTONG_TRY(copy_durably(beside, of_node / beside.filename()));
    const auto target = of_node / segment.path.filename();
    HUTONG_TRY(copy_durably(segment.path, target));
    HUTONG_TRY(check_marker(archive));  // it may have gone meanwhile
    const std::filesystem::path link = segment.path.string() + ".link";
    std::filesystem::remove(link, error);
    std::filesystem::create_symlink(target, link, error);
    if (!error) std::filesystem::rename(link, segment.path, error);
    if (error)
        return unavailable(segment.path.string() + ": cannot be replaced by a link: " + error.message());
    return sync_folder(folder);
}

}  // namespace hutong::security::journal
