#include "security/inbound/attachment_digest.hpp"

#include <algorithm>
#include <optional>

#include "security/xmldsig/canonical_tree.hpp"
#include "security/xmldsig/digest.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

enum class Kind { xml, text, octets };

// Of a Content-Type header's value; without one a part is text/plain (RFC 2045 section 5.2).
Kind kind_of(std::string type) {
    type.erase(std::find(type.begin(), type.end(), ';'), type.end());
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
    if (type == "text/xml" || type == "application/xml" || type.ends_with("+xml")) return Kind::xml;
    return type.empty() || type.starts_with("text/") ? Kind::text : Kind::octets;
}

// Lines that end in CR or LF alone are made to end in CRLF.
class LineEnds {
  public:
    explicit LineEnds(OctetSink& sink) : sink_(sink) {}
    void write(std::string_view text) {
        std::size_t from = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            const bool completes = c == '\n' && after_return_;
            if (after_return_ && !completes) end_line();
            after_return_ = false;
            if (c != '\r' && c != '\n') {
                if (from > i) from = i;
                continue;
            }
            if (from < i) sink_.write(text.substr(from, i - from));
            from = i + 1;
            if (c == '\r')
                after_return_ = true;
            else
                end_line();
        }
        if (from < text.size()) sink_.write(text.substr(from));
    }
    void finish() {
        if (after_return_) end_line();
    }

  private:
    void end_line() { sink_.write("\r\n"); }
    OctetSink& sink_;
    bool after_return_{false};
};

class XmlContent final : xml::ParserEvents {
  public:
    XmlContent(const xml::Limits& limits, OctetSink& sink)
        : writer_({find_c14n_algorithm(names::exc_c14n), {}}, {}, sink), parser_(limits, *this) {}
    xml::PushParser& parser() { return parser_; }

  private:
    void start(const xml::StartTag& tag) override {
        for (const xml::NamespaceEvent& ns : tag.namespaces)
            if (*ns.uri != '\0' && is_relative_uri(ns.uri))
                return parser_.stop(ErrorCode::refused, "a namespace URI is relative");
        writer_.start(tag);
    }
    void end(unsigned) override { writer_.end(); }
    void text(std::string_view text, bool) override { writer_.text(text); }
    void comment() override {}
    void instruction() override {
        parser_.stop(ErrorCode::refused, "a signed XML attachment holds a processing instruction");
    }

    CanonicalWriter writer_;
    xml::PushParser parser_;
};

}  // namespace

Result<Bytes> digest_attachment(const Attachments& attachments, const std::string& content_id,
                                const DigestAlgorithm& algorithm, const xml::Limits& limits) {
    const std::vector<AttachmentInfo> parts = attachments.parts();
    const auto named = [&](const AttachmentInfo& part) { return part.content_id == content_id; };
    const auto part = std::find_if(parts.begin(), parts.end(), named);
    if (std::count_if(parts.begin(), parts.end(), named) != 1)
        return refused("cid:" + content_id + " is not exactly one attachment of this message");
    Digest digest(algorithm);
    const Kind kind = kind_of(part->content_type);
    if (kind == Kind::octets) {
        HUTONG_TRY(attachments.read(content_id, [&](std::string_view octets) { digest.write(octets); }));
    } else if (kind == Kind::text) {
        LineEnds lines(digest);
        HUTONG_TRY(attachments.read(content_id, [&](std::string_view octets) { lines.write(octets); }));
        lines.finish();
    } else {
        XmlContent content(limits, digest);
        Result<void> parsed;
        HUTONG_TRY(attachments.read(content_id, [&](std::string_view octets) {
            if (parsed.has_value()) parsed = content.parser().feed(octets);
        }));
        if (parsed.has_value()) parsed = content.parser().finish();
        if (parsed.has_error()) return refused("cid:" + content_id + ": " + parsed.error().detail);
    }
    return digest.finish();
}

}  // namespace hutong::security
