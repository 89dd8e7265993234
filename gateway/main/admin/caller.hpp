// Who gives a command: an officer who proved it, the home's owner at the socket, or the platform by itself.
//
// Values.
#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "security/access/officer.hpp"
#include "security/access/sessions.hpp"

namespace hutong::admin {

struct Caller {
    std::optional<security::Officer> officer;  // nothing: the home's owner at the socket, nobody at the API
    security::Channel channel{security::Channel::socket};
    std::string place;        // where the words come from: "uid 1000 (zhang), pid 4711", "10.0.0.7:51034"
    std::string user;         // what a session of the socket is bound to; empty: none can be kept
    std::string certificate;  // thumbprint of the TLS client's, whose key was proven; empty: none
    bool by_session{false};   // no fresh proof, but an earlier one
    std::string approver;     // the second person, where there was one
    bool stranger{false};     // at the socket, and no command of the owner's
    bool platform{false};     // nobody commanded it now: the daemon does it by itself

    std::string name()
        const;  // the same for the same person the next time: an account, or "uid 1000 (zhang)"
    std::string text() const;  // for the log and the record's remote: "officer li (auditor), api, …"
    boost::json::object record() const;  // for the record's content
};

}  // namespace hutong::admin
