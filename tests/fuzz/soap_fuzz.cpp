// libFuzzer: a signed SOAP message through the gateway's own one-pass reader and through the tree verifier.
//
// Whatever the bytes, ranges lie inside the text and nest as they should, what is left when Security headers
// are cut out is an envelope of the same layout, and a message that is believed has its Body, its Timestamp
// and its addressing signed. The one-pass reader, which is fed in pieces, believes just what the tree
// verifier does, calls its events once and in their order, and finds the same layout and claims.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/config/config.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/message_reader.hpp"

namespace {

using namespace hutong;

void require(bool holds) {
    if (!holds) std::abort();
}

bool inside(const soap::Range& inner, const soap::Range& outer) {
    return outer.begin <= inner.begin && inner.begin <= inner.end && inner.end <= outer.end;
}

void check_layout(std::string_view text, const soap::Layout& layout) {
    const soap::Range whole{0, text.size()};
    require(inside(layout.envelope_start_tag, whole) && inside(layout.body, whole));
    require(text[layout.body.begin] == '<' && text[layout.body.end - 1] == '>');
    if (layout.header) {
        require(inside(*layout.header, whole) && layout.header->end <= layout.body.begin);
        for (const soap::HeaderBlock& block : layout.blocks) {
            require(inside(block.range, *layout.header) && !block.range.empty());
            require(text[block.range.begin] == '<' && text[block.range.end - 1] == '>');
        }
    }
    require(layout.header || layout.blocks.empty());
}

const xml::Limits limits;
const config::Security options;
const TimePoint now = parse_utc("2026-11-24T00:25:00Z").value();

bool same(const soap::Range& a, const soap::Range& b) {
    return a.begin == b.begin && a.end == b.end;
}

struct Order final : security::ReadingEvents {
    unsigned headers{0}, operations{0};
    bool claimed{false};
    bool at_header(const soap::Layout&, const security::Claims* claims) override {
        require(headers++ == 0 && operations == 0);
        claimed = claims != nullptr;
        return true;
    }
    bool at_operation(const soap::Layout&) override {
        require(headers == 1 && operations++ == 0);
        return true;
    }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

// The way of what lies outside of the one-pass profile: encryption, for one. There is no key to decrypt with.
void read_as_tree(std::string_view text, const security::MessagePolicy& policy) {
    Order order;
    const auto reader = security::make_tree_reader(options, limits, {&policy, now, &order, nullptr});
    const auto fed = reader->feed(text);
    if (fed.has_error() || *fed != security::Reading::more) return;
    const auto reading = reader->finish();
    if (reading.has_value()) static_cast<void>(reader->verdict().has_value());
}

// `judged`: by the tree verifier.
void read_in_one_pass(std::string_view text, const soap::Layout& layout, const security::Verdict& judged) {
    using namespace security;
    static const MessagePolicy policy = [] {
        MessagePolicy made;
        made.sign_addressing = true;
        return made;
    }();
    Order order;
    const auto reader = make_streaming_reader(options, limits, {&policy, now, &order, nullptr});
    Result<Reading> reading = Reading::more;
    const std::size_t piece = 1 + text.size() % 97;
    for (std::size_t at = 0; at < text.size() && reading.has_value() && *reading == Reading::more;
         at += piece)
        reading = reader->feed(text.substr(at, piece));
    if (reading.has_value() && *reading == Reading::more) reading = reader->finish();
    // An envelope to the tree verifier is one here, unless a limit says no.
    if (reading.has_error()) return require(reading.error().code == ErrorCode::limit);
    if (*reading == Reading::outside_profile) {
        require(order.operations == 0 && order.headers == 0);
        return read_as_tree(text, policy);
    }
    const Verdict verdict = reader->verdict();
    require(verdict.has_value() == judged.has_value());
    if (verdict.has_error()) return;
    require(order.headers == 1 && order.operations == 1 && order.claimed);
    require(verdict->certificate == judged->certificate && verdict->body_signed == judged->body_signed &&
            verdict->signature_value == judged->signature_value && verdict->created == judged->created &&
            verdict->message_id == judged->message_id);
    require(std::ranges::equal(verdict->security_headers, judged->security_headers, same));
    const soap::Layout& own = reader->layout();
    require(same(own.body, layout.body) && own.operation == layout.operation &&
            own.blocks.size() == layout.blocks.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto verifier = security::make_dom_verifier(options, limits);
    const std::string_view raw(reinterpret_cast<const char*>(data), size);
    const auto text = xml::to_utf8(raw);
    if (text.has_error()) return 0;
    const auto layout = soap::scan(*text, limits);
    if (layout.has_error()) return 0;
    check_layout(*text, *layout);
    const auto verdict = verifier->verify({*text, &*layout, {true, true, true}, now});
    read_in_one_pass(*text, *layout, verdict);
    if (verdict.has_error()) return 0;
    require(verdict->body_signed && verdict->created && verdict->expires && !verdict->certificate.empty());
    const std::string stripped = soap::without(*text, verdict->security_headers);
    const auto again = soap::scan(stripped, limits);
    require(again.has_value() && again->operation == layout->operation);
    require(again->blocks.size() + verdict->security_headers.size() == layout->blocks.size());
    require(stripped.substr(again->body.begin, again->body.end - again->body.begin) ==
            text->substr(layout->body.begin, layout->body.end - layout->body.begin));
    return 0;
}
