// Which login of the machine a process belongs to: people who share the home's user still sit at shells of
// their own.
//
// From /proc (proc(5)): the Unix session (setsid(2)), when its leader began, and which boot it was, so that
// no number of an ended login means another. Thread-safe.
#pragma once

#include <string>

#include <sys/types.h>

namespace hutong::admin {

// "login 4711.90210.cc8f3739-…"; empty, when the kernel does not say, or the login's first process is gone.
std::string login_session_of(pid_t process);

}  // namespace hutong::admin
