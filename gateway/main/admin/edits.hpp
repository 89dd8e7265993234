// What the edits among the commands have in common: the revision that they build on, and what they say of
// what they replaced (docs/decisions/0038-edits-that-meet.md).
//
// Pure functions.
#pragma once

#include "gateway/main/admin/commands.hpp"
#include "registry/store/revisions.hpp"

namespace hutong::admin {

// The argument "if_match", in the name of whoever gives the command.
Result<registry::Edit> edit_of(const Services& services, const Arguments& arguments);

// Member "replaced", where somebody else's change was.
void tell_replaced(const std::optional<registry::Replaced>& replaced, json::object& said);

}  // namespace hutong::admin
