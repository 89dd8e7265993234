#include "gateway/stages/read_reply.hpp"

#include "gateway/stages/reception.hpp"
#include "security/outbound/outgoing_reader.hpp"

namespace hutong::gateway {

namespace {

constexpr std::size_t slice = 64u << 10;

}  // namespace

Result<void> read_reply(Reply& reply, const config::Config& config,
                        const security::DigestAlgorithm* for_signing, const security::MessagePolicy& policy) {
    SoapMessage& message = reply.message;
    HUTONG_ASSIGN(Reception reception, Reception::make(message, config));
    HUTONG_TRY(reception.take_body());
    reception.finish();
    HUTONG_TRY(reception.finding());
    HUTONG_ASSIGN(const Reception::Text text, reception.text());
    if (text == Reception::Text::other) {
        if (message.envelope_size() > config.xml.max_root_bytes)
            return Error{ErrorCode::limit, "the SOAP envelope is longer than " +
                                               std::to_string(config.xml.max_root_bytes) +
                                               " bytes and not in UTF-8"};
        HUTONG_TRY(reception.recode());
    }
    security::OutgoingReader reader(config.xml.limits, for_signing, &policy);
    std::string buffer;
    for (std::uint64_t at = 0; at < message.envelope_size();) {
        HUTONG_ASSIGN(const std::string_view bytes, message.envelope(at, slice, buffer));
        HUTONG_TRY(reader.feed(bytes));
        at += bytes.size();
    }
    HUTONG_TRY(reader.finish());
    message.layout = reader.take_layout();
    if (for_signing != nullptr) reply.signed_body = reader.body();
    message.has_envelope = true;
    return {};
}

}  // namespace hutong::gateway
