// One request's envelope on its way through the message reader, slice by slice as it comes in.
//
// Turns what the reader says into the moments of the stages and into refusals. Belongs to the coroutine of
// one call; advance() and as_tree() may run on a pool's thread while that coroutine waits.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/pipeline/exchange.hpp"
#include "gateway/stages/reception.hpp"
#include "security/inbound/message_reader.hpp"

namespace hutong::gateway {

class MessageReading final : private security::ReadingEvents, private security::Attachments {
  public:
    MessageReading(Exchange& exchange, const security::MessagePolicy& policy, Reception& reception);

    bool due() const;  // there is enough to go on with

    // Reads what has come, and at the end of the body judges the whole.
    std::optional<Refusal> advance();

    // After the last advance(): the message is outside of what is read in one pass, and none of it has been
    // believed yet. Heavy.
    bool wants_tree() const { return as_tree_; }
    std::optional<Refusal> read_as_tree();

  private:
    bool at_header(const soap::Layout& layout, const security::Claims* claims) override;
    bool at_operation(const soap::Layout& layout) override;
    const xml::SchemaSet* schemas() override { return exchange_.schemas; }
    std::vector<security::AttachmentInfo> parts() const override;
    bool xop() const override { return reception_.xop(); }
    Result<void> read(std::string_view content_id, const Sink& sink) const override;

    std::optional<Refusal> agree_on_action();
    security::ReaderInput reader_input();
    std::optional<Refusal> feed();  // all that has come
    std::optional<Refusal> feed(std::string_view bytes);
    std::optional<Refusal> feed_by_tag(std::string_view bytes);  // until the operation is known
    std::optional<Refusal> take(const Result<security::Reading>& answer);
    std::optional<Refusal> stopped();
    std::optional<Refusal> conclude();
    std::optional<Refusal> not_believed(const security::Rejection& rejection);
    void forget_caller();
    bool waits_for_parts() const;
    bool kept_as_a_whole() const { return as_tree_ || text_ == Reception::Text::other; }
    bool over_tree_limit() const { return come() > config_.xml.max_root_bytes; }
    std::uint64_t come() const { return reception_.end() - reception_.begin(); }

    Exchange& exchange_;
    SoapMessage& message_;
    const security::MessagePolicy& policy_;
    Reception& reception_;
    const config::Config& config_;
    const xml::Limits tree_limits_;
    std::unique_ptr<security::MessageReader> reader_;
    Reception::Text text_{Reception::Text::unknown};
    std::uint64_t fed_{0};  // bytes of the envelope
    std::string buffer_;    // of a slice that is read back from the spool
    bool operation_known_{false};
    bool as_tree_{false};
    std::optional<Refusal> refusal_;  // of a stage, from within the reader
};

}  // namespace hutong::gateway
