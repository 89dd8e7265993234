#include "gateway/stages/read_reply.hpp"

#include "gateway/stages/reception.hpp"

namespace hutong::gateway {

Result<void> read_reply(Reply& reply, const config::Config& config, bool for_signing) {
    SoapMessage& message = reply.message;
    HUTONG_ASSIGN(const http::MediaType type, http::parse_media_type(message.content_type));
    message.in_parts = type.type == "multipart/related";
    std::uint64_t begin = 0;
    std::uint64_t end = message.body.size();
    std::string charset(type.parameter("charset"));
    if (message.in_parts) {
        HUTONG_ASSIGN(message.multipart,
                      http::parse_multipart(message.body, type, config.http.max_mime_parts));
        const http::MimePart& root = message.multipart->parts[message.multipart->root];
        begin = root.begin;
        end = root.end;
        HUTONG_ASSIGN(const http::MediaType root_type, http::parse_media_type(root.content_type));
        charset = std::string(root_type.parameter("charset"));
    }
    message.envelope_at(begin, end);
    if (end - begin > config.xml.max_root_bytes)
        return Error{ErrorCode::limit, "the SOAP envelope is longer than " +
                                           std::to_string(config.xml.max_root_bytes) +
                                           " bytes; send large data as attachments (MTOM)"};
    HUTONG_ASSIGN(const std::string text, message.text({0, end - begin}));
    HUTONG_ASSIGN(std::string utf8, xml::to_utf8(text, charset));
    HUTONG_ASSIGN(message.layout, soap::scan(utf8, config.xml.limits));
    if (for_signing) {
        HUTONG_ASSIGN(reply.signed_body, security::digest_body(utf8, message.layout));
    }
    if (utf8 != text) {
        if (message.in_parts)
            return invalid("the root part of a multipart message must be in UTF-8 without a byte order mark");
        message.recode(std::move(utf8));
    }
    message.has_envelope = true;
    return {};
}

}  // namespace hutong::gateway
