#include "security/inbound/xop_content.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/xml/soap_layout.hpp"
#include "security/inbound/body_watch.hpp"
#include "security/xmldsig/content_id.hpp"

namespace hutong::security {

namespace {

// Base64 of octets that come in pieces of any size.
class Base64Pieces {
  public:
    explicit Base64Pieces(const std::function<void(std::string_view)>& sink) : sink_(sink) {}
    void write(std::string_view octets) {
        if (!rest_.empty()) {
            const std::size_t missing = std::min(3 - rest_.size(), octets.size());
            rest_.append(octets.substr(0, missing));
            octets.remove_prefix(missing);
            if (rest_.size() < 3) return;
            finish();
        }
        const std::size_t whole = octets.size() / 3 * 3;
        constexpr std::size_t piece = 3 * 4096;
        for (std::size_t at = 0; at < whole; at += piece)
            sink_(to_base64(as_bytes(octets.substr(at, std::min(piece, whole - at)))));
        rest_ = octets.substr(whole);
    }
    void finish() {
        if (!rest_.empty()) sink_(to_base64(as_bytes(rest_)));
        rest_.clear();
    }

  private:
    const std::function<void(std::string_view)>& sink_;
    std::string rest_;
};

// Copies a message and leaves out the Includes below Body.
class Inliner final : xml::ParserEvents {
  public:
    Inliner(std::string_view text, const Attachments& attachments, const xml::Limits& limits)
        : text_(text), attachments_(attachments), limits_(limits), parser_(limits, *this) {}

    Result<Inlined> run() {
        HUTONG_TRY(parser_.feed(text_));
        HUTONG_TRY(parser_.finish());
        return Inlined{std::move(result_.append(text_.substr(copied_))), content_.included()};
    }

  private:
    bool below_body() const { return layout_.in() == soap::LayoutBuilder::In::body; }
    void stop(const Error& error) { parser_.stop(error.code, error.detail); }
    void refuse() {
        stop(invalid("an xop:Include is not all that its parent holds, or holds something itself"));
    }

    void start(const xml::StartTag& tag) override {
        if (!layout_.start(tag, parser_) || !below_body()) return;
        const bool include = tag.depth > 2 && is_include(tag);
        if (in_include_ || !watch_.start(include)) return refuse();
        if (!include) return;
        if (!attachments_.xop()) return stop(invalid(include_outside_xop));
        in_include_ = true;
        result_.append(text_.substr(copied_, parser_.tag_begin() - copied_));
        const auto written = content_.write(tag, attachments_, [this](std::string_view base64) {
            if (result_.size() <= limits_.bytes) result_.append(base64);
        });
        if (written.has_error()) return stop(written.error());
        if (result_.size() > limits_.bytes)
            stop({ErrorCode::limit, "with its parts inline the message is too long"});
    }
    void end(unsigned depth) override {
        if (below_body()) {
            watch_.end();
            if (in_include_) copied_ = parser_.tag_end();
            in_include_ = false;
        }
        layout_.end(depth, parser_);
    }
    void text(std::string_view text, bool cdata) override {
        layout_.text(text);
        if (below_body() && (in_include_ || !watch_.text(text, cdata))) refuse();
    }
    void comment() override {
        if (below_body() && (in_include_ || !watch_.comment())) refuse();
    }
    void instruction() override { layout_.instruction(parser_); }

    std::string_view text_;
    const Attachments& attachments_;
    const xml::Limits& limits_;
    xml::PushParser parser_;
    soap::LayoutBuilder layout_;
    BodyWatch watch_;
    XopContent content_;
    bool in_include_{false};
    std::size_t copied_{0};
    std::string result_;
};

}  // namespace

Result<Inlined> with_parts_inline(std::string_view utf8, const Attachments& attachments,
                                  const xml::Limits& limits) {
    return Inliner(utf8, attachments, limits).run();
}

Result<void> XopContent::write(const xml::StartTag& include, const Attachments& attachments,
                               const std::function<void(std::string_view)>& sink) {
    std::string_view href;
    for (const xml::AttributeEvent& attribute : include.attributes)
        if (*attribute.ns == '\0' && attribute.local == "href") href = attribute.value;
    const auto id = content_id_of(href);
    if (id.has_error()) return invalid("an xop:Include has no cid: href");
    if (!included_.insert(*id).second) return invalid("the part cid:" + *id + " is included more than once");
    Base64Pieces base64(sink);
    const auto read = attachments.read(*id, [&](std::string_view octets) { base64.write(octets); });
    if (read.has_error()) return read.error().at("xop:Include of cid:" + *id);
    base64.finish();
    return {};
}

}  // namespace hutong::security
