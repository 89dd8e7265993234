#include "gateway/stages/message_reading.hpp"

#include <algorithm>

#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/addressing.hpp"
#include "gateway/stages/token_callers.hpp"

namespace hutong::gateway {

namespace {

constexpr std::size_t slice = 64u << 10;
constexpr std::uint64_t bytes_per_tree_element = 8;

Refusal no_envelope(const Error& error) {
    return refuse::sender("The message is no SOAP envelope: " + error.detail + ".");
}

Refusal refusal_of(const security::Rejection& rejection) {
    switch (rejection.kind) {
        case security::Rejection::Kind::no_security_header:
            return refuse::no_security_header();
        case security::Rejection::Kind::not_encrypted:
            return refuse::not_encrypted(rejection.reason);
        case security::Rejection::Kind::expired:
            return refuse::expired(rejection.reason);
        case security::Rejection::Kind::unavailable:
            return refuse::receiver("The gateway's key for encrypted messages is away; try again later.",
                                    rejection.reason);
        case security::Rejection::Kind::not_verified:
            break;
    }
    return refuse::not_verified(rejection.reason);
}

// A tree takes many times the bytes of its text, and by the element.
xml::Limits limits_of_trees(const config::Xml& xml) {
    xml::Limits limits = xml.limits;
    limits.bytes = std::min<std::uint64_t>(limits.bytes, xml.max_root_bytes);
    limits.elements = std::min<std::uint64_t>(limits.elements, xml.max_root_bytes / bytes_per_tree_element);
    return limits;
}

}  // namespace

MessageReading::MessageReading(Exchange& exchange, const security::MessagePolicy& policy,
                               Reception& reception)
    : exchange_(exchange),
      message_(exchange.message),
      policy_(policy),
      reception_(reception),
      config_(exchange.settings->config),
      tree_limits_(limits_of_trees(config_.xml)),
      reader_(security::make_streaming_reader(config_.security, config_.xml.limits, reader_input())) {}

security::ReaderInput MessageReading::reader_input() {
    return {&policy_,
            exchange_.received,
            this,
            message_.in_parts ? this : nullptr,
            tokens_of(exchange_),
            exchange_.settings->keys.decryption,
            exchange_.route && exchange_.route->contract
                ? &exchange_.route->contract->description.qname_values
                : nullptr};
}

bool MessageReading::due() const {
    if (reception_.finished() || reception_.finding().has_error()) return true;
    if (kept_as_a_whole()) return over_tree_limit();
    if (waits_for_parts()) return false;
    const std::uint64_t backlog = come() - fed_;
    return backlog > 0 && (come() <= slice || backlog >= slice || reception_.ended());
}

// What xop:Include refers to comes behind the envelope, so one that may hold such is read no further than to
// the operation until all is there.
bool MessageReading::waits_for_parts() const {
    if (!message_.in_parts || reception_.finished()) return false;
    return reception_.xop() && operation_known_;
}

bool MessageReading::at_header(const soap::Layout& layout, const security::Claims* claims) {
    message_.layout = layout;
    if (claims != nullptr) exchange_.claims = *claims;
    if (layout.version != exchange_.version)
        refusal_ = refuse::version_mismatch(
            "The Envelope's namespace and the Content-Type name different SOAP versions.");
    else if (auto refusal = agree_on_action())
        refusal_ = std::move(refusal);
    else
        refusal_ = exchange_.pipeline->at_header(exchange_);
    return !refusal_;
}

// The root part's own media type travels on as it is, and may name the action as well.
std::optional<Refusal> MessageReading::agree_on_action() {
    if (exchange_.version != soap::Version::v12) return std::nullopt;
    auto action = one_action(exchange_.http_action, reception_.root_action());
    if (action.has_error()) return refuse::sender(action.error().detail);
    exchange_.http_action = std::move(*action);
    return std::nullopt;
}

bool MessageReading::at_operation(const soap::Layout& layout) {
    operation_known_ = true;
    message_.layout.operation = layout.operation;
    refusal_ = exchange_.pipeline->at_operation(exchange_);
    return !refusal_;
}

std::vector<security::AttachmentInfo> MessageReading::parts() const {
    std::vector<security::AttachmentInfo> result;
    if (!message_.multipart) return result;
    const auto& parts = message_.multipart->parts;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (i != message_.multipart->root) result.push_back({parts[i].content_id, parts[i].content_type});
    return result;
}

Result<void> MessageReading::read(std::string_view content_id, const Sink& sink) const {
    if (!message_.multipart) return unavailable("the parts behind the envelope have not come yet");
    const auto& parts = message_.multipart->parts;
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const http::MimePart& candidate) {
        return candidate.content_id == content_id;
    });
    if (part == parts.end()) return not_found("no part has the Content-ID <" + std::string(content_id) + ">");
    const std::string& encoding = part->transfer_encoding;
    if (!encoding.empty() && encoding != "7bit" && encoding != "8bit" && encoding != "binary")
        return refused("the part <" + part->content_id + "> has the transfer encoding '" + encoding +
                       "'; send it as binary");
    std::string buffer;
    for (std::uint64_t at = part->begin; at < part->end;) {
        const std::uint64_t wanted = std::min<std::uint64_t>(slice, part->end - at);
        HUTONG_ASSIGN(const std::string_view bytes, message_.body.view(at, wanted, buffer));
        sink(bytes);
        at += bytes.size();
    }
    return {};
}

std::optional<Refusal> MessageReading::advance() {
    if (reception_.finding().has_error()) return no_envelope(reception_.finding().error());
    const auto text = reception_.text();
    if (text.has_error()) return no_envelope(text.error());
    text_ = *text;
    if (text_ == Reception::Text::unknown) return std::nullopt;
    if (kept_as_a_whole() && over_tree_limit())
        return no_envelope(Error{ErrorCode::limit,
                                 "it is longer than " + std::to_string(config_.xml.max_root_bytes) +
                                     " bytes and not of a form that is read in one pass; send large data as "
                                     "attachments (MTOM), in UTF-8 and with exclusive canonicalisation"});
    if (text_ == Reception::Text::other) {
        if (!reception_.finished()) return std::nullopt;
        if (const auto recoded = reception_.recode(); recoded.has_error())
            return no_envelope(recoded.error());
    }
    if (auto refusal = feed()) return refusal;
    if (as_tree_ || !reception_.finished()) return std::nullopt;
    if (auto refusal = take(reader_->finish())) return refusal;
    return as_tree_ ? std::nullopt : conclude();
}

std::optional<Refusal> MessageReading::feed() {
    const bool by_tag = reception_.xop() && !reception_.finished();
    while (fed_ < message_.envelope_size() && !as_tree_ && !waits_for_parts()) {
        const auto bytes = message_.envelope(fed_, slice, buffer_);
        if (bytes.has_error()) return no_envelope(bytes.error());
        if (auto refusal = by_tag ? feed_by_tag(*bytes) : feed(*bytes)) return refusal;
    }
    return std::nullopt;
}

std::optional<Refusal> MessageReading::feed(std::string_view bytes) {
    fed_ += bytes.size();
    return take(reader_->feed(bytes));
}

std::optional<Refusal> MessageReading::feed_by_tag(std::string_view bytes) {
    while (!bytes.empty() && !operation_known_ && !as_tree_) {
        const std::size_t tag = std::min(bytes.find('>'), bytes.size() - 1) + 1;
        if (auto refusal = feed(bytes.substr(0, tag))) return refusal;
        bytes.remove_prefix(tag);
    }
    return std::nullopt;
}

std::optional<Refusal> MessageReading::take(const Result<security::Reading>& answer) {
    if (answer.has_error()) {
        message_.layout = reader_->layout();
        forget_caller();
        return no_envelope(answer.error());
    }
    if (*answer == security::Reading::stopped) return stopped();
    as_tree_ = *answer == security::Reading::outside_profile;
    return std::nullopt;
}

std::optional<Refusal> MessageReading::stopped() {
    if (refusal_) return std::move(refusal_);
    message_.layout = reader_->layout();
    const security::Verdict verdict = reader_->verdict();
    if (verdict.has_error()) return not_believed(verdict.error());
    return refuse::receiver("The gateway could not handle the call.",
                            "the message reader stopped without a reason");
}

std::optional<Refusal> MessageReading::not_believed(const security::Rejection& rejection) {
    Refusal refusal = refusal_of(rejection);
    if (exchange_.consumer) refusal.cause += " (the SignedInfo is consumer " + exchange_.consumer->id + "'s)";
    forget_caller();
    return refusal;
}

// Whoever signed the SignedInfo has not sent this message, or not so.
void MessageReading::forget_caller() {
    exchange_.claims.reset();
    exchange_.consumer.reset();
    exchange_.trust = {};
    exchange_.operation = nullptr;
    exchange_.replay_key.clear();
}

std::optional<Refusal> MessageReading::conclude() {
    message_.layout = reader_->layout();
    // What was encrypted goes on in the clear; the layout and the claims are of that text.
    if (auto clear = reader_->take_replaced_text()) message_.recode(std::move(*clear));
    if (policy_.asks_for_claims()) {
        security::Verdict verdict = reader_->verdict();
        if (verdict.has_error()) return not_believed(verdict.error());
        exchange_.claims = std::move(*verdict);
    }
    message_.has_envelope = true;
    if (exchange_.schemas != nullptr) exchange_.validity = reader_->validity();
    return std::nullopt;
}

std::optional<Refusal> MessageReading::read_as_tree() {
    exchange_.claims.reset();
    reader_ = security::make_tree_reader(config_.security, tree_limits_, reader_input());
    as_tree_ = false;
    fed_ = 0;
    if (auto refusal = feed()) return refusal;
    if (auto refusal = take(reader_->finish())) return refusal;
    if (as_tree_)
        return refuse::receiver("The gateway could not handle the call.", "no reader takes this message");
    return conclude();
}

}  // namespace hutong::gateway
