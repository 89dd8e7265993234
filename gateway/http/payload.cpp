#include "gateway/http/payload.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hutong::http {

namespace {

// A file without a name: nothing is left behind whatever happens to this process.
Result<int> open_unlinked(const std::filesystem::path& folder) {
    int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) {  // a filesystem without O_TMPFILE
        std::string name = (folder / "body-XXXXXX").string();
        file = ::mkostemp(name.data(), O_CLOEXEC);
        if (file >= 0) {
            ::unlink(name.c_str());
            return file;
        }
    }
    return unavailable("cannot create a temporary file in the spool folder " + folder.string() + ": " +
                       std::strerror(errno));
}

Result<void> write_all(int file, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            return unavailable(std::string("cannot write to the spool folder's disk: ") +
                               std::strerror(written < 0 ? errno : ENOSPC));
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

}  // namespace

Payload::Payload(std::uint64_t memory_limit, std::filesystem::path spool_folder)
    : memory_limit_(memory_limit), folder_(std::move(spool_folder)) {}

Payload::Payload(std::string text) : memory_(std::move(text)), size_(memory_.size()) {}

Payload::~Payload() {
    if (file_ >= 0) ::close(file_);
}

Payload::Payload(Payload&& other) noexcept
    : memory_(std::exchange(other.memory_, {})),
      memory_limit_(other.memory_limit_),
      folder_(other.folder_),
      file_(std::exchange(other.file_, -1)),
      size_(std::exchange(other.size_, 0)),
      keeps_digest_(other.keeps_digest_),
      running_(std::exchange(other.running_, std::nullopt)),
      digest_(std::exchange(other.digest_, std::nullopt)) {}

Payload& Payload::operator=(Payload&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(memory_limit_, other.memory_limit_);
    std::swap(folder_, other.folder_);
    std::swap(file_, other.file_);
    std::swap(size_, other.size_);
    std::swap(keeps_digest_, other.keeps_digest_);
    std::swap(running_, other.running_);
    std::swap(digest_, other.digest_);
    return *this;
}

Result<void> Payload::append(std::string_view bytes) {
    if (file_ < 0 && size_ + bytes.size() > memory_limit_) {
        HUTONG_ASSIGN(const int file, open_unlinked(folder_));
        if (auto written = write_all(file, 0, memory_); written.has_error()) {
            ::close(file);
            return written;
        }
        file_ = file;
        if (keeps_digest_) running_.emplace().update(memory_);
        std::string().swap(memory_);
    }
    if (file_ < 0) {
        memory_.append(bytes);
    } else {
        HUTONG_TRY(write_all(file_, size_, bytes));
        if (running_) running_->update(bytes);
    }
    size_ += bytes.size();
    return {};
}

Result<std::size_t> Payload::read(std::uint64_t offset, char* buffer, std::size_t buffer_size) const {
    if (offset >= size_) return std::size_t{0};
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_size, size_ - offset));
    if (file_ < 0) {
        std::memcpy(buffer, memory_.data() + offset, wanted);
        return wanted;
    }
    std::size_t done = 0;
    while (done < wanted) {
        const ssize_t got = ::pread(file_, buffer + done, wanted - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            return unavailable(std::string("cannot read back from the spool folder: ") +
                               (got < 0 ? std::strerror(errno) : "the file is shorter than written"));
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::string_view> Payload::view(std::uint64_t offset, std::uint64_t length,
                                       std::string& buffer) const {
    if (in_memory()) return std::string_view(memory_).substr(std::min(offset, size_), length);
    buffer.resize(static_cast<std::size_t>(length));
    HUTONG_ASSIGN(const std::size_t got, read(offset, buffer.data(), buffer.size()));
    if (got == 0 && length > 0) return internal("a range reaches beyond its payload");
    return std::string_view(buffer).substr(0, got);
}

Result<std::string> Payload::text(std::uint64_t offset, std::uint64_t length) const {
    std::string result;
    if (offset >= size_) return result;
    result.resize(static_cast<std::size_t>(std::min(length, size_ - offset)));
    HUTONG_ASSIGN(const std::size_t got, read(offset, result.data(), result.size()));
    result.resize(got);
    return result;
}

Sha256Digest Payload::digest() {
    if (file_ < 0) return sha256(memory_);
    if (digest_) return *digest_;
    if (running_) return digest_.emplace(running_->finish());
    Sha256 hash;
    std::vector<char> buffer(64u << 10);
    for (std::uint64_t offset = 0; offset < size_;) {
        const std::size_t got = read(offset, buffer.data(), buffer.size()).value();  // throws Failure
        hash.update(std::string_view(buffer.data(), got));
        offset += got;
    }
    return hash.finish();
}

}  // namespace hutong::http
