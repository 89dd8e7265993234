// wsse:UsernameToken: read strictly, judged against the password that is known for the user.
//
// UsernameToken Profile 1.1.1 sections 3.1 and 3.2. Nonce and Created are required with both kinds of
// password; PasswordText is taken over TLS only. That a nonce comes once is for the caller to see to, when
// the whole message is believed: see `nonce_key`. Key derivation (section 4) is not supported. Thread-safe.
#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/xml/document.hpp"
#include "security/inbound/policy.hpp"
#include "security/tokens/guess_limit.hpp"

namespace hutong::security {

// Passwords by user name, in clear, since a digest can be checked in no other way.
using Passwords = std::unordered_map<std::string, std::string>;

struct PasswordContext {
    const Passwords& passwords;
    GuessLimit& guesses;
    std::string sender;  // the address the message came from
    bool over_tls{false};
};

struct UsernameClaim {
    std::string user;
    std::string nonce_key;  // of which there may be only one …
    TimePoint nonce_until;  // … until this time
};

// Errors: refused, saying what is wrong; the caller is never told.
Result<UsernameClaim> judge_username_token(xml::Element token, const PasswordContext& context,
                                           const TimeLimits& limits, TimePoint now);

}  // namespace hutong::security
