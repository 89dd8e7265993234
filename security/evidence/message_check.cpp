#include "security/evidence/message_check.hpp"

#include "security/inbound/message_reader.hpp"

namespace hutong::security::evidence {

namespace {

// Whatever is read, go on.
class GoOn final : public ReadingEvents {
    bool at_header(const soap::Layout&, const Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

config::Security lenient() {
    config::Security options;
    options.freshness = std::chrono::hours(24 * 365);
    options.clock_skew = std::chrono::hours(24);
    options.max_references = 100;
    return options;
}

MessageFinding undecidable(std::string why) {
    return {std::nullopt, std::move(why), true};
}

Result<Reading> read(MessageReader& reader, std::string_view text) {
    HUTONG_ASSIGN(const Reading fed, reader.feed(text));
    if (fed != Reading::more) return fed;
    return reader.finish();
}

bool mentions(std::string_view message, std::string_view word) {
    return message.find(word) != std::string_view::npos;
}

}  // namespace

MessageFinding check_message(std::string_view message, TimePoint received, const KnownCertificates& known) {
    if (message.starts_with("--") || message.starts_with("\r\n--"))
        return undecidable(
            "a message with attachments: its digest is proven, its signature is not looked at");
    if (mentions(message, "EncryptedData"))
        return undecidable("encrypted: its digest is proven, its signature is not looked at");
    auto utf8 = xml::to_utf8(message);
    if (utf8.has_error()) return {std::nullopt, utf8.error().detail, false};

    static const config::Security options = lenient();
    static const xml::Limits limits = config::Xml().limits;
    MessagePolicy policy;
    policy.timestamp = false;
    GoOn events;
    ReaderInput input{&policy, received, &events, nullptr};
    input.tokens.certificates = &known;
    auto reader = make_streaming_reader(options, limits, input);
    auto reading = read(*reader, *utf8);
    if (reading.has_value() && *reading == Reading::outside_profile) {
        reader = make_tree_reader(options, limits, input);
        reading = read(*reader, *utf8);
    }
    if (reading.has_error()) return {std::nullopt, reading.error().detail, false};
    Verdict verdict = reader->verdict();
    if (verdict.has_value()) return {std::move(*verdict), "", false};
    if (verdict.error().kind == Rejection::Kind::no_security_header)
        return undecidable(
            "it is not signed: none was asked for, or the caller was known by TLS or a password");
    if (mentions(message, "urn:oasis:names:tc:SAML"))
        return undecidable("with a SAML assertion, whose issuers are not known here: " +
                           verdict.error().reason);
    return {std::nullopt, verdict.error().reason, false};
}

}  // namespace hutong::security::evidence
