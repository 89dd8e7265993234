// Who may give which command: the rules of the table's duties, as pure functions.
//
// An officer is held to his duty from the first day; the home's owner may do everything until the officers
// are separated, and afterwards only what is his alone. docs/decisions/0020 says why.
#pragma once

#include "gateway/main/admin/commands.hpp"

namespace hutong::admin {

// A read that is nobody's duty is anybody's; a change that is nobody's duty is the owner's.
bool is_anybodys(const Command& command);
bool is_owners(const Command& command);
// About the caller's own account and session: "me" and "me.…".
bool is_about_oneself(const Command& command);

enum class Way { run, propose };

struct Circumstances {
    bool separated{false};
    bool two_persons{false};  // the security officer has it so for this command
    bool approval{false};     // what goes online needs it: officers separated, or agencies have accounts
};

// Error: refused, saying whose work it is.
Result<Way> admit(const Command& command, const json::object& arguments, const Caller& caller,
                  const Circumstances& circumstances);

// Whether `second` may approve what `first` proposed; both as they are now. What always needs two persons
// needs two of different roles, else two people of one kind could make a third of another, and an officer as
// the second; what needs approval, one who may approve services.
Result<void> may_approve(const Command& command, const json::object& arguments,
                         const security::Officer& first, const security::Officer& second);

}  // namespace hutong::admin
