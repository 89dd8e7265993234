// The folder a node lives in: where everything under HOME is. Pure paths; nothing is created here but by
// create().
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace hutong {

struct Home {
    std::filesystem::path root;

    std::filesystem::path config() const { return root / "hutong.toml"; }
    std::filesystem::path run() const { return root / "run"; }  // 0700; sockets, pid, listen.json
    std::filesystem::path admin_socket() const { return run() / "admin.sock"; }
    std::filesystem::path listen_json() const { return run() / "listen.json"; }
    std::filesystem::path pid_file() const { return run() / "hutong.pid"; }
    std::filesystem::path pg() const { return root / "pg"; }      // embedded cluster: pg/data, pg/run
    std::filesystem::path keys() const { return root / "keys"; }  // 0700; this node's keys, PEM, 0600
    std::filesystem::path pki() const {
        return root / "pki";
    }  // 0700; CA keys and certificates (founder only)
    std::filesystem::path journal() const { return root / "journal"; }
    std::filesystem::path cache() const { return root / "cache"; }  // snapshot.json and its MAC
    std::filesystem::path spool() const { return root / "spool"; }  // unlinked temporary files
    std::filesystem::path log() const { return root / "log"; }
    std::filesystem::path node_id_file() const { return root / "node-id"; }

    // Makes root and the folders above with safe modes. Error: conflict when root holds a platform already.
    Result<void> create() const;
    Result<std::string> node_id() const;
};

}  // namespace hutong
