// What a contract's WS-SecurityPolicy asks of messages, as far as a MessagePolicy can say it; the rest as
// remarks.
//
// WS-SecurityPolicy 1.1 (2005/07), 1.2 and 1.3, in WS-Policy 1.2 or 1.5. Of several alternatives everything
// that any of them asks is taken as asked: reading may make a policy stricter, never weaker. One row per
// assertion in one table. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "security/inbound/policy.hpp"

namespace hutong::security::wssp {

enum class Direction { both, request, response };

struct Remark {
    bool warning{false};  // false: good to know; true: asked for, but not enforced here
    std::string text;
    bool operator==(const Remark&) const = default;
};

// `tokens` holds those asked for; the flags begin as false, unlike a MessagePolicy's own defaults.
struct Asked {
    Asked();
    MessagePolicy request;
    MessagePolicy response;
    MessagePolicy by_suites;         // only its lists of algorithms, which suites name for encryption
    bool transport{false};           // HTTPS
    bool client_certificate{false};  // mutual TLS
    bool signature_confirmation{false};
    std::vector<Remark> remarks;

    // What requests are to be encrypted by: what is said exactly, else by the suites where encryption is
    // asked; empty: nothing is said.
    const std::vector<std::string>& encrypted_by(std::vector<std::string> MessagePolicy::*list) const;
};

// Adds what one policy expression (a wsp:Policy element as text) asks. Error: invalid, when it is no XML.
Result<void> read_policy(std::string_view expression, Direction direction, Asked& into);

}  // namespace hutong::security::wssp
