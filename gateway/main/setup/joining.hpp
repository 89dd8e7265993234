// `hutong join`: brings a further node in, with keys of its own and certificates from the founder's CA.
//
// Blocking; for the command line. Nothing stays in the folder when it fails.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/config/config.hpp"
#include "base/home.hpp"
#include "base/result.hpp"

namespace hutong::setup {

struct JoiningOptions {
    std::string database;
    std::string token;
    std::string http;
    std::string https;
    std::string public_url;
    bool sm2{false};                     // also the keys of the national algorithms
    config::Keys keys{};                 // where this node's keys are to lie
    std::chrono::seconds patience{120};  // for the founder to answer
};

struct Joined {
    std::string node;
    std::string public_url;
};

// `progress` gets one line at a time.
Result<Joined> join(const Home& home, const JoiningOptions& options,
                    const std::function<void(const std::string&)>& progress);

}  // namespace hutong::setup
