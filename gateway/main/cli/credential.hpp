// How an officer proves who he is on the command line: --as NAME and a session, a file or the terminal.
//
// Never an argument: those can be read by every user of the machine. Single-threaded.
#pragma once

#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

// What the daemon is sent with a command. Empty without --as. In this order: --credential-file (the password,
// and on a second line the one-time code), the session of `hutong officers login`, the terminal.
Result<json::object> credential_of(const Context& context);
// The same without a session: signing in takes a fresh proof.
Result<json::object> fresh_credential_of(const Context& context);

// One line that is not shown while it is typed; of standard input when that is no terminal.
Result<std::string> ask_secret(const std::string& prompt);
bool at_a_terminal();

// The session's token is kept in a file of mode 0600 below $XDG_RUNTIME_DIR/hutong or ~/.cache/hutong. It is
// of no use in another login at the machine, whoever reads the file there.
Result<void> keep_session(const Context& context, const std::string& token);
void forget_session(const Context& context);

}  // namespace hutong::cli
