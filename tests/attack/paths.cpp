#include "tests/attack/paths.hpp"

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"

namespace hutong::attack {

namespace {

using security::Reading;

const config::Security& options() {
    static const config::Security defaults;
    return defaults;
}
const xml::Limits& limits() {
    static const xml::Limits defaults;
    return defaults;
}

struct LetPass final : security::ReadingEvents {
    bool at_header(const soap::Layout&, const security::Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

// As UTF-8 and in pieces, as it would come from the network. Nothing: it is outside the reader's profile.
std::optional<Judgement> read(std::unique_ptr<security::MessageReader> reader, std::string_view raw,
                              const char* name) {
    Judgement result;
    result.decided_by = name;
    const auto utf8 = xml::to_utf8(raw);
    if (utf8.has_error()) {
        result.rejection.reason = utf8.error().detail;
        return result;
    }
    const std::string_view text = *utf8;
    Result<Reading> reading = Reading::more;
    for (std::size_t at = 0; reading.has_value() && *reading == Reading::more && at < text.size(); at += 1000)
        reading = reader->feed(text.substr(at, 1000));
    if (reading.has_value() && *reading == Reading::more) reading = reader->finish();
    if (reading.has_error()) {
        result.rejection.reason = reading.error().detail;
        return result;
    }
    if (*reading == Reading::outside_profile) return std::nullopt;
    auto verdict = reader->verdict();
    result.accepted = verdict.has_value();
    if (verdict.has_error()) {
        result.rejection = verdict.error();
    } else {
        result.claims = std::move(*verdict);
        result.layout = reader->layout();
    }
    return result;
}

Judgement by_tree(std::string_view text, TimePoint now) {
    LetPass events;
    return *read(security::make_tree_reader(options(), limits(), {&policy(), now, &events, nullptr}), text,
                 "tree");
}

// As the gateway does: what lies outside the profile goes to the tree.
Judgement by_streaming(std::string_view text, TimePoint now) {
    LetPass events;
    auto result =
        read(security::make_streaming_reader(options(), limits(), {&policy(), now, &events, nullptr}), text,
             "streaming");
    return result ? std::move(*result) : by_tree(text, now);
}

}  // namespace

const std::vector<Path>& paths() {
    static const std::vector<Path> all{{"streaming", by_streaming}, {"tree", by_tree}};
    return all;
}

const security::MessagePolicy& policy() {
    static const security::MessagePolicy signs{.sign_addressing = true};
    return signs;
}

}  // namespace hutong::attack
