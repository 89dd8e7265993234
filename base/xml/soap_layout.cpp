#include "base/xml/soap_layout.hpp"

#include <algorithm>

namespace hutong::soap {

namespace {

constexpr std::size_t max_header_text = 4096;

bool refuse(xml::PushParser& parser, std::string detail) {
    parser.stop(ErrorCode::invalid, std::move(detail));
    return false;
}

}  // namespace

bool LayoutBuilder::root(const xml::StartTag& tag, xml::PushParser& parser) {
    if (tag.local != "Envelope") return refuse(parser, "the root element is not a SOAP Envelope");
    if (tag.ns == ns11)
        layout_.version = Version::v11;
    else if (tag.ns == ns12)
        layout_.version = Version::v12;
    else
        return refuse(parser, "the Envelope's namespace is neither SOAP 1.1 nor SOAP 1.2");
    layout_.envelope_prefix = std::string(tag.prefix);
    layout_.envelope_start_tag = {parser.tag_begin(), parser.tag_end()};
    return true;
}

bool LayoutBuilder::part(const xml::StartTag& tag, xml::PushParser& parser) {
    if (tag.ns != namespace_of(layout_.version))
        return refuse(parser, "the Envelope has a child that is neither Header nor Body");
    if (tag.local == "Header" && !layout_.header && !body_seen_) {
        layout_.header = Range{parser.tag_begin(), parser.tag_end()};
        in_ = In::header;
    } else if (tag.local == "Body" && !body_seen_) {
        body_seen_ = true;
        layout_.body = {parser.tag_begin(), parser.tag_end()};
        in_ = In::body;
    } else {
        return refuse(parser, "the Envelope must hold at most one Header and then exactly one Body");
    }
    return true;
}

void LayoutBuilder::header_block(const xml::StartTag& tag, const xml::PushParser& parser) {
    HeaderBlock block;
    block.name = {tag.ns, std::string(tag.local)};
    block.range.begin = parser.tag_begin();
    const std::string_view ns = namespace_of(layout_.version);
    for (const xml::AttributeEvent& a : tag.attributes) {
        if (a.ns != ns) continue;
        const std::string_view name = a.local;
        if (name == "actor" || name == "role") block.role = std::string(a.value);
        if (name == "mustUnderstand") block.must_understand = a.value == "1" || a.value == "true";
    }
    layout_.blocks.push_back(std::move(block));
    in_block_ = true;
}

bool LayoutBuilder::start_part(const xml::StartTag& tag, xml::PushParser& parser) {
    if (tag.depth == 1) return root(tag, parser);
    if (tag.depth == 2) return part(tag, parser);
    if (in_ == In::header)
        header_block(tag, parser);
    else if (++layout_.body_children == 1)
        layout_.operation = {tag.ns, std::string(tag.local)};
    return true;
}

void LayoutBuilder::end_part(unsigned depth, const xml::PushParser& parser) {
    if (depth == 1) ended_ = true;
    if (in_ == In::envelope) return;
    if (depth == 3 && in_ == In::header) {
        layout_.blocks.back().range.end = parser.tag_end();
        in_block_ = false;
    } else if (depth == 2) {
        if (in_ == In::header) {
            layout_.header->end = parser.tag_end();
            layout_.header_insert = parser.tag_begin();  // of "</Header>", or of "<Header/>"
        } else {
            layout_.body.end = parser.tag_end();
        }
        in_ = In::envelope;
    }
}

void LayoutBuilder::header_text(std::string_view text) {
    if (!in_block_) return;
    std::string& block = layout_.blocks.back().text;
    block.append(text.substr(0, max_header_text - std::min(max_header_text, block.size())));
}

void LayoutBuilder::instruction(xml::PushParser& parser) const {
    if (!layout_.envelope_start_tag.empty() && !ended_)
        refuse(parser, "SOAP messages hold no processing instructions");
}

Result<void> LayoutBuilder::finish() const {
    if (!body_seen_) return invalid("the Envelope has no Body");
    return {};
}

}  // namespace hutong::soap
