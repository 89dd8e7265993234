// `hutong doctor`: gathers the facts about a home, its machine and its daemon, and says what is wrong and
// what to do.
//
// Blocking; for the command line. It changes nothing.
#pragma once

#include "base/home.hpp"
#include "gateway/main/doctor/checks.hpp"

namespace hutong::doctor {

std::vector<Finding> examine(const Home& home);

}  // namespace hutong::doctor
