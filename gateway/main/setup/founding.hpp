// `hutong init`: founds a platform in an empty folder, or leaves the folder as it was.
//
// Blocking; for the command line. Errors are one line that says what, where and how to mend it.
#pragma once

#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "base/home.hpp"
#include "base/result.hpp"

namespace hutong::setup {

struct FoundingOptions {
    std::string database;  // URL; empty: embedded PostgreSQL
    std::string http;      // empty: the default
    std::string https;
    std::string public_url;
    bool sm2{false};      // also the keys of the national algorithms
    config::Keys keys{};  // where this node's keys are to lie
};

struct Founded {
    std::string node;
    std::string public_url;  // as certificates have it
    bool embedded{true};
    std::vector<std::string> hints;  // what the operator should know now
};

Result<Founded> found(const Home& home, const FoundingOptions& options);

}  // namespace hutong::setup
