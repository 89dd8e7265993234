#include "security/journal/beside.hpp"

#include <fcntl.h>

#include "security/journal/file.hpp"
#include "security/journal/segment_reader.hpp"

namespace hutong::security::journal {

std::filesystem::path timestamp_path(const std::filesystem::path& folder, std::uint64_t segment) {
    return segment_path(folder, segment).replace_extension(".tsr");
}
std::filesystem::path head_path(const std::filesystem::path& folder, std::uint64_t segment) {
    return segment_path(folder, segment).replace_extension(".head");
}
std::filesystem::path object_path(const std::filesystem::path& folder, const std::string& digest,
                                  const std::string& kind) {
    return folder / "objects" / (digest + "." + kind);
}

Result<Bytes> read_beside(const std::filesystem::path& file, std::size_t most) {
    HUTONG_ASSIGN(const File from, File::open(file, O_RDONLY));
    HUTONG_ASSIGN(const auto size, from.size());
    if (size > most) return Error{ErrorCode::limit, file.string() + ": impossibly long"};
    Bytes content(static_cast<std::size_t>(size));
    HUTONG_ASSIGN(const auto count, from.read_at(content, 0));
    content.resize(count);
    return content;
}

Result<void> write_beside(const std::filesystem::path& file, ByteView content) {
    HUTONG_ASSIGN(File to, File::open(file.string() + ".new", O_WRONLY | O_CREAT | O_TRUNC));
    HUTONG_TRY(to.write_at(content, 0));
    HUTONG_TRY(to.sync());
    HUTONG_TRY(to.rename(file));
    return sync_folder(file.parent_path());
}

Result<void> keep_object(const std::filesystem::path& folder, const std::string& kind, ByteView content) {
    const auto file = object_path(folder, to_hex(sha256(content)), kind);
    std::error_code error;
    if (std::filesystem::exists(file, error)) return {};
    std::filesystem::create_directory(file.parent_path(), error);
    if (!error) std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, error);
    if (error) return unavailable(file.parent_path().string() + ": cannot be made: " + error.message());
    return write_beside(file, content);
}

}  // namespace hutong::security::journal
