#include "gateway/main/daemon/process.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"

namespace hutong::daemon {

void set_up_log(const config::Config& config) {
    LogLevel level = LogLevel::info;
    if (config.log.level == "debug") level = LogLevel::debug;
    if (config.log.level == "warning") level = LogLevel::warning;
    if (config.log.level == "error") level = LogLevel::error;
    configure_log({config.log.file, config.log.format == "json", level});
}

void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

uid_t owner_of(const Home& home) {
    struct stat facts {};
    return ::stat(home.root.c_str(), &facts) == 0 ? facts.st_uid : ::geteuid();
}

}  // namespace hutong::daemon
