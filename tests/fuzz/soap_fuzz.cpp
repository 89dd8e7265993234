// libFuzzer: a signed SOAP message through the whole tree reader.
//
// Whatever the bytes, ranges lie inside the text and nest as they should, what is left when Security headers
// are cut out is an envelope of the same layout, and a message that is believed has its Body, its Timestamp
// and its addressing signed.
#include <cstdint>
#include <cstdlib>

#include "base/config/config.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/verifier.hpp"

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const xml::Limits limits;
    static const auto verifier = security::make_dom_verifier(config::Security{}, limits);
    static const TimePoint now = parse_utc("2026-11-24T00:25:00Z").value();
    const std::string_view raw(reinterpret_cast<const char*>(data), size);
    const auto text = xml::to_utf8(raw);
    if (text.has_error()) return 0;
    const auto layout = soap::scan(*text, limits);
    if (layout.has_error()) return 0;
    check_layout(*text, *layout);
    const auto verdict = verifier->verify({*text, &*layout, {true, true, true}, now});
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
