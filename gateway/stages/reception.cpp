#include "gateway/stages/reception.hpp"

#include <algorithm>

namespace hutong::gateway {

namespace {

constexpr std::size_t step = 64u << 10;

}  // namespace

Result<Reception> Reception::make(SoapMessage& message, const config::Config& config) {
    HUTONG_ASSIGN(http::MediaType type, http::parse_media_type(message.content_type));
    message.in_parts = type.type == "multipart/related";
    Reception reception(message, std::move(type));
    if (message.in_parts) {
        HUTONG_ASSIGN(reception.parts_,
                      http::MultipartReader::make(reception.type_, config.http.max_mime_parts));
    }
    return reception;
}

void Reception::look(std::string_view bytes) {
    if (parts_ && finding_.has_value()) finding_ = parts_->feed(bytes);
}

Result<void> Reception::take(std::string_view bytes) {
    HUTONG_TRY(message_->body.append(bytes));
    look(bytes);
    return {};
}

Result<void> Reception::take_body() {
    if (!parts_) return {};
    const http::Payload& body = message_->body;
    std::string buffer;
    for (std::uint64_t at = 0; at < body.size();) {
        HUTONG_ASSIGN(const std::string_view bytes, body.view(at, step, buffer));
        look(bytes);
        at += bytes.size();
    }
    return {};
}

void Reception::finish() {
    finished_ = true;
    if (!parts_ || finding_.has_error()) return;
    finding_ = parts_->finish();
    if (finding_.has_value()) message_->multipart = parts_->found();
}

std::uint64_t Reception::begin() const {
    if (!parts_) return 0;
    return parts_->root() == nullptr ? 0 : parts_->root()->begin;
}

std::uint64_t Reception::end() const {
    if (!parts_) return message_->body.size();
    return parts_->root() == nullptr ? 0 : parts_->root()->end;
}

Result<std::string> Reception::charset() const {
    if (!parts_) return std::string(type_.parameter("charset"));
    if (parts_->root() == nullptr) return std::string();
    HUTONG_ASSIGN(const http::MediaType root, http::parse_media_type(parts_->root()->content_type));
    return std::string(root.parameter("charset"));
}

std::string Reception::root_action() const {
    if (!parts_ || parts_->root() == nullptr) return {};
    const auto type = http::parse_media_type(parts_->root()->content_type);
    return type.has_value() ? std::string(type->parameter("action")) : std::string();
}

Result<Reception::Text> Reception::text() {
    if (text_ == Text::unknown) {
        HUTONG_ASSIGN(text_, look_at_declaration());
    }
    if (text_ != Text::unknown && !message_->recoded()) message_->envelope_at(begin() + mark_, end());
    return text_;
}

Result<Reception::Text> Reception::look_at_declaration() {
    std::string buffer;
    const std::uint64_t come = std::min<std::uint64_t>(end() - begin(), xml::declaration_bytes);
    HUTONG_ASSIGN(const std::string_view beginning, message_->body.view(begin(), come, buffer));
    if (!xml::shows_encoding(beginning) && !ended()) return Text::unknown;
    HUTONG_ASSIGN(const std::string said, charset());
    HUTONG_ASSIGN(const std::string encoding, xml::encoding_of(beginning, said));
    mark_ = xml::utf8_mark(beginning);
    const bool utf8 = xml::is_utf8(encoding);
    if (message_->in_parts && (!utf8 || mark_ > 0))
        return invalid("the root part of a multipart message must be in UTF-8 without a byte order mark");
    return utf8 ? Text::utf8 : Text::other;
}

Result<void> Reception::recode() {
    HUTONG_ASSIGN(const std::string said, charset());
    HUTONG_ASSIGN(const std::string text, message_->body.text(begin(), end() - begin()));
    HUTONG_ASSIGN(std::string utf8, xml::to_utf8(text, said));
    message_->recode(std::move(utf8));
    return {};
}

}  // namespace hutong::gateway
