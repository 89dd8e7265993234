#include "tests/unit/xmlenc/read_as_tree.hpp"

#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::test {

namespace {

class Events final : public security::ReadingEvents {
  public:
    explicit Events(bool believed) : believed_(believed) {}
    bool at_header(const soap::Layout&, const security::Claims*) override {
        asked_ = true;
        return believed_;
    }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
    bool said_no() const { return asked_ && !believed_; }

  private:
    const bool believed_;
    bool asked_{false};
};

security::Rejection rejection(std::string reason) {
    return {security::Rejection::Kind::not_verified, std::move(reason)};
}

}  // namespace

TreeReading read_as_tree(const std::string& text, const TreeReadingOptions& options) {
    const xml::Limits limits;
    Events events(options.believed);
    const auto reader = security::make_tree_reader(
        options.security, limits,
        {&options.policy, test_time(), &events, nullptr, options.tokens, options.keys});
    if (const auto fed = reader->feed(text); fed.has_error()) return {rejection(fed.error().detail), {}};
    const auto finished = reader->finish();
    if (finished.has_error()) return {rejection(finished.error().detail), {}};
    if (events.said_no()) return {rejection("the signer is not believed"), {}};
    security::Verdict verdict = reader->verdict();
    if (verdict.has_error()) return {std::move(verdict), {}};
    return {std::move(verdict), reader->take_replaced_text()};
}

}  // namespace hutong::test
