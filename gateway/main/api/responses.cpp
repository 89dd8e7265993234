#include "gateway/main/api/responses.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace hutong::api {

namespace json = boost::json;

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return 400;
        case ErrorCode::refused:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
            return 409;
        case ErrorCode::limit:
            return 413;
        case ErrorCode::unavailable:
            return 503;
        case ErrorCode::timeout:
            return 504;
        case ErrorCode::corrupt:
        case ErrorCode::internal:
            break;
    }
    return 500;
}

http::Response json_response(unsigned status, const json::value& value) {
    return http::text_response(status, "application/json", json::serialize(value));
}

http::Response error_response(unsigned status, const Error& error) {
    return json_response(
        status, json::object{{"error", {{"code", to_string(error.code)}, {"detail", error.detail}}}});
}

http::Response error_response(const Error& error) {
    return error_response(status_of(error.code), error);
}

void tag(http::Response& response, const json::value& shown) {
    const json::value* revision = shown.is_object() ? shown.get_object().if_contains("revision") : nullptr;
    if (revision && revision->is_string())
        response.headers.set("ETag", "\"" + std::string(revision->get_string()) + "\"");
}

http::Response guarded(http::Response response, bool tls) {
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.headers.set("Referrer-Policy", "no-referrer");
    if (tls) response.headers.set("Strict-Transport-Security", "max-age=31536000");
    return response;
}

}  // namespace hutong::api
