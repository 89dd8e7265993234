// One daemon per home: HOME/run/hutong.pid, locked for as long as the daemon lives, whatever ends it.
//
// Move-only owner of the lock; the kernel drops it when the process dies.
#pragma once

#include <optional>

#include <sys/types.h>

#include "base/home.hpp"

namespace hutong::daemon {

class HomeLock {
  public:
    // Error: conflict, naming the pid that holds it.
    static Result<HomeLock> take(const Home& home);
    ~HomeLock();
    HomeLock(HomeLock&& other) noexcept;
    HomeLock& operator=(HomeLock&&) = delete;

  private:
    explicit HomeLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

// The pid of the daemon that runs for this home, if one does.
std::optional<pid_t> running_daemon(const Home& home);

}  // namespace hutong::daemon
