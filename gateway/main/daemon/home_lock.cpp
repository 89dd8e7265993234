#include "gateway/main/daemon/home_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace hutong::daemon {

namespace {

std::optional<pid_t> written_pid(const Home& home) {
    std::ifstream in(home.pid_file());
    pid_t pid = 0;
    if (in >> pid && pid > 0) return pid;
    return std::nullopt;
}

}  // namespace

Result<HomeLock> HomeLock::take(const Home& home) {
    const int descriptor = ::open(home.pid_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return unavailable(home.pid_file().string() + " cannot be written: " + std::strerror(errno) +
                           "; run as the owner of the home");
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        const auto pid = written_pid(home);
        return Error{ErrorCode::conflict, "hutong runs already for " + home.root.string() +
                                              (pid ? " as pid " + std::to_string(*pid) : std::string())};
    }
    HomeLock lock(descriptor);
    const std::string text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, text.data(), text.size(), 0) != ssize_t(text.size()))
        return unavailable(home.pid_file().string() + " cannot be written: " + std::strerror(errno));
    return lock;
}

HomeLock::HomeLock(HomeLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

// The file stays: removing it would let a starting daemon lock a name that is gone.
HomeLock::~HomeLock() {
    if (descriptor_ < 0) return;
    if (::ftruncate(descriptor_, 0) != 0) { /* a stale number does no harm: the lock is what counts */
    }
    ::close(descriptor_);
}

std::optional<pid_t> running_daemon(const Home& home) {
    const int descriptor = ::open(home.pid_file().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) return std::nullopt;
    const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return held ? written_pid(home) : std::nullopt;
}

}  // namespace hutong::daemon
