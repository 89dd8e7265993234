// The reader that keeps the whole message, for what lies outside the profile of the one-pass reader.
#include "security/inbound/decryption.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/inbound/verification.hpp"
#include "security/inbound/xop_content.hpp"

namespace hutong::security {

namespace {

class TreeReader final : public MessageReader {
  public:
    TreeReader(const config::Security& options, const xml::Limits& limits, const ReaderInput& input)
        : options_(options), limits_(limits), input_(input) {}

    Result<Reading> feed(std::string_view bytes) override;
    Result<Reading> finish() override;
    const soap::Layout& layout() const override { return layout_; }
    Verdict verdict() override {
        return verdict_ ? *verdict_ : Verdict(reject(internal("the message was not read to its end")));
    }
    Result<void> validity() const override { return validity_; }
    std::optional<std::string> take_replaced_text() override {
        if (!encrypted_) return std::nullopt;
        return std::move(text_);
    }

  private:
    Result<Reading> read_signed(const Inlined& inlined, const std::string& text);
    Result<Reading> read_plain(const Inlined& inlined, const std::string& text);
    Result<Reading> read_encrypted(const xml::Document& document, const Decryption& decryption);
    Result<void> decrypt(const Decryption& decryption);
    bool encryption_fits();  // else says so in the verdict
    bool at_header() { return input_.events->at_header(layout_, verdict_ ? &**verdict_ : nullptr); }
    Result<void> validate(std::string_view utf8, const xml::SchemaSet& schemas) const;

    const config::Security& options_;
    const xml::Limits& limits_;
    const ReaderInput input_;
    std::string text_;
    soap::Layout layout_;
    std::optional<EncryptedParts> encrypted_;
    std::optional<Verdict> verdict_;
    Result<void> validity_;
};

Result<Reading> TreeReader::feed(std::string_view bytes) {
    if (text_.size() + bytes.size() > limits_.bytes)
        return Error{ErrorCode::limit,
                     "the message is longer than " + std::to_string(limits_.bytes) + " bytes"};
    text_.append(bytes);
    return Reading::more;
}

Result<void> TreeReader::validate(std::string_view utf8, const xml::SchemaSet& schemas) const {
    HUTONG_ASSIGN(const xml::Document document, xml::parse(utf8, limits_, "UTF-8"));
    const xml::Element body = document.root().child(soap::namespace_of(layout_.version), "Body");
    return schemas.validate(body.first_child());
}

// From here on text_ is what the message says in the clear.
Result<void> TreeReader::decrypt(const Decryption& decryption) {
    HUTONG_ASSIGN(Decrypted decrypted, decryption.run());
    HUTONG_ASSIGN(soap::Layout layout, soap::scan(decrypted.text, limits_));
    // Decryption changes no number of blocks, but their ranges.
    if (verdict_)
        for (soap::Range& range : (*verdict_)->security_headers)
            for (std::size_t i = 0; i < layout.blocks.size(); ++i)
                if (layout_.blocks[i].range.begin == range.begin) {
                    range = layout.blocks[i].range;
                    break;
                }
    text_ = std::move(decrypted.text);
    layout_ = std::move(layout);
    encrypted_ = std::move(decrypted.parts);
    return {};
}

bool TreeReader::encryption_fits() {
    const auto fits = check_encrypted(*input_.policy, layout_, encrypted_ ? &*encrypted_ : nullptr);
    if (fits.has_value()) {
        if (verdict_ && verdict_->has_value()) (*verdict_)->encrypted = encrypted_;
        return true;
    }
    verdict_ = Verdict(Rejection{Rejection::Kind::not_encrypted, fits.error().detail});
    return false;
}

// In the order of the Security header: what was signed before it was encrypted is decrypted, then verified;
// the other way round it is verified, and decrypted only for a signer whom at_header() believes.
Result<Reading> TreeReader::read_encrypted(const xml::Document& document, const Decryption& decryption) {
    const auto stopped = [&](const Error& error) {
        verdict_ = Verdict(reject(error));
        return Reading::stopped;
    };
    if (input_.attachments != nullptr) return stopped(refused("an encrypted message has attachments"));
    const VerificationInput input{*input_.policy,          options_,     input_.now, input_.tokens, nullptr,
                                  &decryption.transport(), input_.values};
    if (decryption.before_signature()) {
        if (const auto done = decrypt(decryption); done.has_error()) return stopped(done.error());
        verdict_ = verify_tree(text_, layout_, limits_, input);
        if (verdict_->has_value() && encryption_fits()) return at_header() ? Reading::more : Reading::stopped;
        // Nobody is believed yet, and who has only guessed at the plaintext must not learn that it was right.
        verdict_ = Verdict(Rejection{Rejection::Kind::not_verified, verdict_->error().reason});
        return Reading::stopped;
    }
    verdict_ = verify_tree(document, layout_, limits_, input, &decryption);
    if (verdict_->has_error() || !at_header()) return Reading::stopped;
    if (const auto done = decrypt(decryption); done.has_error()) return stopped(done.error());
    return encryption_fits() ? Reading::more : Reading::stopped;
}

Result<Reading> TreeReader::read_plain(const Inlined& inlined, const std::string& text) {
    // Only what is below Body may have changed, so that the ranges of the Header hold in both.
    HUTONG_ASSIGN(const soap::Layout layout, soap::scan(text, limits_));
    verdict_ = verify_tree(text, layout, limits_,
                           {*input_.policy, options_, input_.now, input_.tokens, input_.attachments, nullptr,
                            input_.values, &inlined.parts});
    return verdict_->has_value() && encryption_fits() && at_header() ? Reading::more : Reading::stopped;
}

Result<Reading> TreeReader::read_signed(const Inlined& inlined, const std::string& text) {
    HUTONG_ASSIGN(const xml::Document document, xml::parse(text_, limits_, "UTF-8"));
    const TrustDomains* const domains = input_.tokens.domains;
    const auto decryption = Decryption::read(
        text_, document, layout_,
        {input_.decryption, input_.policy, domains != nullptr ? domains : &default_trust_domains(),
         &options_.trusted_roles, &limits_});
    if (decryption.has_error()) {
        verdict_ = Verdict(reject(decryption.error()));
        return Reading::stopped;
    }
    if (*decryption) return read_encrypted(document, **decryption);
    return read_plain(inlined, text);
}

Result<Reading> TreeReader::finish() {
    HUTONG_ASSIGN(layout_, soap::scan(text_, limits_));
    Inlined inlined;
    if (input_.attachments != nullptr) {
        HUTONG_ASSIGN(inlined, with_parts_inline(text_, *input_.attachments, limits_));
    }
    const std::string& text = inlined.text.empty() ? text_ : inlined.text;
    if (input_.policy->asks_for_claims()) {
        HUTONG_ASSIGN(const Reading reading, read_signed(inlined, text));
        if (reading != Reading::more) return reading;
    } else if (!at_header()) {
        return Reading::stopped;
    }
    if (!input_.events->at_operation(layout_)) return Reading::stopped;
    if (layout_.body_children > 0)
        if (const xml::SchemaSet* const schemas = input_.events->schemas())
            validity_ = validate(text, *schemas);
    return Reading::more;
}

}  // namespace

std::unique_ptr<MessageReader> make_tree_reader(const config::Security& options, const xml::Limits& limits,
                                                const ReaderInput& input) {
    return std::make_unique<TreeReader>(options, limits, input);
}

}  // namespace hutong::security
