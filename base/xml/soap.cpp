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
    void end() override { builder_.end(parser_); }
    void text(std::string_view text, bool) override { builder_.text(text, parser_); }
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

std::string with_header_block(std::string_view utf8, const Layout& layout, std::string_view block) {
    const std::string prefix = layout.envelope_prefix.empty() ? "" : layout.envelope_prefix + ":";
    std::string result;
    result.reserve(utf8.size() + block.size() + 64);
    if (!layout.header) {
        result.append(utf8.substr(0, layout.envelope_start_tag.end));
        result.append("<" + prefix + "Header>").append(block).append("</" + prefix + "Header>");
        return result.append(utf8.substr(layout.envelope_start_tag.end));
    }
    const Range header = *layout.header;
    if (utf8.substr(layout.header_insert, 2) == "</") {
        result.append(utf8.substr(0, layout.header_insert)).append(block);
        return result.append(utf8.substr(layout.header_insert));
    }
    // <Header attr="…"/>: opened, keeping its attributes and its own prefix.
    std::string_view tag = utf8.substr(header.begin, header.end - header.begin);
    const std::size_t slash = tag.rfind('/');
    const std::string_view name = tag.substr(1, tag.find_first_of(" \t\r\n/>") - 1);
    result.append(utf8.substr(0, header.begin)).append(tag.substr(0, slash)).append(">").append(block);
    result.append("</").append(name).append(">");
    return result.append(utf8.substr(header.end));
}

std::string without(std::string_view utf8, std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::string result;
    result.reserve(utf8.size());
    std::size_t at = 0;
    for (const Range& range : ranges) {
        result.append(utf8.substr(at, range.begin - at));
        at = range.end;
    }
    return result.append(utf8.substr(at));
}

}  // namespace hutong::soap
