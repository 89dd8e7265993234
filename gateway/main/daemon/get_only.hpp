// The answer to methods that a read-only path does not know (RFC 9110 section 15.5.6).
#pragma once

#include <optional>

#include "gateway/http/message.hpp"

namespace hutong::daemon {

inline std::optional<http::Response> unless_get(const http::Request& request) {
    if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
    http::Response response =
        http::text_response(405, "text/plain; charset=utf-8", "only GET is known here\n");
    response.headers.set("Allow", "GET, HEAD");
    return response;
}

}  // namespace hutong::daemon
