// One pass over an envelope that notes where its parts lie.
#include "base/xml/soap.hpp"

#include <algorithm>
#include <cstring>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/xml/libxml.hpp"

namespace hutong::soap {

namespace {

using xml::view;

constexpr std::size_t max_header_text = 4096;

struct ContextDeleter {
    void operator()(xmlParserCtxtPtr context) const {
        if (context->myDoc != nullptr) xmlFreeDoc(context->myDoc);
        xmlFreeParserCtxt(context);
    }
};

// Collects the Layout from SAX2 events. Positions are those of libxml2's input cursor; the text is one UTF-8
// buffer, so they are offsets into it.
class Scanner {
  public:
    Scanner(std::string_view text, const xml::Limits& limits) : text_(text), limits_(limits) {}

    Result<Layout> run();

  private:
    static Scanner& of(void* raw) {
        return *static_cast<Scanner*>(static_cast<xmlParserCtxtPtr>(raw)->_private);
    }
    std::size_t cursor() const {
        return static_cast<std::size_t>(context_->input->consumed) +
               static_cast<std::size_t>(context_->input->cur - context_->input->base);
    }
    void stop(ErrorCode code, std::string detail) {
        if (!error_)
            error_ = Error{code, "line " + std::to_string(context_->input->line) + ": " + std::move(detail)};
        xmlStopParser(context_.get());
    }
    // Past the '>' of the start tag whose event is being delivered: libxml2 reports it before it reads "/>"
    // or ">".
    std::size_t past_start_tag() const {
        std::size_t at = cursor();
        while (at < text_.size() && text_[at] != '>') ++at;
        return at + 1;
    }

    void start(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int attribute_count,
               const xmlChar** attributes);
    void end();
    void root(std::string_view local, std::string_view prefix, std::string_view uri);
    void part(std::string_view local, std::string_view uri);
    void header_block(std::string_view local, std::string_view uri, int attribute_count,
                      const xmlChar** attributes);

    std::string_view text_;
    const xml::Limits& limits_;
    std::unique_ptr<xmlParserCtxt, ContextDeleter> context_;
    Layout layout_;
    std::optional<Error> error_;
    unsigned depth_{0};
    std::size_t elements_{0};
    std::size_t tag_begin_{0};
    enum class In { envelope, header, body } in_{In::envelope};
    bool body_seen_{false};
};

void Scanner::root(std::string_view local, std::string_view prefix, std::string_view uri) {
    // XML 1.1 has other line ends and characters; SOAP is XML 1.0 (SOAP 1.2 part 1 section 5).
    if (view(context_->version) != "1.0") return stop(ErrorCode::invalid, "the text is not XML 1.0");
    if (local != "Envelope") return stop(ErrorCode::invalid, "the root element is not a SOAP Envelope");
    if (uri == ns11)
        layout_.version = Version::v11;
    else if (uri == ns12)
        layout_.version = Version::v12;
    else
        return stop(ErrorCode::invalid, "the Envelope's namespace is neither SOAP 1.1 nor SOAP 1.2");
    layout_.envelope_prefix = std::string(prefix);
    layout_.envelope_start_tag = {tag_begin_, past_start_tag()};
}

void Scanner::part(std::string_view local, std::string_view uri) {
    if (uri != namespace_of(layout_.version))
        return stop(ErrorCode::invalid, "the Envelope has a child that is neither Header nor Body");
    if (local == "Header" && !layout_.header && !body_seen_) {
        layout_.header = Range{tag_begin_, past_start_tag()};
        in_ = In::header;
    } else if (local == "Body" && !body_seen_) {
        body_seen_ = true;
        layout_.body = {tag_begin_, past_start_tag()};
        in_ = In::body;
    } else {
        stop(ErrorCode::invalid, "the Envelope must hold at most one Header and then exactly one Body");
    }
}

void Scanner::header_block(std::string_view local, std::string_view uri, int attribute_count,
                           const xmlChar** attributes) {
    HeaderBlock block;
    block.name = {std::string(uri), std::string(local)};
    block.range.begin = tag_begin_;
    const std::string_view ns = namespace_of(layout_.version);
    for (int i = 0; i < attribute_count; ++i) {
        const xmlChar** const a = attributes + 5 * i;
        if (view(a[2]) != ns) continue;
        const std::string_view name = view(a[0]);
        const std::string_view value(reinterpret_cast<const char*>(a[3]),
                                     static_cast<std::size_t>(a[4] - a[3]));
        if (name == "actor" || name == "role") block.role = std::string(value);
        if (name == "mustUnderstand") block.must_understand = value == "1" || value == "true";
    }
    layout_.blocks.push_back(std::move(block));
}

void Scanner::start(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int attribute_count,
                    const xmlChar** attributes) {
    if (error_) return;
    if (++depth_ > limits_.depth)
        return stop(ErrorCode::limit, "elements nest deeper than " + std::to_string(limits_.depth));
    if (++elements_ > limits_.elements)
        return stop(ErrorCode::limit, "more than " + std::to_string(limits_.elements) + " elements");
    if (static_cast<unsigned>(attribute_count) > limits_.attributes)
        return stop(ErrorCode::limit, "over the configured limit: attributes per element");
    if (depth_ > 3) return;
    // The start of this tag: the last '<' before the cursor that opens it. An attribute value can't hold a
    // '<', so the nearest one to the left is it.
    tag_begin_ = text_.rfind('<', std::min(cursor(), text_.size()) - 1);
    if (depth_ == 1) return root(view(local), view(prefix), view(uri));
    if (depth_ == 2) return part(view(local), view(uri));
    if (in_ == In::header) return header_block(view(local), view(uri), attribute_count, attributes);
    if (++layout_.body_children == 1) layout_.operation = {std::string(view(uri)), std::string(view(local))};
}

void Scanner::end() {
    if (error_) return;
    if (depth_ == 3 && in_ == In::header) {
        layout_.blocks.back().range.end = cursor();
    } else if (depth_ == 2 && in_ == In::header) {
        layout_.header->end = cursor();
        // "</Header>" or "<Header/>": for the latter the insertion point is the element itself.
        const std::size_t close = text_.rfind('<', cursor() - 1);
        layout_.header_insert = close;
        in_ = In::envelope;
    } else if (depth_ == 2 && in_ == In::body) {
        layout_.body.end = cursor();
        in_ = In::envelope;
    }
    --depth_;
}

Result<Layout> Scanner::run() {
    xml::initialize();
    if (text_.size() > limits_.bytes)
        return Error{ErrorCode::limit,
                     "the message is longer than " + std::to_string(limits_.bytes) + " bytes"};
    context_.reset(xmlCreateMemoryParserCtxt(text_.data(), static_cast<int>(text_.size())));
    if (!context_) return invalid("the message is empty");
    xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                          XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC |
                                          (limits_.bytes > (10u << 20) ? XML_PARSE_HUGE : 0));
    // The text is UTF-8 whatever it says or looks like; in any other encoding the cursor would not count its
    // bytes. Naming an encoding keeps the parser from guessing one by the first four bytes.
    context_->encoding = xmlStrdup(reinterpret_cast<const xmlChar*>("UTF-8"));
    context_->_private = this;
    xmlSAXHandler& sax = *context_->sax;
    const auto serror = sax.serror;
    std::memset(&sax, 0, sizeof sax);
    sax.initialized = XML_SAX2_MAGIC;
    sax.serror = serror;
    sax.startElementNs = [](void* raw, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int,
                            const xmlChar**, int attribute_count, int, const xmlChar** attributes) {
        of(raw).start(local, prefix, uri, attribute_count, attributes);
    };
    sax.endElementNs = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) { of(raw).end(); };
    sax.internalSubset = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) {
        of(raw).stop(ErrorCode::refused, "a document type declaration (DTD) is not allowed");
    };
    const auto characters = [](void* raw, const xmlChar* text, int length) {
        Scanner& scanner = of(raw);
        if (scanner.in_ != In::header || scanner.layout_.blocks.empty() || scanner.depth_ < 3) return;
        std::string& block = scanner.layout_.blocks.back().text;
        block.append(reinterpret_cast<const char*>(text),
                     std::min(static_cast<std::size_t>(length),
                              max_header_text - std::min(max_header_text, block.size())));
    };
    sax.characters = characters;
    sax.cdataBlock = characters;
    sax.processingInstruction = [](void* raw, const xmlChar*, const xmlChar*) {
        if (of(raw).depth_ > 0)
            of(raw).stop(ErrorCode::invalid, "SOAP messages hold no processing instructions");
    };
    xmlParseDocument(context_.get());
    if (error_) return *error_;
    if (context_->wellFormed == 0 || context_->nsWellFormed == 0) {
        const xmlError* const e = xmlCtxtGetLastError(context_.get());
        std::string message = e != nullptr && e->message != nullptr ? e->message : "unknown reason\n";
        message.erase(message.find_last_not_of(" \n") + 1);
        return invalid("line " + std::to_string(e != nullptr ? e->line : 0) +
                       ": not well-formed XML: " + message);
    }
    if (!body_seen_) return invalid("the Envelope has no Body");
    return std::move(layout_);
}

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
    return Scanner(utf8, limits).run();
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
