#include "tests/fuzz/one_pass_digests.hpp"

#include <algorithm>
#include <optional>

#include "base/xml/soap_layout.hpp"
#include "security/inbound/attachment_digest.hpp"
#include "security/inbound/body_digests.hpp"
#include "security/inbound/direct_check.hpp"
#include "security/inbound/verification.hpp"
#include "security/inbound/xop_content.hpp"

namespace hutong::test {

namespace {

using namespace security;

class OnePass final : xml::ParserEvents {
  public:
    explicit OnePass(const security::Attachments* attachments)
        : attachments_(attachments), parser_(limits_, *this) {
        parser_.grow_tree();
    }

    std::vector<ReferenceDigest> digests(std::string_view message, std::size_t piece) {
        for (; !message.empty() && !parser_.halted(); message.remove_prefix(std::min(piece, message.size())))
            if (parser_.feed(message.substr(0, piece)).has_error()) return {};
        if (parser_.halted() || parser_.finish().has_error() || !digests_) return {};
        const auto of_body = digests_->finish();
        std::vector<ReferenceDigest> all;
        for (const PlacedSignature& signature : verification_->signatures().all())
            for (std::size_t i = 0; i < signature.parts.size(); ++i)
                if (const auto digest = digest_at(signature, i, of_body); !digest.empty())
                    all.push_back({signature.shape.value, i, signature.shape.references[i].name(), digest});
        return all;
    }

  private:
    // Empty: the attachment cannot be digested.
    Bytes digest_at(const PlacedSignature& signature, std::size_t i,
                    const std::vector<std::pair<const ReferenceShape*, Bytes>>& of_body) const {
        const ReferenceShape& reference = signature.shape.references[i];
        const xml::Element part = signature.parts[i];
        if (part)
            return part == positions_->body ? digest_in(of_body, reference) : digest_of(part, reference);
        if (attachments_ == nullptr) return {};
        const auto digest =
            digest_attachment(*attachments_, reference.content_id, *reference.digest, limits_);
        return digest.has_value() ? *digest : Bytes();
    }
    static Bytes digest_in(const std::vector<std::pair<const ReferenceShape*, Bytes>>& all,
                           const ReferenceShape& reference) {
        return std::ranges::find(all, &reference, &std::pair<const ReferenceShape*, Bytes>::first)->second;
    }
    bool in_body() const { return layout_.in() == soap::LayoutBuilder::In::body; }

    bool read_header() {
        tree_ = parser_.cut_tree();
        auto positions = find_positions(tree_, layout_.layout(), options_.trusted_roles);
        if (positions.has_error()) return false;
        positions_ = std::move(*positions);
        verification_.emplace(input_, tree_, *positions_);
        if (verification_->read().has_error()) return false;
        const auto& signatures = verification_->signatures().all();
        if (std::ranges::any_of(signatures, beyond_the_writer)) return false;
        digests_.emplace(verification_->signatures(), positions_->body);
        return true;
    }

    void start(const xml::StartTag& tag) override {
        if (!layout_.start(tag, parser_) || !in_body()) return;
        if (tag.depth == 2 && !read_header()) return parser_.halt();
        if (in_include_) return parser_.halt();
        if (tag.depth > 2 && attachments_ != nullptr && is_include(tag)) return include(tag);
        digests_->start(tag);
    }
    // As the gateway's reader has it; one that does not stand alone is not compared.
    void include(const xml::StartTag& tag) {
        in_include_ = true;
        const auto written =
            xop_.write(tag, *attachments_, [this](std::string_view base64) { digests_->raw(base64); });
        if (written.has_error()) parser_.halt();
    }
    void end(unsigned depth) override {
        if (in_include_)
            in_include_ = false;
        else if (in_body() && depth >= 2)
            digests_->end();
        layout_.end(depth, parser_);
    }
    void text(std::string_view text, bool) override {
        layout_.text(text);
        if (in_include_) return parser_.halt();
        if (in_body()) digests_->text(text);
    }
    void comment() override {}
    void instruction() override { layout_.instruction(parser_); }

    const xml::Limits limits_{};
    const config::Security options_{};
    const MessagePolicy policy_{};
    const TokenContext tokens_{};
    const VerificationInput input_{policy_, options_, TimePoint(), tokens_, nullptr};
    const security::Attachments* const attachments_;
    xml::PushParser parser_;
    soap::LayoutBuilder layout_;
    security::XopContent xop_;
    bool in_include_{false};
    xml::Document tree_;
    std::optional<Positions> positions_;
    std::optional<Verification> verification_;
    std::optional<BodyDigests> digests_;
};

}  // namespace

std::vector<ReferenceDigest> digests_in_one_pass(const FuzzMessage& message, std::size_t piece) {
    const PartsInMemory parts(message.parts);
    return OnePass(parts.if_any()).digests(message.root, piece);
}

}  // namespace hutong::test
