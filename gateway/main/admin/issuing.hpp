// From a wish for a certificate to one that is registered and bound to its consumer: the way that `cert
// issue`, `cert renew` and `cert approve` share.
//
// On the control thread.
#pragma once

#include "gateway/main/admin/commands.hpp"

namespace hutong::admin {

struct Wish {
    std::string csr;
    const security::ProfileRow* profile{nullptr};
    std::string consumer;  // empty: for a machine
    std::string common_name;
    std::string organisation;
    std::vector<std::string> names;
    std::string renews;               // serial; empty: nothing
    std::optional<int> overlap_days;  // the renewed one's; nothing: its own end
    std::string request;              // id; empty: none
    std::optional<std::string> ca;
};

Error no_authority();

// Whose it is and what stands in it: `consumer` of the arguments, or `name` and `names` for a machine.
Awaitable<Result<void>> fill_subject(Services& services, const Arguments& arguments, Wish& wish);
Awaitable<Result<void>> fill_subject_of_consumer(Services& services, Wish& wish);
// What `renews` names, and that it may be renewed: its profile and holder are the new one's.
Awaitable<Result<void>> fill_from_renewed(Services& services, const std::string& serial, Wish& wish);
Result<std::optional<int>> overlap_days(const Arguments& arguments);

Answer issue_and_bind(Services& services, Wish wish);

}  // namespace hutong::admin
