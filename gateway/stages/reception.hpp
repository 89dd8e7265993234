// Takes a body as it comes: keeps it, and finds where the envelope lies in it.
//
// Belongs to one message, which outlives it. Cheap enough for a data thread: the envelope's XML is not looked
// at.
#pragma once

#include <optional>

#include "base/config/config.hpp"
#include "gateway/http/mime.hpp"
#include "gateway/pipeline/soap_message.hpp"

namespace hutong::gateway {

class Reception final : public http::BodySink {
  public:
    // By the message's content type. Errors: invalid.
    static Result<Reception> make(SoapMessage& message, const config::Config& config);

    // Errors: those of the payload. What is wrong with the body itself is told by finding().
    Result<void> take(std::string_view bytes) override;
    // Likewise for bytes that are in message.body already.
    Result<void> take_body();
    // After the last byte; message.multipart is set.
    void finish();
    // Errors: the MIME structure is bad, or there is no envelope in it (any more).
    const Result<void>& finding() const { return finding_; }

    // Where the envelope lies, as far as it has come.
    std::uint64_t begin() const;
    std::uint64_t end() const;
    bool ended() const { return finished_ || (parts_ && parts_->root_ended()); }
    bool finished() const { return finished_; }  // the whole body is there
    bool xop() const { return parts_ && parts_->found().xop; }
    // What the root part's own media type says the action is (RFC 3902); empty: nothing, or no parts.
    std::string root_action() const;

    // How the envelope is written. Once that is known the message has its range, without byte order mark and
    // as far as it has come. Errors: bad or contradicting declarations.
    enum class Text { unknown, utf8, other };
    Result<Text> text();
    // The whole envelope into UTF-8, when it is Text::other and has ended.
    Result<void> recode();

  private:
    Reception(SoapMessage& message, http::MediaType type) : message_(&message), type_(std::move(type)) {}
    void look(std::string_view bytes);
    Result<std::string> charset() const;  // what MIME or HTTP said of the envelope; empty: nothing
    Result<Text> look_at_declaration();

    SoapMessage* message_;
    http::MediaType type_;
    std::optional<http::MultipartReader> parts_;
    Result<void> finding_;
    bool finished_{false};
    Text text_{Text::unknown};
    std::size_t mark_{0};  // bytes of a byte order mark
};

}  // namespace hutong::gateway
