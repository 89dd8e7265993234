#include "base/pg/embedded.hpp"

#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/pg/cluster_folder.hpp"
#include "base/pg/libpq.hpp"

namespace hutong::pg {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds look_again{20};
constexpr seconds orphan_patience{5};   // for one that is starting up or shutting down
constexpr seconds silence_limit{60};    // for a new one to answer at all
constexpr seconds recovery_limit{600};  // for crash recovery, which says that it is at work
constexpr std::uintmax_t log_limit = 16u << 20;

// The lock ends with the process, however it ends.
class FolderLock {
  public:
    static Result<FolderLock> take(const ClusterFolder& folder) {
        const int file = ::open(folder.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file < 0)
            return unavailable(folder.lock().string() + " cannot be opened: " + std::strerror(errno));
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            ::close(file);
            return Error{ErrorCode::conflict,
                         "another hutong runs the database in " + folder.top.string() + "; stop it first"};
        }
        return FolderLock(file);
    }
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock() {
        if (file_ >= 0) ::close(file_);
    }

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

std::string url_encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
        if (plain)
            out.push_back(c);
        else
            out.append("%").append(to_hex(as_bytes(std::string_view(&c, 1))));
    }
    return out;
}

// requirepeer: the socket must be served by the user we gave it to.
std::string socket_url(const fs::path& sockets, const ServerUser& user) {
    return "postgresql://hutong@/hutong?host=" + url_encoded(sockets.string()) +
           "&requirepeer=" + url_encoded(user.name);
}

std::vector<std::string> server_command(const fs::path& binaries, const ClusterFolder& folder,
                                        const fs::path& sockets) {
    std::vector<std::string> command{(binaries / "postgres").string(), "-D", folder.data().string()};
    const std::pair<const char*, std::string> settings[] = {
        {"listen_addresses", ""},
        {"port", "5432"},
        {"unix_socket_directories", "\"" + sockets.string() + "\""},
        {"unix_socket_permissions", "0700"},
        {"hba_file", folder.hba().string()},
        {"ident_file", folder.ident().string()},
        {"max_connections", "100"},
        {"logging_collector", "off"},
        {"log_destination", "stderr"},
        {"log_min_messages", "warning"},
        {"lc_messages", "C"},
    };
    for (const auto& [name, value] : settings) {
        command.push_back("-c");
        command.push_back(std::string(name) + "=" + value);
    }
    return command;
}

// Until the server answers. Error: unavailable, when it ended or the time is over.
Result<void> wait_ready(ServerProcess& process, const std::string& url, seconds silence,
                        const fs::path& log) {
    const auto begun = steady_clock::now();
    for (;;) {
        const PGPing answer = PQping((url + "&connect_timeout=2").c_str());
        if (answer == PQPING_OK) return {};
        const auto waited = steady_clock::now() - begun;
        if (!process.running())
            return unavailable("PostgreSQL ended at once: " + last_line(log) + " (" + log.string() + ")");
        if (waited > (answer == PQPING_REJECT ? std::max(recovery_limit, silence) : silence))
            return unavailable("PostgreSQL did not get ready: " + last_line(log) + " (" + log.string() + ")");
        std::this_thread::sleep_for(look_again);
    }
}

void limit_log(const fs::path& log) {
    std::error_code ignored;
    if (fs::file_size(log, ignored) > log_limit && !ignored) fs::rename(log, log.string() + ".1", ignored);
}

}  // namespace

struct EmbeddedServer::State {
    ClusterFolder folder;
    ServerUser user;
    FolderLock lock;
    fs::path binaries;
    fs::path sockets;
    std::optional<ServerProcess> process;

    Result<void> launch();
    Result<bool> adopt_orphan();
    Result<void> wait_empty() const;
    std::string url() const;
};

std::string EmbeddedServer::State::url() const {
    return socket_url(sockets, user);
}

Result<void> EmbeddedServer::State::launch() {
    limit_log(folder.log);
    HUTONG_ASSIGN(ServerProcess started,
                  ServerProcess::spawn(user, server_command(binaries, folder, sockets), folder.log));
    if (auto ready = wait_ready(started, url(), silence_limit, folder.log); ready.has_error()) {
        started.stop();
        return ready.error();
    }
    process.emplace(std::move(started));
    log(MessageId::HT2004, {{"pid", std::to_string(process->pid())}, {"socket", sockets.string()}});
    return {};
}

// A postgres of a daemon that was killed is used as it runs; one that does not answer is stopped.
Result<bool> EmbeddedServer::State::adopt_orphan() {
    const pid_t pid = folder.recorded_pid();
    auto orphan = ServerProcess::adopt(pid, folder.data());
    if (orphan && wait_ready(*orphan, url(), orphan_patience, folder.log).has_value()) {
        process = std::move(orphan);
        log(MessageId::HT2005, {{"pid", std::to_string(pid)}});
        return true;
    }
    if (orphan) orphan->stop(orphan_patience);
    HUTONG_TRY(wait_empty());
    // Nobody is there. A process id in postmaster.pid that became another program's must not keep ours away;
    // the file of a dead one is left to postgres, which looks for what else it may have left.
    if (pid > 0 && ::kill(pid, 0) == 0) ::unlink((folder.data() / "postmaster.pid").c_str());
    return false;
}

// The children of a killed server end by themselves; a new server among them would harm the data.
Result<void> EmbeddedServer::State::wait_empty() const {
    const auto begun = steady_clock::now();
    while (anyone_works_in(folder.data())) {
        if (steady_clock::now() - begun > silence_limit)
            return unavailable("PostgreSQL processes of an earlier run still work in " +
                               folder.data().string() + "; end them, then start again");
        std::this_thread::sleep_for(look_again);
    }
    return {};
}

bool EmbeddedServer::exists(const Home& home) {
    return ClusterFolder(home).holds_cluster();
}

Result<void> EmbeddedServer::create(const Home& home) {
    const ClusterFolder folder(home);
    if (folder.holds_cluster())
        return Error{ErrorCode::conflict, folder.top.string() + " holds a database already"};
    HUTONG_ASSIGN(const ServerUser user, server_user());
    HUTONG_ASSIGN(const fs::path binaries, newest_binaries());
    HUTONG_TRY(folder.prepare(user));
    HUTONG_ASSIGN(const FolderLock lock, FolderLock::take(folder));
    const std::string fresh = folder.unfinished();
    std::error_code failed;
    fs::remove_all(fresh, failed);  // of an attempt that was interrupted
    if (failed) return unavailable(fresh + " cannot be removed: " + failed.message());
    HUTONG_TRY(folder.make_private(fresh, user));
    HUTONG_TRY(run_program(user,
                           {(binaries / "initdb").string(), "--pgdata=" + fresh, "--username=hutong",
                            "--encoding=UTF8", "--locale=C.UTF-8", "--auth=reject", "--data-checksums"},
                           folder.log));
    HUTONG_TRY(run_program(user, {(binaries / "postgres").string(), "--single", "-D", fresh, "postgres"},
                           folder.log, "create database hutong\n"));
    // Only a whole cluster ever gets the name.
    fs::rename(fresh, folder.data(), failed);
    if (failed) return unavailable(folder.data().string() + " cannot be made: " + failed.message());
    return {};
}

Result<std::unique_ptr<EmbeddedServer>> EmbeddedServer::start(const Home& home) {
    ClusterFolder folder(home);
    if (!folder.holds_cluster())
        return not_found(folder.top.string() + " holds no database; make one with: hutong init");
    HUTONG_ASSIGN(ServerUser user, server_user());
    std::string major;
    std::getline(std::ifstream(folder.data() / "PG_VERSION"), major);
    HUTONG_ASSIGN(fs::path binaries, binaries_of(major));
    HUTONG_TRY(folder.prepare(user));
    HUTONG_ASSIGN(FolderLock lock, FolderLock::take(folder));
    HUTONG_ASSIGN(fs::path sockets, folder.socket_folder(user));
    auto state = std::make_unique<State>(State{std::move(folder), std::move(user), std::move(lock),
                                               std::move(binaries), std::move(sockets), std::nullopt});
    HUTONG_ASSIGN(const bool adopted, state->adopt_orphan());
    if (!adopted) HUTONG_TRY(state->launch());
    return std::unique_ptr<EmbeddedServer>(new EmbeddedServer(std::move(state)));
}

EmbeddedServer::EmbeddedServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

EmbeddedServer::~EmbeddedServer() {
    stop();
}

std::string EmbeddedServer::url() const {
    return state_->url();
}

int EmbeddedServer::pid() const {
    return state_->process ? state_->process->pid() : 0;
}

Result<bool> EmbeddedServer::keep_running() {
    if (state_->process && state_->process->running()) return false;
    state_->process.reset();
    HUTONG_ASSIGN(const bool adopted, state_->adopt_orphan());
    if (!adopted) HUTONG_TRY(state_->launch());
    return true;
}

void EmbeddedServer::stop() {
    if (!state_->process) return;
    state_->process->stop();
    state_->process.reset();
    state_->folder.forget_socket_folder();
}

}  // namespace hutong::pg
