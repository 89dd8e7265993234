#include "tests/attack/paths.hpp"

#include "base/config/config.hpp"
#include "security/inbound/verifier.hpp"

namespace hutong::attack {

namespace {

const config::Security& options() {
    static const config::Security defaults;
    return defaults;
}
const xml::Limits& limits() {
    static const xml::Limits defaults;
    return defaults;
}

// Scan the bytes, then verify a tree of them.
Judgement by_tree(std::string_view text, TimePoint now) {
    static const auto verifier = security::make_dom_verifier(options(), limits());
    Judgement result;
    result.decided_by = "tree";
    auto layout = soap::scan(text, limits());
    if (layout.has_error()) {
        result.rejection.reason = layout.error().detail;
        return result;
    }
    auto verdict = verifier->verify({text, &*layout, {true, true, true}, now});
    result.accepted = verdict.has_value();
    if (verdict.has_error()) {
        result.rejection = verdict.error();
    } else {
        result.claims = std::move(*verdict);
        result.layout = std::move(*layout);
    }
    return result;
}

}  // namespace

const std::vector<Path>& paths() {
    static const std::vector<Path> all{{"tree", by_tree}};
    return all;
}

const security::MessagePolicy& policy() {
    static const security::MessagePolicy signs{.sign_addressing = true};
    return signs;
}

}  // namespace hutong::attack
