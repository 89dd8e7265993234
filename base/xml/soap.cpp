// One pass over an envelope that notes where its parts lie.
#include "base/xml/soap.hpp"

#include <algorithm>

#include "base/xml/soap_layout.hpp"

namespace hutong::soap {

namespace {

class Scanner final : xml::ParserEvents {
  public:
    explicit Scanner(const xml::Limits& limits) : parser_(limits, *this) {}

    Result<Layout> run(std::string_view text) {
        HUTONG_TRY(parser_.feed(text));
        HUTONG_TRY(parser_.finish());
        HUTONG_TRY(builder_.finish());
        return builder_.take();
    }

  private:
    void start(const xml::StartTag& tag) override { builder_.start(tag, parser_); }
    void end(unsigned depth) override { builder_.end(depth, parser_); }
    void text(std::string_view text, bool) override { builder_.text(text); }
    void comment() override {}
    void instruction() override { builder_.instruction(parser_); }

    xml::PushParser parser_;
    LayoutBuilder builder_;
};

}  // namespace

std::string_view namespace_of(Version version) {
    return version == Version::v11 ? ns11 : ns12;
}

std::string_view content_type_of(Version version) {
    return version == Version::v11 ? "text/xml; charset=utf-8" : "application/soap+xml; charset=utf-8";
}

const HeaderBlock* Layout::block(std::string_view ns, std::string_view local) const {
    for (const HeaderBlock& b : blocks)
        if (b.name.local == local && b.name.ns == ns) return &b;
    return nullptr;
}

Result<Layout> scan(std::string_view utf8, const xml::Limits& limits) {
    return Scanner(limits).run(utf8);
}

bool has_empty_header_tag(const Layout& layout) {
    return layout.header && layout.header_insert == layout.header->begin;
}

Edit add_to_header(const Layout& layout, std::string_view header, std::string_view blocks) {
    std::string text;
    if (!layout.header) {
        const std::string name =
            (layout.envelope_prefix.empty() ? "" : layout.envelope_prefix + ":") + "Header>";
        text.append("<").append(name).append(blocks).append("</").append(name);
        return {{layout.envelope_start_tag.end, layout.envelope_start_tag.end}, std::move(text)};
    }
    if (!has_empty_header_tag(layout))
        return {{layout.header_insert, layout.header_insert}, std::string(blocks)};
    // <Header attr="…"/>: opened, keeping its attributes and its own prefix.
    const std::string_view name = header.substr(1, header.find_first_of(" \t\r\n/>") - 1);
    text.append(header.substr(0, header.rfind('/'))).append(">").append(blocks);
    text.append("</").append(name).append(">");
    return {*layout.header, std::move(text)};
}

std::string edited(std::string_view utf8, std::vector<Edit> edits) {
    std::sort(edits.begin(), edits.end(),
              [](const Edit& a, const Edit& b) { return a.range.begin < b.range.begin; });
    std::size_t size = utf8.size();
    for (const Edit& edit : edits) size += edit.text.size();
    std::string result;
    result.reserve(size);
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        result.append(utf8.substr(at, edit.range.begin - at)).append(edit.text);
        at = edit.range.end;
    }
    return result.append(utf8.substr(at));
}

std::string with_header_block(std::string_view utf8, const Layout& layout, std::string_view block) {
    const Range header = layout.header.value_or(Range{});
    return edited(utf8, {add_to_header(layout, utf8.substr(header.begin, header.end - header.begin), block)});
}

std::string without(std::string_view utf8, std::vector<Range> ranges) {
    std::vector<Edit> edits;
    for (const Range& range : ranges) edits.push_back({range, {}});
    return edited(utf8, std::move(edits));
}

}  // namespace hutong::soap
