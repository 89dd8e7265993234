#include "security/keys/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hutong::security {

namespace {

constexpr std::size_t longest_file = 1u << 20;

class Descriptor {
  public:
    Descriptor(const std::filesystem::path& path, int flags)
        : value(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~Descriptor() {
        if (value >= 0) ::close(value);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    const int value;
};

Error failed(const std::filesystem::path& path, const char* call) {
    const int error = errno;
    return {error == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
            path.string() + ": " + call + ": " + std::generic_category().message(error)};
}

Result<void> write_all(const Descriptor& to, const std::filesystem::path& path, std::string_view content) {
    while (!content.empty()) {
        const auto count = ::write(to.value, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed(path, "cannot be written");
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(to.value) != 0) return failed(path, "cannot be written");
    return {};
}

Result<std::string> read_file(const std::filesystem::path& file, bool is_private) {
    const Descriptor from(file, O_RDONLY);
    if (from.value < 0) return failed(file, "cannot be read");
    struct stat status {};
    if (::fstat(from.value, &status) != 0) return failed(file, "cannot be read");
    if (is_private && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return refused(file.string() +
                       ": others than its owner may read or change this key; make sure that nobody did, "
                       "then: chmod 600 " +
                       file.string());
    std::string content;
    char piece[16384];
    for (;;) {
        const auto count = ::read(from.value, piece, sizeof piece);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed(file, "cannot be read");
        if (count == 0) return content;
        content.append(piece, static_cast<std::size_t>(count));
        if (content.size() > longest_file)
            return invalid(file.string() + ": too long for a key or a certificate");
    }
}

}  // namespace

Result<void> write_private_file(const std::filesystem::path& file, std::string_view content) {
    const std::filesystem::path temporary = file.string() + ".new";
    ::unlink(temporary.c_str());
    {
        const Descriptor to(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
        if (to.value < 0) return failed(temporary, "cannot be made");
        if (const auto written = write_all(to, temporary, content); !written) {
            ::unlink(temporary.c_str());
            return written;
        }
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0) return failed(file, "cannot be replaced");
    const Descriptor folder(file.parent_path(), O_RDONLY | O_DIRECTORY);
    if (folder.value < 0 || ::fsync(folder.value) != 0)
        return failed(file.parent_path(), "cannot be written");
    return {};
}

Result<std::string> read_private_file(const std::filesystem::path& file) {
    return read_file(file, true);
}
Result<std::string> read_small_file(const std::filesystem::path& file) {
    return read_file(file, false);
}

}  // namespace hutong::security
