// One SAX pass that notes the offsets of libxml2's input cursor.
#include "base/xml/outline.hpp"

#include <algorithm>
#include <cstring>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/xml/guard.hpp"
#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

struct FreeContext {
    void operator()(xmlParserCtxtPtr context) const {
        if (context->myDoc != nullptr) xmlFreeDoc(context->myDoc);
        xmlFreeParserCtxt(context);
    }
};

class Outliner {
  public:
    Outliner(std::string_view text, unsigned depth, const Limits& limits)
        : text_(text), deepest_(depth), limits_(limits) {}
    Result<std::vector<Extent>> run();

  private:
    static Outliner& of(void* raw) {
        return *static_cast<Outliner*>(static_cast<xmlParserCtxtPtr>(raw)->_private);
    }
    std::size_t cursor() const {
        return static_cast<std::size_t>(context_->input->consumed) +
               static_cast<std::size_t>(context_->input->cur - context_->input->base);
    }
    void stop(Error error) {
        if (!error_) error_ = std::move(error);
        xmlStopParser(context_.get());
    }
    void start();
    void end();

    std::string_view text_;
    const unsigned deepest_;
    const Limits& limits_;
    std::unique_ptr<xmlParserCtxt, FreeContext> context_;
    std::vector<Extent> extents_;
    std::vector<std::size_t> open_;  // of extents_
    unsigned depth_{0};
    std::size_t elements_{0};
    std::optional<Error> error_;
};

void Outliner::start() {
    if (error_) return;
    if (++depth_ > limits_.depth) return stop({ErrorCode::limit, "elements nest too deep"});
    if (++elements_ > limits_.elements) return stop({ErrorCode::limit, "too many elements"});
    if (depth_ > deepest_) return;
    Extent extent;
    extent.depth = depth_;
    // The event comes before "/>" or ">" is read, and no attribute value holds a '<'.
    std::size_t at = std::min(cursor(), text_.size());
    extent.begin = text_.rfind('<', at - 1);
    while (at < text_.size() && text_[at] != '>') ++at;
    extent.content_begin = at + 1;
    extent.self_closed = text_[at - 1] == '/';
    open_.push_back(extents_.size());
    extents_.push_back(extent);
}

void Outliner::end() {
    if (error_) return;
    if (depth_-- > deepest_) return;
    Extent& extent = extents_[open_.back()];
    open_.pop_back();
    extent.end = cursor();
    extent.content_end = extent.self_closed ? extent.content_begin : text_.rfind('<', extent.end - 1);
}

Result<std::vector<Extent>> Outliner::run() {
    initialize();
    if (text_.size() > limits_.bytes) return Error{ErrorCode::limit, "the text is too long"};
    if (has_crowded_tag(text_, limits_)) return Error{ErrorCode::limit, too_many_attributes};
    context_.reset(xmlCreateMemoryParserCtxt(text_.data(), static_cast<int>(text_.size())));
    if (!context_) return invalid("the text is empty");
    xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                          XML_PARSE_NOWARNING |
                                          (limits_.bytes > (10u << 20) ? XML_PARSE_HUGE : 0));
    context_->_private = this;
    xmlSAXHandler& sax = *context_->sax;
    std::memset(&sax, 0, sizeof sax);
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*, int, const xmlChar**,
                            int, int, const xmlChar**) { of(raw).start(); };
    sax.endElementNs = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) { of(raw).end(); };
    sax.internalSubset = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) {
        of(raw).stop(refused("a document type declaration (DTD) is not allowed"));
    };
    xmlParseDocument(context_.get());
    if (error_) return *error_;
    if (context_->wellFormed == 0 || context_->nsWellFormed == 0) return invalid("not well-formed XML");
    return std::move(extents_);
}

}  // namespace

Result<std::vector<Extent>> outline(std::string_view utf8, unsigned depth, const Limits& limits) {
    return Outliner(utf8, depth, limits).run();
}

}  // namespace hutong::xml
