// The reader that keeps the whole message, for what lies outside the profile of the one-pass reader.
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

  private:
    Result<void> validate(std::string_view utf8, const xml::SchemaSet& schemas) const;

    const config::Security& options_;
    const xml::Limits& limits_;
    const ReaderInput input_;
    std::string text_;
    soap::Layout layout_;
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

Result<Reading> TreeReader::finish() {
    HUTONG_ASSIGN(layout_, soap::scan(text_, limits_));
    std::string inlined;
    if (input_.attachments != nullptr) {
        HUTONG_ASSIGN(inlined, with_parts_inline(text_, *input_.attachments, limits_));
    }
    const std::string& text = inlined.empty() ? text_ : inlined;
    if (input_.policy->asks_for_claims()) {
        // Only what is below Body may have changed, so that the ranges of the Header hold in both.
        HUTONG_ASSIGN(const soap::Layout layout, soap::scan(text, limits_));
        verdict_ = verify_tree(text, layout, limits_,
                               {*input_.policy, options_, input_.now, input_.tokens, input_.attachments});
        if (verdict_->has_error()) return Reading::stopped;
    }
    if (!input_.events->at_header(layout_, verdict_ ? &**verdict_ : nullptr)) return Reading::stopped;
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
