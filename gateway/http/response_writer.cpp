#include "gateway/http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "gateway/http/body_writer.hpp"
#include "gateway/http/coding.hpp"
#include "gateway/http/date.hpp"
#include "gateway/http/text.hpp"

namespace hutong::http {

namespace {

constexpr std::uint64_t gzip_from = 1024;

std::string_view reason(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

// Made once per second and thread.
std::string_view date() {
    thread_local std::time_t made_for = -1;
    thread_local std::string text;
    const std::time_t current = std::time(nullptr);
    if (current != made_for) {
        text = http_date(current);
        made_for = current;
    }
    return text;
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 24> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

// Fields that say how the message is framed are this file's to set.
bool is_own_field(std::string_view name) {
    static constexpr std::array<std::string_view, 6> own{
        "content-length", "transfer-encoding", "connection", "keep-alive", "date", "server"};
    return std::any_of(own.begin(), own.end(),
                       [&](std::string_view field) { return same_ignoring_case(name, field); });
}

// Appends the handler's fields; false when one of them cannot stand on a line.
bool append_fields(std::string& out, const Headers& headers, bool gzip) {
    for (const auto& [name, value] : headers.all()) {
        if (!is_token(name) || !is_field_value(value)) return false;
        if (is_own_field(name)) continue;
        out.append(name).append(": ");
        // The compressed bytes differ from what a strong validator stands for.
        if (gzip && same_ignoring_case(name, "ETag") && !value.starts_with("W/")) out.append("W/");
        out.append(value).append("\r\n");
    }
    return true;
}

bool worth_gzip(const Response& response, const ReplyTo& to, std::uint64_t size) {
    if (!to.gzip || !to.http11 || to.head || size <= gzip_from || response.status != 200) return false;
    if (response.headers.count("Content-Encoding") > 0) return false;
    return is_compressible(response.headers.find("Content-Type").value_or(""));
}

bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

// Fills `out` with the head; false when the response cannot be put on the wire.
bool make_head(const Response& response, const ReplyTo& to, bool gzip, std::uint64_t size, std::string& out) {
    out.assign("HTTP/1.1 ");
    append_number(out, response.status);
    out.append(" ").append(reason(response.status)).append("\r\nDate: ").append(date());
    out.append("\r\nServer: hutong\r\n");
    if (response.status < 200 || response.status > 599 || !append_fields(out, response.headers, gzip))
        return false;
    if (size > gzip_from && is_compressible(response.headers.find("Content-Type").value_or(""))) {
        out.append("Vary: Accept-Encoding\r\n");
    }
    if (gzip) {
        out.append("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n");
    } else if (!has_no_body(response.status)) {
        out.append("Content-Length: ");
        append_number(out, size);
        out.append("\r\n");
    }
    if (to.close) {
        out.append("Connection: close\r\n");
    } else if (!to.http11) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
    return true;
}

}  // namespace

Awaitable<Transfer> send_response(Stream& stream, const Response& response, ReplyTo to,
                                  milliseconds standstill, std::string& scratch) {
    const std::uint64_t size = response.size();
    const bool gzip = worth_gzip(response, to, size);
    std::span<const Piece> body = response.body;
    if (!make_head(response, to, gzip, size, scratch)) {
        Response empty;
        empty.status = 500;
        make_head(empty, to, false, 0, scratch);
        body = {};
    } else if (to.head || has_no_body(response.status)) {
        body = {};
    } else if (gzip) {
        return send_gzipped(stream, scratch, body, standstill);
    }
    return send_message(stream, scratch, body, standstill);
}

Response refusal_response(const Refusal& refusal, const std::string& incident) {
    const std::string suffix = incident.empty() ? "\n" : " (incident " + incident + ")\n";
    Response response = text_response(refusal.status, "text/plain; charset=utf-8", refusal.text + suffix);
    if (!incident.empty()) response.headers.add("Hutong-Exchange", incident);
    response.close = true;
    return response;
}

}  // namespace hutong::http
