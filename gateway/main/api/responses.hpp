// How the JSON API answers: JSON, errors by their code, and the headers of every answer. Pure functions.
#pragma once

#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "gateway/http/message.hpp"

namespace hutong::api {

unsigned status_of(ErrorCode code);  // of HTTP, RFC 9110 section 15

http::Response json_response(unsigned status, const boost::json::value& value);
http::Response error_response(unsigned status, const Error& error);
http::Response error_response(const Error& error);  // with the status of its code

// RFC 9110 section 8.8.3: which revision of a thing the answer shows, where it has one.
void tag(http::Response& response, const boost::json::value& shown);

// Answers are for their asker alone, and no browser is to make anything else of them.
http::Response guarded(http::Response response, bool tls);

}  // namespace hutong::api
