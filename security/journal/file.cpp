#include "security/journal/file.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace hutong::security::journal {

namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

Result<File> File::open(const std::filesystem::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        const int error = errno;
        return Error{error == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                     path.string() + ": cannot be opened: " + reason(error)};
    }
    return File(descriptor, path);
}

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
}

Error File::failed(const char* call) const {
    const int error = errno;
    return unavailable(path_.string() + ": " + call + " failed: " + reason(error));
}

Result<void> File::write_at(ByteView bytes, std::uint64_t offset) const {
    while (!bytes.empty()) {
        const auto count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("writing");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<std::size_t> File::read_at(std::span<std::uint8_t> to, std::uint64_t offset) const {
    std::size_t done = 0;
    while (done < to.size()) {
        const auto count =
            ::pread(descriptor_, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("reading");
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

Result<std::uint64_t> File::size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return failed("fstat");
    return static_cast<std::uint64_t>(status.st_size);
}

Result<void> File::sync() const {
    if (::fdatasync(descriptor_) != 0) return failed("fdatasync");
    return {};
}

Result<void> File::drop_cache() const {
    if (const int error = ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED); error != 0) {
        errno = error;
        return failed("posix_fadvise");
    }
    return {};
}

Result<void> File::truncate(std::uint64_t size) const {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return failed("ftruncate");
    return {};
}

Result<void> File::rename(const std::filesystem::path& to) {
    if (::rename(path_.c_str(), to.c_str()) != 0) return failed("renaming");
    path_ = to;
    return {};
}

Result<std::uint64_t> File::free_bytes() const {
    struct statvfs status {};
    if (::fstatvfs(descriptor_, &status) != 0) return failed("fstatvfs");
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

// Open-file-description locks: they go with the descriptor, not the process, and can be asked about without
// being taken, so that a reader never stands in a starting writer's way.
Result<void> File::lock() const {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    if (::fcntl(descriptor_, F_OFD_SETLK, &whole) == 0) return {};
    if (errno == EAGAIN || errno == EACCES)
        return Error{ErrorCode::conflict,
                     path_.string() + ": another process is writing this journal; stop it first"};
    return failed("locking");
}

bool File::locked_by_another() const {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    return ::fcntl(descriptor_, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    HUTONG_ASSIGN(const File file, File::open(folder, O_RDONLY | O_DIRECTORY));
    return file.sync();
}

}  // namespace hutong::security::journal
