#include "gateway/main/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hutong {

namespace {

Error failed(const std::filesystem::path& path, std::string_view what, int number) {
    return {number == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
            path.string() + " cannot be " + std::string(what) + ": " + std::strerror(number)};
}

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return failed(path, "read", errno);
    if (!S_ISREG(facts.st_mode)) return invalid(path.string() + " is not a file");
    if (static_cast<std::uint64_t>(facts.st_size) > most)
        return Error{ErrorCode::limit, path.string() + " has more than " + std::to_string(most) + " bytes"};
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) return failed(path, "read", errno ? errno : EIO);
    std::string content(static_cast<std::size_t>(facts.st_size), '\0');
    in.read(content.data(), facts.st_size);
    content.resize(static_cast<std::size_t>(in.gcount()));
    return content;
}

Result<void> can_be_written(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return failed(path, "written", EISDIR);
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return failed(path, "written", errno);
    return {};
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
    std::filesystem::path beside = path;
    beside += ".new";
    ::unlink(beside.c_str());
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return failed(beside, "written", errno);
    const bool written = ::fchmod(file, mode) == 0 && write_all(file, content) && ::fsync(file) == 0;
    const int number = errno;
    ::close(file);
    if (written && ::rename(beside.c_str(), path.c_str()) == 0) return {};
    const Error error = failed(path, "written", written ? errno : number);
    ::unlink(beside.c_str());
    return error;
}

}  // namespace hutong
