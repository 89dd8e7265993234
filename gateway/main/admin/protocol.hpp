// The administration protocol: one request and one answer per connection on HOME/run/admin.sock.
//
// Each is a JSON text behind its length in four bytes, big-endian. Request: {"command": "org.add",
// "arguments": {…}, "credential": {…}}, where a credential is {"officer": …, "password": …, "code": …} or
// {"session": …}, and none is needed from the home's owner before the officers are separated; answer: {"ok":
// true, "result": …} or {"ok": false, "error": {"code": "conflict", "detail": "…"}}, either with "notices":
// […] when there is something the officer has to be told. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace hutong::admin {

namespace json = boost::json;

using LengthPrefix = std::array<unsigned char, 4>;

// A request may carry a WSDL bundle (base64); an answer lists what the platform holds.
inline constexpr std::uint64_t max_request_bytes = 96u << 20;
inline constexpr std::uint64_t max_answer_bytes = 256u << 20;

struct Request {
    std::string command;
    json::object arguments;
    json::object credential;
};

LengthPrefix length_prefix(std::size_t length);
// Error: limit, when the other side announces more than `most`; invalid for an empty text.
Result<std::size_t> announced_length(const LengthPrefix& prefix, std::uint64_t most);

std::string request_text(const Request& request);
Result<Request> parse_request(std::string_view text);

// An answer, and what the officer who asked has to be told besides.
struct Reply {
    Result<json::value> answer;
    std::vector<std::string> notices{};
};

std::string answer_text(const Reply& reply);
// The result, or the error the daemon answered with; an answer that is none is an error, too.
Reply parse_answer(std::string_view text);

}  // namespace hutong::admin
