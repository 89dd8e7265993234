#include "security/inbound/message_reader.hpp"
namespace hutong::security {
namespace {
class Outside final : public MessageReader {
  public:
    Result<Reading> feed(std::string_view) override { return Reading::outside_profile; }
    Result<Reading> finish() override { return Reading::outside_profile; }
    const soap::Layout& layout() const override { return layout_; }
    Verdict verdict() override { return Rejection{}; }
    Result<void> validity() const override { return {}; }
    soap::Layout layout_;
};
class Tree final : public MessageReader {
  public:
    Tree(const config::Security& o, const xml::Limits& l, const ReaderInput& i)
        : options_(o), limits_(l), input_(i) {}
    Result<Reading> feed(std::string_view b) override {
        text_ += b;
        return Reading::more;
    }
    Result<Reading> finish() override {
        HUTONG_ASSIGN(layout_, soap::scan(text_, limits_));
        const Claims* claims = nullptr;
        if (input_.policy->asks_for_signature()) {
            verdict_ = make_dom_verifier(options_, limits_)
                           ->verify({text_, &layout_, {true, true, true}, input_.now});
            if (verdict_.has_error()) return Reading::stopped;
            claims = &*verdict_;
        }
        if (!input_.events->at_header(layout_, claims)) return Reading::stopped;
        if (!input_.events->at_operation(layout_)) return Reading::stopped;
        if (const xml::SchemaSet* set = input_.events->schemas()) {
            HUTONG_ASSIGN(const xml::Document document, xml::parse(text_, limits_));
            const xml::Element body = document.root().child(soap::namespace_of(layout_.version), "Body");
            validity_ = set->validate(body.first_child());
        }
        return Reading::more;
    }
    const soap::Layout& layout() const override { return layout_; }
    Verdict verdict() override { return verdict_; }
    Result<void> validity() const override { return validity_; }
    const config::Security& options_;
    const xml::Limits& limits_;
    ReaderInput input_;
    std::string text_;
    soap::Layout layout_;
    Verdict verdict_{Rejection{}};
    Result<void> validity_;
};
}  // namespace
std::unique_ptr<MessageReader> make_streaming_reader(const config::Security&, const xml::Limits&,
                                                     const ReaderInput&) {
    return std::make_unique<Outside>();
}
std::unique_ptr<MessageReader> make_tree_reader(const config::Security& o, const xml::Limits& l,
                                                const ReaderInput& i) {
    return std::make_unique<Tree>(o, l, i);
}
}  // namespace hutong::security
