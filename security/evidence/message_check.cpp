#include "security/evidence/message_check.hpp"

#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/names.hpp"

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

// Begins as a MIME package does (RFC 2046 section 5.1.1): a delimiter line, header fields, an empty line; and
// ends with the same delimiter closed. Nothing else that begins so is a message.
bool is_package(std::string_view message) {
    if (message.starts_with("\r\n")) message.remove_prefix(2);
    const auto line_end = message.find("\r\n");
    if (!message.starts_with("--") || line_end == std::string_view::npos || line_end < 3 || line_end > 72)
        return false;
    const std::string_view delimiter = message.substr(0, line_end);
    const auto headers_end = message.find("\r\n\r\n", line_end);
    if (headers_end == std::string_view::npos ||
        message.substr(line_end, headers_end - line_end).find(':') == std::string_view::npos)
        return false;
    return message.find("\r\n" + std::string(delimiter) + "--", headers_end) != std::string_view::npos;
}

// The places that the gateway itself decrypts (inbound/decryption).
bool is_encrypted(xml::Element header, xml::Element body) {
    const auto holds = [](xml::Element parent) {
        return parent && !parent.children(names::xenc, "EncryptedData").empty();
    };
    if (holds(body)) return true;
    if (header)
        for (const xml::Element block : header.children())
            if (holds(block)) return true;
    return false;
}

bool has_assertion(xml::Element header) {
    if (!header) return false;
    for (const xml::Element security : header.children(soap::ns_wsse, "Security"))
        for (const xml::Element token : security.children())
            if (token.is(names::saml10, "Assertion") || token.is(names::saml20, "Assertion")) return true;
    return false;
}

// Whether a signature is made by names or ids that trust domains agree on among themselves.
bool depends_on_domains(xml::Element header) {
    if (!header) return false;
    for (const xml::Element security : header.children(soap::ns_wsse, "Security"))
        for (const xml::Element signature : security.children(names::ds, "Signature")) {
            const xml::Element info = signature.child(names::ds, "SignedInfo");
            if (!info) continue;
            const auto method = info.child(names::ds, "SignatureMethod");
            const auto uri = method ? method.attribute("Algorithm").value_or("") : std::string();
            const SignatureAlgorithm* const row = find_signature_row(uri);
            if (!row || row->scheme == Scheme::sm2sig) return true;
        }
    return false;
}

// Why a message whose signature did not verify cannot be called broken; nothing: it can.
std::optional<std::string> excuse(const xml::Document& document, const Rejection& rejection,
                                  const TrustDomains* domains) {
    const xml::Element envelope = document.root();
    const std::string_view ns = envelope.ns();
    const xml::Element header = envelope.child(ns, "Header");
    if (rejection.kind == Rejection::Kind::no_security_header)
        return "it is not signed: none was asked for, or the caller was known by TLS or a password";
    if (is_encrypted(header, envelope.child(ns, "Body")))
        return "encrypted: its digest is proven, its signature is not looked at";
    if (has_assertion(header))
        return "with a SAML assertion, whose issuers are not known here: " + rejection.reason;
    if (!domains && depends_on_domains(header))
        return "signed by national algorithms, and the journal does not say which names and ids counted "
               "then: " +
               rejection.reason;
    return std::nullopt;
}

}  // namespace

MessageFinding check_message(std::string_view message, TimePoint received, const KnownCertificates& known,
                             const TrustDomains* domains) {
    if (is_package(message))
        return undecidable(
            "a message with attachments: its digest is proven, its signature is not looked at");
    auto utf8 = xml::to_utf8(message);
    if (utf8.has_error()) return {std::nullopt, utf8.error().detail, false};

    static const config::Security options = lenient();
    static const xml::Limits limits = config::Xml().limits;
    MessagePolicy policy;
    policy.timestamp = false;
    GoOn events;
    ReaderInput input{&policy, received, &events, nullptr};
    input.tokens.certificates = &known;
    input.tokens.domains = domains;
    auto reader = make_streaming_reader(options, limits, input);
    auto reading = read(*reader, *utf8);
    if (reading.has_value() && *reading == Reading::outside_profile) {
        reader = make_tree_reader(options, limits, input);
        reading = read(*reader, *utf8);
    }
    Rejection rejection;
    if (reading.has_error()) {
        rejection.reason = reading.error().detail;
    } else {
        Verdict verdict = reader->verdict();
        if (verdict.has_value()) return {std::move(*verdict), "", false};
        rejection = verdict.error();
    }
    const auto document = xml::parse(*utf8, limits);
    if (document.has_error()) return {std::nullopt, rejection.reason, false};
    if (auto why = excuse(*document, rejection, domains)) return undecidable(*std::move(why));
    return {std::nullopt, rejection.reason, false};
}

}  // namespace hutong::security::evidence
