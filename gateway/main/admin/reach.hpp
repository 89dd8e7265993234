// Which organisations a command touches, and whether an agency's account reaches them: the one place where
// that is decided, by the Subject in the command's row.
//
// An agency's account reaches its own organisation and nothing else; what there is of others, and what there
// is not, it is told in the same words. docs/decisions/0033 says why. The pure functions are safe anywhere;
// the rest runs where Commands does.
#pragma once

#include "gateway/main/admin/commands.hpp"

namespace hutong::admin {

// What a row's Subject leads to with these arguments.
struct Leads {
    std::vector<std::string> organisations;  // named by the arguments themselves
    std::string consumer;                    // to be looked up; empty: none
    std::string request;
    std::string entry;
    std::string proposal;
};
Leads leads_of(const Command& command, const json::object& arguments);

// An agency's account that leaves out "org", where that may be left out, means its own.
void mean_own_organisation(const Command& command, const security::Officer& officer, json::object& arguments);

// Whether the account may touch one of these; officers and the registry administrator reach all.
Result<void> check_reach(const Command& command, const security::Officer& officer,
                         const std::vector<std::string>& organisations);

// All that the command touches; empty: none, or nothing there of that name. Errors: the database's.
Awaitable<Result<std::vector<std::string>>> organisations_touched(const Services& services,
                                                                  const Command& command,
                                                                  const json::object& arguments);

}  // namespace hutong::admin
