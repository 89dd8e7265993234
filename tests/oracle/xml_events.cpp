#include "tests/oracle/xml_events.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

namespace hutong::test {

namespace {

class Writer {
  public:
    explicit Writer(Events& events) : events_(events) {}

    void line(std::string text) {
        kind_ = Kind::none;
        events_.lines.push_back(std::move(text));
    }
    void text(std::string_view text, bool cdata) {
        const Kind kind = cdata ? Kind::cdata : Kind::text;
        if (kind_ != kind) events_.lines.emplace_back(cdata ? "cdata " : "text ");
        kind_ = kind;
        events_.lines.back() += text;
    }

  private:
    enum class Kind { none, text, cdata };
    Events& events_;
    Kind kind_{Kind::none};
};

std::string_view text_of(const xmlChar* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

std::string qualified(std::string_view prefix, std::string_view ns, std::string_view local) {
    return std::string(prefix) + "{" + std::string(ns) + "}" + std::string(local);
}

struct FreeContext {
    void operator()(xmlParserCtxtPtr context) const {
        xmlFreeDoc(context->myDoc);  // some declarations make one
        xmlFreeParserCtxt(context);
    }
};

struct Pulled {
    Writer writer;
    bool dtd{false};
};

Pulled& of(void* context) {
    return *static_cast<Pulled*>(static_cast<xmlParserCtxtPtr>(context)->_private);
}

void note_start(void* context, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri,
                int namespace_count, const xmlChar** namespaces, int attribute_count, int,
                const xmlChar** attributes) {
    std::string line = "start " + qualified(text_of(prefix), text_of(uri), text_of(local));
    for (int i = 0; i < namespace_count; ++i)
        line += " xmlns:" + std::string(text_of(namespaces[2 * i])) + "=" +
                std::string(text_of(namespaces[2 * i + 1]));
    for (int i = 0; i < attribute_count; ++i) {
        const xmlChar** const a = attributes + 5 * i;
        line += " " + qualified(text_of(a[1]), text_of(a[2]), text_of(a[0])) + "=" +
                std::string(reinterpret_cast<const char*>(a[3]), static_cast<std::size_t>(a[4] - a[3]));
    }
    of(context).writer.line(std::move(line));
}

class Told final : public xml::ParserEvents {
  public:
    explicit Told(Events& events) : writer_(events) {}
    void start(const xml::StartTag& tag) override {
        std::string line = "start " + qualified(tag.prefix, tag.ns, tag.local);
        for (const xml::NamespaceEvent& ns : tag.namespaces)
            line += " xmlns:" + std::string(ns.prefix) + "=" + ns.uri;
        for (const xml::AttributeEvent& a : tag.attributes)
            line += " " + qualified(a.prefix, a.ns, a.local) + "=" + std::string(a.value);
        writer_.line(std::move(line));
    }
    void end(unsigned) override { writer_.line("end"); }
    void text(std::string_view text, bool cdata) override { writer_.text(text, cdata); }
    void comment() override { writer_.line("comment"); }
    void instruction() override { writer_.line("instruction"); }

  private:
    Writer writer_;
};

}  // namespace

Events pulled(std::string_view text) {
    Events events;
    xml::initialize();
    // It takes a null character for the end.
    if (text.empty() || text.find('\0') != std::string_view::npos) return events;
    const std::unique_ptr<xmlParserCtxt, FreeContext> context(
        xmlCreateMemoryParserCtxt(text.data(), static_cast<int>(text.size())));
    Pulled pulled{Writer(events)};
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                         XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_HUGE);
    context->_private = &pulled;
    xmlSAXHandler& sax = *context->sax;
    std::memset(&sax, 0, sizeof sax);
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = note_start;
    sax.endElementNs = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) {
        of(raw).writer.line("end");
    };
    sax.characters = [](void* raw, const xmlChar* at, int count) {
        of(raw).writer.text({reinterpret_cast<const char*>(at), static_cast<std::size_t>(count)}, false);
    };
    sax.ignorableWhitespace = sax.characters;
    sax.cdataBlock = [](void* raw, const xmlChar* at, int count) {
        of(raw).writer.text({reinterpret_cast<const char*>(at), static_cast<std::size_t>(count)}, true);
    };
    sax.comment = [](void* raw, const xmlChar*) { of(raw).writer.line("comment"); };
    sax.processingInstruction = [](void* raw, const xmlChar*, const xmlChar*) {
        of(raw).writer.line("instruction");
    };
    sax.internalSubset = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) {
        of(raw).dtd = true;
        xmlStopParser(static_cast<xmlParserCtxtPtr>(raw));
    };
    xmlParseDocument(context.get());
    const xmlError* const error = xmlCtxtGetLastError(context.get());
    events.problem = error == nullptr || error->message == nullptr ? "" : error->message;
    const bool utf8 = context->input == nullptr || context->input->buf == nullptr ||
                      context->input->buf->encoder == nullptr;
    events.accepted = context->wellFormed == 1 && context->nsWellFormed == 1 && !pulled.dtd && utf8 &&
                      text_of(context->version) == "1.0";
    return events;
}

Events pushed(std::string_view text, const std::vector<std::size_t>& cuts, const xml::Limits& limits) {
    Events events;
    Told told(events);
    xml::PushParser parser(limits, told);
    std::size_t from = 0;
    Result<void> fed;
    const auto feed_to = [&](std::size_t to) {
        // In memory of its own, so that reading beyond it shows.
        const std::vector<char> piece(text.begin() + static_cast<std::ptrdiff_t>(from),
                                      text.begin() + static_cast<std::ptrdiff_t>(to));
        fed = parser.feed({piece.data(), piece.size()});
        from = to;
        return fed.has_value();
    };
    const bool whole = std::ranges::all_of(cuts, feed_to) && feed_to(text.size());
    if (whole) fed = parser.finish();
    events.accepted = fed.has_value();
    events.over_limit = fed.has_error() && fed.error().code == ErrorCode::limit;
    if (fed.has_error()) events.problem = fed.error().detail;
    return events;
}

}  // namespace hutong::test
