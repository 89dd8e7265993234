// PostgreSQL's own programs as processes, under an unprivileged user when we are root. Internal to base/pg
// and tests.
//
// Not thread-safe; calls block. Nothing of ours but the three standard descriptors is inherited by them, so
// that a server that outlives us holds none of our ports.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.hpp"

namespace hutong::pg {

// Whom PostgreSQL runs as: ourselves, or the user "postgres" when we are root, which PostgreSQL refuses.
struct ServerUser {
    std::string name;
    uid_t uid{};
    gid_t gid{};
    bool other{false};  // not ourselves
};
Result<ServerUser> server_user();

// The folder with initdb and postgres: the newest installed, or of one major version.
Result<std::filesystem::path> newest_binaries();
Result<std::filesystem::path> binaries_of(const std::string& major);

// Runs a program to its end, its output appended to `log`. Error: internal, with the last line it said.
Result<void> run_program(const ServerUser& user, const std::vector<std::string>& arguments,
                         const std::filesystem::path& log, const std::string& input = {});

// A running postgres: our child, or one that an earlier process left.
class ServerProcess {
  public:
    static Result<ServerProcess> spawn(const ServerUser& user, const std::vector<std::string>& arguments,
                                       const std::filesystem::path& log);
    // The process `pid` if, and only if, it is a postgres that works in the folder `data`.
    static std::optional<ServerProcess> adopt(pid_t pid, const std::filesystem::path& data);

    ServerProcess(ServerProcess&& other) noexcept;
    ServerProcess& operator=(ServerProcess&& other) noexcept;
    ~ServerProcess();  // leaves the process alone

    pid_t pid() const { return pid_; }
    bool running();
    bool wait(std::chrono::milliseconds limit);  // for its end; false when it still runs
    // Fast shutdown; rougher means when that takes longer than `patience`.
    void stop(std::chrono::milliseconds patience = std::chrono::seconds(60));

  private:
    ServerProcess(pid_t pid, int descriptor, bool child)
        : pid_(pid), descriptor_(descriptor), child_(child) {}
    void signal(int number) const;
    pid_t pid_;
    int descriptor_;  // a pidfd: unlike the number it never comes to mean another process
    bool child_;
};

// Whether any postgres works in the folder `data`: a killed server's children may outlive it for a moment.
bool anyone_works_in(const std::filesystem::path& data);

// The last line of a log file, for error messages.
std::string last_line(const std::filesystem::path& file);

}  // namespace hutong::pg
