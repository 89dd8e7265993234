// An account as values: who signed in, and what a list shows. "Officer" is whoever has one, agencies too.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "security/access/role.hpp"

namespace hutong::security {

// Somebody who proved to be this officer just now.
struct Officer {
    std::string name;
    Role role{Role::auditor};
    // Why this account may do nothing yet but put its own credentials in order; empty: it may.
    std::string unready;
    std::string org{};  // whom an agency's account acts for; empty: it is none
};

struct Account {
    std::string name;
    Role role{Role::auditor};
    bool disabled{false};
    bool temporary{false};  // its password was handed out by somebody else, or there is none
    bool totp{false};
    std::string certificate;  // thumbprint; empty: none
    unsigned failures{0};     // wrong tries in a row
    std::optional<TimePoint> locked_until;
    std::optional<TimePoint> signed_in;
    std::string org{};  // of an agency's
};

// Why an account of this form may not do its work; empty: it may.
std::string unready_because(bool temporary, bool second_factor, bool second_factor_needed);

}  // namespace hutong::security
