// An e-mail with one part, as the text that goes to a relay.
//
// RFC 5322, RFC 2045 (the content goes in base64, so that its lines are short whatever it is), RFC 3834 (it
// says that a program wrote it). Pure but for the Message-ID.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace hutong::mail {

struct Message {
    std::string from, to;      // mailboxes (base/addresses.hpp)
    std::string subject;       // one line of ASCII
    std::string content_type;  // of `content`, charset included
    std::string content;
};

std::string text_of(const Message& message, TimePoint now);  // lines end in CR LF

}  // namespace hutong::mail
