// What `hutong serve` asks of its process: the log, enough descriptors, and who owns the home.
//
// Functions without state, for the start.
#pragma once

#include <sys/types.h>

#include "base/config/config.hpp"
#include "base/home.hpp"

namespace hutong::daemon {

void set_up_log(const config::Config& config);
// Every connection is a descriptor; the soft limit of a shell is far below what the hard one allows.
void allow_many_descriptors();
uid_t owner_of(const Home& home);

}  // namespace hutong::daemon
