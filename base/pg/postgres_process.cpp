#include "base/pg/postgres_process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hutong::pg {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

constexpr unsigned oldest_major = 15;
const fs::path installed = "/usr/lib/postgresql";
constexpr milliseconds immediate_shutdown_limit{10'000};

// What a child starts with: no descriptors of ours, no blocked signals, its own session (so that a terminal's
// Ctrl-C reaches only us, and we stop it after the last call).
class SpawnOptions {
  public:
    SpawnOptions(int input, int output) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, input, 0);
        posix_spawn_file_actions_adddup2(&actions_, output, 1);
        posix_spawn_file_actions_adddup2(&actions_, output, 2);
        posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        posix_spawn_file_actions_addchdir_np(&actions_, "/");
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_,
                                 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    }
    ~SpawnOptions() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnOptions(const SpawnOptions&) = delete;
    SpawnOptions& operator=(const SpawnOptions&) = delete;
    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

  private:
    int number_;
};

int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

// setpriv drops to the other user without a fork of this many-threaded process, and keeps the process id.
std::vector<std::string> as_user(const ServerUser& user, const std::vector<std::string>& arguments) {
    if (!user.other) return arguments;
    std::vector<std::string> all{
        "/usr/bin/setpriv",       "--reuid",       std::to_string(user.uid), "--regid",
        std::to_string(user.gid), "--init-groups", "--no-new-privs",         "--"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

Result<pid_t> start(const ServerUser& user, const std::vector<std::string>& arguments, const fs::path& log,
                    const std::string& input) {
    const Descriptor output(
        ::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (output.get() < 0) return unavailable(log.string() + " cannot be written: " + std::strerror(errno));
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return unavailable("no pipe: " + std::string(std::strerror(errno)));
    const Descriptor from(ends[0]);
    {
        const Descriptor to(ends[1]);
        if (::write(to.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()))
            return internal("input of " + arguments.front() + " does not fit a pipe");
    }
    const auto all = as_user(user, arguments);
    std::vector<char*> argv;
    for (const std::string& argument : all) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    // The server's messages are read by this program, and its behaviour must not hang on the operator's
    // shell.
    const std::array<const char*, 4> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC",
                                                 nullptr};
    const SpawnOptions options(from.get(), output.get());
    pid_t pid = -1;
    const int failed = ::posix_spawn(&pid, all.front().c_str(), options.actions(), options.attributes(),
                                     argv.data(), const_cast<char**>(environment.data()));
    if (failed != 0) return unavailable(all.front() + " cannot be started: " + std::strerror(failed));
    return pid;
}

bool is_postgres_in(const fs::path& process, const fs::path& data) {
    std::error_code failed;
    const fs::path program = fs::read_symlink(process / "exe", failed);
    if (failed || !program.filename().string().starts_with("postgres")) return false;
    const fs::path works_in = fs::read_symlink(process / "cwd", failed);
    return !failed && works_in == fs::canonical(data, failed) && !failed;
}

}  // namespace

bool anyone_works_in(const fs::path& data) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
        const std::string name = entry.path().filename();
        if (std::isdigit(static_cast<unsigned char>(name.front())) && is_postgres_in(entry.path(), data))
            return true;
    }
    return false;
}

std::string last_line(const fs::path& file) {
    std::ifstream in(file);
    std::string last;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) last = line;
    }
    return last;
}

Result<ServerUser> server_user() {
    const bool root = ::geteuid() == 0;
    const passwd* entry = root ? ::getpwnam("postgres") : ::getpwuid(::geteuid());
    if (!entry)
        return root ? unavailable(
                          "PostgreSQL does not run as root and there is no user postgres; install "
                          "postgresql, or give an external database with --database URL")
                    : unavailable("this process's user has no entry in /etc/passwd, which PostgreSQL needs");
    return ServerUser{entry->pw_name, entry->pw_uid, entry->pw_gid, root};
}

Result<fs::path> binaries_of(const std::string& major) {
    const fs::path folder = installed / major / "bin";
    std::error_code failed;
    if (!fs::exists(folder / "postgres", failed) || !fs::exists(folder / "initdb", failed))
        return unavailable("PostgreSQL " + major + " is not installed in " + folder.string() +
                           "; install it with: apt-get install postgresql-" + major);
    return folder;
}

Result<fs::path> newest_binaries() {
    unsigned best = 0;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(installed, failed)) {
        const std::string name = entry.path().filename();
        unsigned major = 0;
        const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), major);
        if (wrong == std::errc{} && end == name.data() + name.size() && binaries_of(name).has_value())
            best = std::max(best, major);
    }
    return binaries_of(std::to_string(std::max(best, oldest_major)));
}

Result<void> run_program(const ServerUser& user, const std::vector<std::string>& arguments,
                         const fs::path& log, const std::string& input) {
    HUTONG_ASSIGN(const pid_t pid, start(user, arguments, log, input));
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return internal(arguments.front() + " failed: " + last_line(log) + " (" + log.string() +
                    " has the rest)");
}

Result<ServerProcess> ServerProcess::spawn(const ServerUser& user, const std::vector<std::string>& arguments,
                                           const fs::path& log) {
    HUTONG_ASSIGN(const pid_t pid, start(user, arguments, log, {}));
    const int descriptor = open_pidfd(pid);
    if (descriptor < 0) {
        ::kill(pid, SIGQUIT);  // still our unreaped child, so the number is its
        return unavailable("this kernel has no pidfd_open (Linux 5.3)");
    }
    return ServerProcess(pid, descriptor, true);
}

std::optional<ServerProcess> ServerProcess::adopt(pid_t pid, const fs::path& data) {
    if (pid <= 1) return std::nullopt;
    const int descriptor = open_pidfd(pid);
    if (descriptor < 0) return std::nullopt;
    // Looked at after the pidfd was opened: it is this process, not a later one with its number.
    ServerProcess process(pid, descriptor, false);
    if (!is_postgres_in("/proc/" + std::to_string(pid), data) || !process.running()) return std::nullopt;
    return process;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(other.pid_), descriptor_(std::exchange(other.descriptor_, -1)), child_(other.child_) {}

ServerProcess& ServerProcess::operator=(ServerProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(child_, other.child_);
    return *this;
}

ServerProcess::~ServerProcess() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool ServerProcess::running() {
    return !wait(milliseconds(0));
}

bool ServerProcess::wait(milliseconds limit) {
    if (descriptor_ < 0) return true;
    pollfd watched{descriptor_, POLLIN, 0};
    const auto end = std::chrono::steady_clock::now() + limit;
    int ready = 0;
    do {
        const auto left = std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
        ready = ::poll(&watched, 1, static_cast<int>(std::max<milliseconds::rep>(left.count(), 0)));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) return false;
    if (child_) ::waitpid(pid_, nullptr, WNOHANG);
    ::close(std::exchange(descriptor_, -1));
    return true;
}

void ServerProcess::signal(int number) const {
    if (descriptor_ >= 0) ::syscall(SYS_pidfd_send_signal, descriptor_, number, nullptr, 0);
}

void ServerProcess::stop(milliseconds patience) {
    signal(SIGINT);
    signal(SIGCONT);  // a process that somebody halted hears nothing else
    if (wait(patience)) return;
    signal(SIGQUIT);
    if (wait(immediate_shutdown_limit)) return;
    signal(SIGKILL);
    wait(immediate_shutdown_limit);
}

}  // namespace hutong::pg
