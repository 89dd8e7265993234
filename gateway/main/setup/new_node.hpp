// The steps that founding and joining share: the configuration file and the identity of a new node.
//
// Blocking; for the command line.
#pragma once

#include <string>

#include "base/config/config.hpp"
#include "base/home.hpp"

namespace hutong::setup {

// Checks what the operator chose, before anything is made.
Result<config::Config> configuration(const std::string& database, const std::string& http,
                                     const std::string& https, const std::string& public_url, bool sm2,
                                     const config::Keys& keys);

// The folders, hutong.toml (0600: a database URL may hold a password) and a new node id, which is returned.
Result<std::string> make_node(const Home& home, const config::Config& config);

}  // namespace hutong::setup
