#include "gateway/stages/reception.hpp"

namespace hutong::gateway {

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

}  // namespace hutong::gateway
