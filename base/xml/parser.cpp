// The hardened tree parser: libxml2's SAX2 tree builder with a guard in front of every event.
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/xml/document.hpp"
#include "base/xml/guard.hpp"
#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

// What the guard needs to know during one parse; reached through the parser context's _private.
struct Guard {
    const Limits* limits;
    unsigned depth{0};
    std::size_t elements{0};
    std::optional<Error> error;

    void stop(xmlParserCtxtPtr context, ErrorCode code, std::string detail) {
        if (!error)
            error = Error{code,
                          "line " + std::to_string(xmlSAX2GetLineNumber(context)) + ": " + std::move(detail)};
        xmlStopParser(context);
    }
};

Guard& guard_of(void* context) {
    return *static_cast<Guard*>(static_cast<xmlParserCtxtPtr>(context)->_private);
}

void on_start(void* raw, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespace_count,
              const xmlChar** namespaces, int attribute_count, int defaulted_count,
              const xmlChar** attributes) {
    const auto context = static_cast<xmlParserCtxtPtr>(raw);
    Guard& guard = guard_of(raw);
    if (guard.error) return;
    const Limits& limits = *guard.limits;
    if (++guard.depth > limits.depth)
        return guard.stop(context, ErrorCode::limit,
                          "elements nest deeper than " + std::to_string(limits.depth));
    if (++guard.elements > limits.elements)
        return guard.stop(context, ErrorCode::limit,
                          "more than " + std::to_string(limits.elements) + " elements");
    if (too_many_names(context)) return guard.stop(context, ErrorCode::limit, names_exceeded().detail);
    if (const char* what =
            exceeded(limits, {local, prefix, uri, namespace_count, namespaces, attribute_count, attributes}))
        return guard.stop(context, ErrorCode::limit, std::string("over the configured limit: ") + what);
    xmlSAX2StartElementNs(raw, local, prefix, uri, namespace_count, namespaces, attribute_count,
                          defaulted_count, attributes);
}

void on_end(void* raw, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri) {
    Guard& guard = guard_of(raw);
    if (guard.error) return;
    --guard.depth;
    xmlSAX2EndElementNs(raw, local, prefix, uri);
}

void on_doctype(void* raw, const xmlChar*, const xmlChar*, const xmlChar*) {
    guard_of(raw).stop(static_cast<xmlParserCtxtPtr>(raw), ErrorCode::refused,
                       "a document type declaration (DTD) is not allowed");
}

void on_comment(void* raw, const xmlChar* text) {
    Guard& guard = guard_of(raw);
    if (guard.error) return;
    if (!guard.limits->allow_comments_and_pis)
        return guard.stop(static_cast<xmlParserCtxtPtr>(raw), ErrorCode::refused, "comments are not allowed");
    xmlSAX2Comment(raw, text);
}

void on_instruction(void* raw, const xmlChar* target, const xmlChar* data) {
    Guard& guard = guard_of(raw);
    if (guard.error) return;
    if (!guard.limits->allow_comments_and_pis)
        return guard.stop(static_cast<xmlParserCtxtPtr>(raw), ErrorCode::refused,
                          "processing instructions are not allowed");
    xmlSAX2ProcessingInstruction(raw, target, data);
}

struct ContextDeleter {
    void operator()(xmlParserCtxtPtr context) const {
        if (context->myDoc != nullptr) xmlFreeDoc(context->myDoc);
        xmlFreeParserCtxt(context);
    }
};

}  // namespace

Result<Document> parse(std::string_view text, const Limits& limits, std::string_view charset) {
    initialize();
    if (text.size() > limits.bytes)
        return Error{ErrorCode::limit, "the text is longer than " + std::to_string(limits.bytes) + " bytes"};
    // What follows counts in bytes, so they are made UTF-8 once (RFC 7303 section 3 says by whose word).
    HUTONG_ASSIGN(const std::string encoding, encoding_of(text, charset));
    if (!is_utf8(encoding)) {
        HUTONG_ASSIGN(const std::string utf8, to_utf8(text, charset));
        return parse(utf8, limits, "UTF-8");
    }
    if (has_crowded_tag(text, limits)) return Error{ErrorCode::limit, too_many_attributes};

    Guard guard{&limits, 0, 0, std::nullopt};
    const std::unique_ptr<xmlParserCtxt, ContextDeleter> context(
        xmlCreateMemoryParserCtxt(text.data(), static_cast<int>(text.size())));
    if (!context) return invalid("the text is empty");
    // NOENT makes attribute values come with their references replaced (without it "&amp;" arrives as
    // "&#38;"); it cannot reach anything, since on_doctype refuses what could declare an entity. HUGE is left
    // off on purpose.
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                         XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES | XML_PARSE_NOXINCNODE |
                                         (limits.bytes > (10u << 20) ? XML_PARSE_HUGE : 0));
    context->_private = &guard;
    context->sax->startElementNs = on_start;
    context->sax->endElementNs = on_end;
    context->sax->internalSubset = on_doctype;
    context->sax->comment = on_comment;
    context->sax->processingInstruction = on_instruction;
    xmlParseDocument(context.get());
    if (guard.error) return *guard.error;
    if (context->wellFormed == 0 || context->myDoc == nullptr) return not_well_formed(context.get());
    if (context->nsWellFormed == 0) return not_well_formed(context.get());
    Document document(context->myDoc);
    context->myDoc = nullptr;
    return document;
}

}  // namespace hutong::xml
