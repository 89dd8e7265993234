// HOME/pg: where the embedded cluster's files lie and who owns them. Internal to base/pg.
//
//   pg/             ours, 0711: what the server may read but not write
//     hba.conf, ident.conf   who may connect: this home's owner and root, told by the kernel (peer), no
//     password lock          held (flock) by the one process that runs the server socket-dir    the socket's
//     folder, where pg/run would make the path too long for a unix socket
//   pg/data, pg/run          the server user's, 0700
//   log/postgres.log         the server's messages
//
// When we are root the server runs as another user; root writes nothing inside that user's folders, so a
// server that was taken over cannot make root follow its links. Not thread-safe.
#pragma once

#include "base/home.hpp"
#include "base/pg/postgres_process.hpp"
#include "base/result.hpp"

namespace hutong::pg {

struct ClusterFolder {
    std::filesystem::path top;
    std::filesystem::path log;

    explicit ClusterFolder(const Home& home);
    std::filesystem::path data() const { return top / "data"; }
    std::filesystem::path unfinished() const { return top / "data.new"; }  // while initdb runs
    std::filesystem::path hba() const { return top / "hba.conf"; }
    std::filesystem::path ident() const { return top / "ident.conf"; }
    std::filesystem::path lock() const { return top / "lock"; }
    bool holds_cluster() const;

    // Makes top with its rules, and checks that the user can get there.
    Result<void> prepare(const ServerUser& user) const;
    // A folder for the server alone, empty or as it was.
    Result<void> make_private(const std::filesystem::path& folder, const ServerUser& user) const;
    // The folder of the socket: pg/run, or a short one that is remembered in pg/socket-dir.
    Result<std::filesystem::path> socket_folder(const ServerUser& user) const;
    void forget_socket_folder() const;  // after a clean stop; a short one is removed
    // The process id in postmaster.pid; 0 when there is none.
    pid_t recorded_pid() const;
};

}  // namespace hutong::pg
