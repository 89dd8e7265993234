// The reader that makes a tree of the Header only, and lets the Body go by.
#include <algorithm>
#include <optional>

#include "base/xml/soap_layout.hpp"
#include "base/xml/stream_validator.hpp"
#include "security/inbound/body_digests.hpp"
#include "security/inbound/body_watch.hpp"
#include "security/inbound/direct_check.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/inbound/verification.hpp"
#include "security/inbound/xop_content.hpp"
#include "security/tokens/names.hpp"
#include "security/xmldsig/body_ids.hpp"
#include "security/xmldsig/canonical_tree.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

// What comes before Body becomes a tree; that it stays small is worth more than a Header of any size.
constexpr std::size_t max_header_bytes = 256u << 10;
constexpr std::size_t piece_bytes = 8u << 10;

bool holds_encryption(xml::Element element) {
    const std::string_view ns = element.ns();
    if (ns == names::xenc || ns == names::xenc11 ||
        (ns == names::wsse11 && element.local() == "EncryptedHeader"))
        return true;
    // The parser limits the depth, so recursion is bounded.
    for (xml::Element child = element.first_child(); child; child = child.next_sibling())
        if (holds_encryption(child)) return true;
    return false;
}

// What a value of type xs:QName, or a list of them, may take at most.
constexpr std::size_t max_qname_bytes = 64u << 10;

// Whether one of them may be an Id or a type; most are told by their first letter.
bool is_of_interest(std::span<const xml::AttributeEvent> attributes) {
    for (const xml::AttributeEvent& attribute : attributes) {
        const char first = attribute.local.front();
        if ((first == 'I' || first == 'i' || first == 'A') && may_be_read_as_id(attribute.local)) return true;
        if (first == 't' && attribute.local == "type") return true;
    }
    return false;
}

class StreamingReader final : xml::ParserEvents, public MessageReader {
  public:
    StreamingReader(const config::Security& options, const xml::Limits& limits, const ReaderInput& input)
        : options_(options),
          limits_(limits),
          input_(input),
          verification_input_{*input_.policy,     options_, input_.now,   input_.tokens,
                              input_.attachments, nullptr,  input_.values},
          asked_(input_.policy->asks_for_claims()),
          parser_(limits, *this) {
        if (asked_) parser_.grow_tree();
    }

    Result<Reading> feed(std::string_view bytes) override;
    Result<Reading> finish() override;
    const soap::Layout& layout() const override { return layout_.layout(); }
    Verdict verdict() override;
    Result<void> validity() const override { return validator_ ? validator_->result() : Result<void>(); }

  private:
    // The events.
    void start(const xml::StartTag& tag) override;
    void end(unsigned depth) override;
    void text(std::string_view text, bool cdata) override;
    void comment() override;
    void instruction() override { layout_.instruction(parser_); }

    bool in_body() const { return layout_.in() == soap::LayoutBuilder::In::body; }
    bool is_signed() const { return verification_.has_value(); }
    // The parser is halted, for good.
    void leave(Reading reading) {
        reading_ = reading;
        parser_.halt();
    }
    void leave(Rejection rejection) {
        rejection_ = std::move(rejection);
        leave(Reading::stopped);
    }
    void note_scope(const xml::StartTag& tag);
    void body_begins(const xml::StartTag& tag);
    bool check_header();  // false: left
    bool operation_begins();
    void below_body(const xml::StartTag& tag);
    void include(const xml::StartTag& tag);
    void body_ends();
    bool check_attributes(const xml::StartTag& tag);
    bool begin_value(const xml::StartTag& tag, bool interesting);
    bool end_value(unsigned depth);
    bool commented();
    void refuse_xop(std::string detail) { parser_.stop(ErrorCode::invalid, std::move(detail)); }

    const config::Security& options_;
    const xml::Limits& limits_;
    const ReaderInput input_;
    const VerificationInput verification_input_;
    const bool asked_;  // for a signature
    xml::PushParser parser_;
    soap::LayoutBuilder layout_;
    Reading reading_{Reading::more};
    std::optional<Rejection> rejection_;
    std::optional<Claims> claims_;

    // Declared at the Envelope or the Body, for QNames in the Body's values.
    std::vector<std::pair<std::string, std::string>> scope_;

    // From the Body's start tag on, where a signature is asked for.
    xml::Document tree_;
    std::optional<Positions> positions_;
    std::optional<Verification> verification_;
    std::optional<BodyDigests> digests_;
    std::optional<BodyIds> ids_;

    BodyWatch watch_;
    XopContent xop_;
    bool in_include_{false};
    // The innermost open element, where its text is a QName by the contract.
    struct Value {
        unsigned depth;
        bool prefixed;
        std::string text;
    };
    std::optional<Value> value_;
    std::optional<xml::StreamValidator> validator_;
    bool validating_{false};  // the parser is in the operation's element
};

Result<Reading> StreamingReader::feed(std::string_view bytes) {
    if (reading_ != Reading::more) return internal("a message reader that has stopped was fed");
    while (!bytes.empty() && reading_ == Reading::more) {
        const std::string_view piece = bytes.substr(0, piece_bytes);
        bytes.remove_prefix(piece.size());
        HUTONG_TRY(parser_.feed(piece));
        if (parser_.bytes_fed() > max_header_bytes && layout_.layout().body.empty())
            return Error{ErrorCode::limit, "what comes before the Body is longer than " +
                                               std::to_string(max_header_bytes) + " bytes"};
    }
    return reading_;
}

Result<Reading> StreamingReader::finish() {
    if (reading_ != Reading::more) return internal("a message reader that has stopped was finished");
    HUTONG_TRY(parser_.finish());
    if (reading_ != Reading::more) return reading_;
    HUTONG_TRY(layout_.finish());
    if (!is_signed() || rejection_) return reading_;
    const auto fits = [&]() -> Result<void> {
        HUTONG_TRY(digests_->compare());
        for (const PlacedSignature& signature : verification_->signatures().all())
            HUTONG_TRY(check_attachment_digests(signature, input_.attachments, limits_));
        return verification_->check_attachments(xop_.included());
    }();
    if (fits.has_error()) rejection_ = reject(fits.error());
    return reading_;
}

Verdict StreamingReader::verdict() {
    if (rejection_) return *rejection_;
    if (!claims_) return reject(internal("the message was not read to its end"));
    return *claims_;
}

// Everything that can be said before the Body's content. Whether the message is for the other reader is said
// before anything is said of trust.
bool StreamingReader::check_header() {
    tree_ = parser_.cut_tree();
    const MessagePolicy& policy = *input_.policy;
    const xml::Element header = tree_.root().child(soap::namespace_of(layout().version), "Header");
    if (policy.encrypt_body || !policy.encrypt_headers.empty() || (header && holds_encryption(header)))
        return leave(Reading::outside_profile), false;
    auto positions = find_positions(tree_, layout(), options_.trusted_roles);
    if (positions.has_error()) return leave(positions.error()), false;
    positions_ = std::move(*positions);
    // Its own signature is for xmlsec1, which does not run while bytes come in.
    if (policy.tokens.saml && positions_->assertion) return leave(Reading::outside_profile), false;
    verification_.emplace(verification_input_, tree_, *positions_);
    if (const auto read = verification_->read(); read.has_error()) {
        // What the Header does not have may be below Body.
        if (read.error().code == ErrorCode::not_found) return leave(Reading::outside_profile), false;
        return leave(reject(read.error())), false;
    }
    const auto& signatures = verification_->signatures().all();
    if (std::any_of(signatures.begin(), signatures.end(), beyond_the_writer))
        return leave(Reading::outside_profile), false;
    const xml::Element body = positions_->body;
    Verdict verdict = verification_->verify([&](const PlacedSignature& signature, const PublicKey& key) {
        return check_directly(signature, key, body);
    });
    if (verdict.has_error()) return leave(verdict.error()), false;
    claims_ = std::move(*verdict);
    digests_.emplace(verification_->signatures(), body);
    ids_.emplace(verification_->ids());
    return true;
}

void StreamingReader::note_scope(const xml::StartTag& tag) {
    for (const xml::NamespaceEvent& ns : tag.namespaces) {
        std::erase_if(scope_, [&](const auto& outer) { return outer.first == ns.prefix; });
        scope_.emplace_back(ns.prefix, ns.uri);
    }
}

void StreamingReader::start(const xml::StartTag& tag) {
    if (!layout_.start(tag, parser_)) return;
    // Canonical XML 1.1 section 1.3 makes it an error.
    if (asked_)
        for (const xml::NamespaceEvent& ns : tag.namespaces)
            if (*ns.uri != '\0' && is_relative_uri(ns.uri))
                return leave(reject(refused("a namespace URI is relative, so nothing can be canonicalised")));
    if (tag.depth == 1) note_scope(tag);
    if (!in_body()) return;
    if (tag.depth == 2)
        body_begins(tag);
    else
        below_body(tag);
}

void StreamingReader::body_begins(const xml::StartTag& tag) {
    note_scope(tag);
    if (asked_ && !check_header()) return;
    if (!input_.events->at_header(layout(), claims_ ? &*claims_ : nullptr)) return leave(Reading::stopped);
    watch_.start(false);
    if (!digests_) return;
    digests_->start(tag);
    check_attributes(tag);
}

// False: left.
bool StreamingReader::check_attributes(const xml::StartTag& tag) {
    const auto checked = [&]() -> Result<void> {
        if (tag.depth > 2) HUTONG_TRY(ids_->add(tag));
        return digests_->check_types(tag);
    }();
    if (checked.has_error()) leave(reject(checked.error()));
    return checked.has_value();
}

bool StreamingReader::operation_begins() {
    if (!input_.events->at_operation(layout())) return leave(Reading::stopped), false;
    if (layout().body_children == 0) return true;
    if (const xml::SchemaSet* const schemas = input_.events->schemas()) {
        validator_.emplace(*schemas, parser_, scope_);
        validating_ = true;
    }
    return true;
}

void StreamingReader::below_body(const xml::StartTag& tag) {
    if (tag.depth == 3 && layout().body_children == 1 && !operation_begins()) return;
    const bool included = input_.attachments != nullptr && is_include(tag);
    if (in_include_ || !watch_.start(included))
        return refuse_xop("an xop:Include is not all that its parent holds, or holds something itself");
    if (included && !input_.attachments->xop()) return refuse_xop(include_outside_xop);
    if (included) return include(tag);
    if (digests_) {
        digests_->start(tag);
        const bool interesting = is_of_interest(tag.attributes);
        if (interesting && !check_attributes(tag)) return;
        if (input_.values != nullptr && !begin_value(tag, interesting)) return;
    }
    if (validating_) validator_->start(tag);
}

// The attributes' values at once, the element's own when it ends. False: left.
bool StreamingReader::begin_value(const xml::StartTag& tag, bool interesting) {
    value_.reset();  // what holds elements is no simple value
    const xml::QNameValues& values = *input_.values;
    for (const xml::AttributeEvent& attribute : tag.attributes) {
        if (!xml::QNameValues::has(values.attributes, attribute.ns, attribute.local)) continue;
        const auto bound = digests_->check_value(attribute.value, !tag.prefix.empty());
        if (bound.has_error()) return leave(reject(bound.error())), false;
    }
    if (xml::QNameValues::has(values.elements, tag.ns, tag.local) ||
        (interesting && has_qname_type(tag.attributes, values)))
        value_.emplace(Value{tag.depth, !tag.prefix.empty(), {}});
    return true;
}

bool StreamingReader::end_value(unsigned depth) {
    if (!value_ || value_->depth != depth) return true;
    const auto bound = digests_->check_value(value_->text, value_->prefixed);
    value_.reset();
    if (bound.has_error()) leave(reject(bound.error()));
    return bound.has_value();
}

// Signed is the base64 that stands there before it is packed as XOP. The schema sees an empty value: whether
// the octets are base64 is no question.
void StreamingReader::include(const xml::StartTag& tag) {
    in_include_ = true;
    if (!digests_ || digests_->first() == nullptr) return;
    const auto written =
        xop_.write(tag, *input_.attachments, [this](std::string_view base64) { digests_->raw(base64); });
    if (written.has_error()) parser_.stop(written.error().code, written.error().detail);
}

void StreamingReader::body_ends() {
    if (layout().body_children == 0 && !operation_begins()) return;
    if (digests_) digests_->end();
}

void StreamingReader::end(unsigned depth) {
    if (in_body() && depth == 2) {
        body_ends();
    } else if (in_body() && depth > 2) {
        watch_.end();
        if (in_include_) {
            in_include_ = false;
        } else {
            if (!end_value(depth)) return;
            if (digests_) digests_->end();
            if (validating_) validator_->end();
            validating_ = validating_ && depth > 3;
        }
    }
    layout_.end(depth, parser_);
}

bool StreamingReader::commented() {
    if (!digests_ || digests_->first() == nullptr) return false;
    leave(reject(refused(digests_->first()->name() + " has a comment in the middle of text")));
    return true;
}

void StreamingReader::text(std::string_view text, bool cdata) {
    layout_.text(text);
    if (!in_body()) return;
    if (in_include_ || !watch_.text(text, cdata)) return refuse_xop("an xop:Include stands beside text");
    if (watch_.comment_within_text() && commented()) return;
    if (digests_) digests_->text(text);
    if (value_ && value_->text.append(text).size() > max_qname_bytes)
        return leave(reject(refused("a value of type xs:QName is longer than " +
                                    std::to_string(max_qname_bytes) + " bytes")));
    if (validating_) validator_->text(text, cdata);
}

void StreamingReader::comment() {
    if (!in_body()) return;
    if (in_include_ || !watch_.comment()) return refuse_xop("an xop:Include stands beside a comment");
    if (watch_.comment_within_text()) commented();
}

}  // namespace

std::unique_ptr<MessageReader> make_streaming_reader(const config::Security& options,
                                                     const xml::Limits& limits, const ReaderInput& input) {
    return std::make_unique<StreamingReader>(options, limits, input);
}

}  // namespace hutong::security
