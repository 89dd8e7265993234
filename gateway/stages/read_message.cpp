#include "gateway/stages/read_message.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/addressing.hpp"

namespace hutong::gateway {

namespace {

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::limit:
            return 413;
        case ErrorCode::timeout:
            return 408;
        case ErrorCode::unavailable:
            return 503;
        default:
            return 400;
    }
}

}  // namespace

Result<void> find_envelope(SoapMessage& message, const config::Config& config) {
    HUTONG_ASSIGN(const http::MediaType type, http::parse_media_type(message.content_type));
    std::uint64_t begin = 0;
    std::uint64_t end = message.body.size();
    std::string charset(type.parameter("charset"));
    if (type.type == "multipart/related") {
        HUTONG_ASSIGN(message.multipart,
                      http::parse_multipart(message.body, type, config.http.max_mime_parts));
        const http::MimePart& root = message.multipart->parts[message.multipart->root];
        begin = root.begin;
        end = root.end;
        HUTONG_ASSIGN(const http::MediaType root_type, http::parse_media_type(root.content_type));
        charset = std::string(root_type.parameter("charset"));
    }
    if (end - begin > config.xml.max_root_bytes)
        return Error{ErrorCode::limit, "the SOAP envelope is longer than " +
                                           std::to_string(config.xml.max_root_bytes) +
                                           " bytes; send large data as attachments (MTOM)"};
    HUTONG_ASSIGN(std::string text, message.body.text(begin, end - begin));
    HUTONG_ASSIGN(message.root, xml::to_utf8(text, charset));
    if (message.root != text) {
        if (message.multipart)
            return invalid("the root part of a multipart message must be in UTF-8 without a byte order mark");
        message.root_changed = true;
    }
    HUTONG_ASSIGN(message.layout, soap::scan(message.root, config.xml.limits));
    message.has_root = true;
    return {};
}

Awaitable<std::optional<Refusal>> ReadMessageStage::request(Exchange& exchange) {
    const config::Config& config = exchange.settings->config;
    SoapMessage& message = exchange.message;
    message.body = http::Payload(config.http.buffer_bytes, exchange.settings->spool);
    if (const auto read = co_await exchange.request.read_body(message.body); read.has_error())
        co_return refuse::not_soap(status_of(read.error().code),
                                   "The body could not be read: " + read.error().detail + ".");
    if (const auto found = find_envelope(message, config); found.has_error())
        co_return refuse::sender("The message is no SOAP envelope: " + found.error().detail + ".");
    if (message.layout.version != exchange.version)
        co_return refuse::version_mismatch(
            "The Envelope's namespace and the Content-Type name different SOAP versions.");
    if (message.multipart && exchange.version == soap::Version::v12) {
        // The root part's own media type travels on as it is.
        const auto type =
            http::parse_media_type(message.multipart->parts[message.multipart->root].content_type);
        auto action = one_action(exchange.http_action, std::string(type->parameter("action")));
        if (action.has_error()) co_return refuse::sender(action.error().detail);
        exchange.http_action = std::move(*action);
    }
    co_return std::nullopt;
}

}  // namespace hutong::gateway
