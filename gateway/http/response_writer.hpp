// Turns a Response into bytes on a Stream: status line, fields, gzip where the client takes it.
//
// RFC 9110 sections 6.6, 8.6, 15; RFC 9112 section 6. Internal to this folder.
#pragma once

#include <string>

#include "gateway/http/message.hpp"
#include "gateway/http/stream.hpp"
#include "gateway/http/wire_reader.hpp"

namespace hutong::http {

struct ReplyTo {
    bool head{false};  // a HEAD request: no body
    bool http11{true};
    bool gzip{false};  // the client accepts it
    bool close{false};
};

// Sends `response`. A field that could break out of its line makes it an empty 500 instead.
Awaitable<Transfer> send_response(Stream& stream, const Response& response, ReplyTo to,
                                  milliseconds standstill, std::string& scratch);

// One line of text/plain, with the incident id where there is one; closes.
Response refusal_response(const Refusal& refusal, const std::string& incident = {});

}  // namespace hutong::http
