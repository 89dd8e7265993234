#include "base/xml/push_parser.hpp"

#include <cstring>
#include <vector>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/xml/guard.hpp"
#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

// What libxml2 is given at once: it copies every piece into its own buffer, which stays this small.
constexpr std::size_t piece_bytes = 16u << 10;

const char* text_or_empty(const xmlChar* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

struct ContextDeleter {
    void operator()(xmlParserCtxtPtr context) const {
        if (context->myDoc != nullptr) xmlFreeDoc(context->myDoc);
        xmlFreeParserCtxt(context);
    }
};

}  // namespace

class PushParser::State {
  public:
    State(const Limits& limits, ParserEvents& events);

    Result<void> feed(const char* bytes, std::size_t count, bool last);
    const char* name(std::string_view text) {
        const auto* const begin = reinterpret_cast<const xmlChar*>(text.data());
        const xmlChar* const copy = xmlDictLookup(context_->dict, begin, static_cast<int>(text.size()));
        if (copy == nullptr) throw std::bad_alloc();
        return reinterpret_cast<const char*>(copy);
    }
    void stop(ErrorCode code, std::string detail);
    void halt() {
        halted_ = true;
        xmlStopParser(context_.get());
    }
    std::size_t offset(const xmlChar* at) const {
        return static_cast<std::size_t>(context_->input->consumed) +
               static_cast<std::size_t>(at - context_->input->base);
    }
    int line() const { return context_->input == nullptr ? 0 : context_->input->line; }
    const xmlChar* cursor() const { return context_->input->cur; }
    // An attribute value can't hold a '<', so the nearest one to the left opens the tag.
    const xmlChar* opening() const {
        const xmlChar* at = cursor() - 1;
        while (at > context_->input->base && *at != '<') --at;
        return at;
    }
    // libxml2 reports a start tag before it reads its "/>" or ">", and an end tag after it.
    const xmlChar* past_tag() const {
        const xmlChar* at = cursor();
        return in_end_ ? at : at + (*at == '/' ? 2 : 1);
    }

    const Limits& limits;
    ParserEvents& events;
    bool tree_wanted{false};
    Document tree;
    unsigned depth{0};
    std::size_t bytes_fed{0};
    bool halted_{false};

  private:
    static State& of(void* raw) { return *static_cast<State*>(static_cast<xmlParserCtxtPtr>(raw)->_private); }
    void on_start(const RawStartTag& tag);
    void on_end(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri);
    void on_text(const xmlChar* text, int count);
    void on_cdata(const xmlChar* text, int count);
    void tell_cdata(const char* text, std::size_t count);
    // Whether what is checked first about every start tag holds.
    bool acceptable(const RawStartTag& tag);

    std::unique_ptr<xmlParserCtxt, ContextDeleter> context_;
    std::optional<Error> error_;
    std::size_t elements_{0};
    bool in_end_{false};
    std::vector<NamespaceEvent> namespaces_;
    std::vector<AttributeEvent> attributes_;
    std::string normalised_;
};

PushParser::State::State(const Limits& given, ParserEvents& receiver) : limits(given), events(receiver) {
    initialize();
    context_.reset(xmlCreatePushParserCtxt(nullptr, nullptr, nullptr, 0, nullptr));
    if (!context_) throw std::bad_alloc();
    // NOENT makes attribute values come with their references replaced; it cannot reach anything, since no
    // entity can be declared.
    xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                          XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC |
                                          (limits.bytes > (10u << 20) ? XML_PARSE_HUGE : 0));
    context_->_private = this;
    xmlSAXHandler& sax = *context_->sax;
    const auto serror = sax.serror;
    std::memset(&sax, 0, sizeof sax);
    sax.initialized = XML_SAX2_MAGIC;
    sax.serror = serror;
    sax.startDocument = [](void* raw) {
        if (of(raw).tree_wanted) xmlSAX2StartDocument(raw);
    };
    sax.startElementNs = [](void* raw, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri,
                            int namespace_count, const xmlChar** namespaces, int attribute_count, int,
                            const xmlChar** attributes) {
        of(raw).on_start({local, prefix, uri, namespace_count, namespaces, attribute_count, attributes});
    };
    sax.endElementNs = [](void* raw, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri) {
        of(raw).on_end(local, prefix, uri);
    };
    sax.internalSubset = [](void* raw, const xmlChar*, const xmlChar*, const xmlChar*) {
        of(raw).stop(ErrorCode::refused, "a document type declaration (DTD) is not allowed");
    };
    sax.characters = [](void* raw, const xmlChar* text, int count) { of(raw).on_text(text, count); };
    // The same function twice spares libxml2 its guess at what white space can be ignored.
    sax.ignorableWhitespace = sax.characters;
    sax.cdataBlock = [](void* raw, const xmlChar* text, int count) { of(raw).on_cdata(text, count); };
    sax.comment = [](void* raw, const xmlChar* text) {
        State& self = of(raw);
        if (self.halted_) return;
        if (!self.limits.allow_comments_and_pis)
            return self.stop(ErrorCode::refused, "comments are not allowed");
        if (self.tree_wanted) xmlSAX2Comment(raw, text);
        self.events.comment();
    };
    sax.processingInstruction = [](void* raw, const xmlChar* target, const xmlChar* data) {
        State& self = of(raw);
        if (self.halted_) return;
        if (!self.limits.allow_comments_and_pis)
            return self.stop(ErrorCode::refused, "processing instructions are not allowed");
        if (self.tree_wanted) xmlSAX2ProcessingInstruction(raw, target, data);
        self.events.instruction();
    };
}

void PushParser::State::stop(ErrorCode code, std::string detail) {
    if (!error_)
        error_ = Error{code, "line " + std::to_string(context_->input->line) + ": " + std::move(detail)};
    halt();
}

bool PushParser::State::acceptable(const RawStartTag& tag) {
    // The first four bytes may have looked like another encoding.
    if (depth == 0 && context_->input->buf != nullptr && context_->input->buf->encoder != nullptr)
        return stop(ErrorCode::invalid, "the text is not UTF-8"), false;
    // XML 1.1 has other line ends and characters.
    if (depth == 0 && view(context_->version) != "1.0")
        return stop(ErrorCode::invalid, "the text is not XML 1.0"), false;
    if (++depth > limits.depth)
        return stop(ErrorCode::limit, "elements nest deeper than " + std::to_string(limits.depth)), false;
    if (++elements_ > limits.elements)
        return stop(ErrorCode::limit, "more than " + std::to_string(limits.elements) + " elements"), false;
    if (const char* what = exceeded(limits, tag))
        return stop(ErrorCode::limit, std::string("over the configured limit: ") + what), false;
    // A prefix without declaration and the like, which libxml2 does not count as fatal.
    if (context_->nsWellFormed == 0) {
        if (!error_) error_ = not_well_formed(context_.get());
        halt();
        return false;
    }
    return true;
}

void PushParser::State::on_start(const RawStartTag& tag) {
    if (halted_) return;
    in_end_ = false;
    if (!acceptable(tag)) return;
    if (tree_wanted) {
        xmlSAX2StartElementNs(context_.get(), tag.local, tag.prefix, tag.uri, tag.namespace_count,
                              tag.namespaces, tag.attribute_count, 0, tag.attributes);
        if (!tree) {
            tree = Document(context_->myDoc);
            context_->myDoc = nullptr;
        }
    }
    namespaces_.clear();
    for (int i = 0; i < tag.namespace_count; ++i)
        namespaces_.push_back(
            {text_or_empty(tag.namespaces[2 * i]), text_or_empty(tag.namespaces[2 * i + 1])});
    attributes_.clear();
    for (int i = 0; i < tag.attribute_count; ++i) {
        const xmlChar** const a = tag.attributes + 5 * i;
        attributes_.push_back({text_or_empty(a[0]),
                               text_or_empty(a[1]),
                               text_or_empty(a[2]),
                               {reinterpret_cast<const char*>(a[3]), static_cast<std::size_t>(a[4] - a[3])}});
    }
    events.start(
        {view(tag.local), text_or_empty(tag.prefix), text_or_empty(tag.uri), namespaces_, attributes_, &tag});
}

void PushParser::State::on_end(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri) {
    if (halted_) return;
    in_end_ = true;
    events.end();
    if (tree_wanted) xmlSAX2EndElementNs(context_.get(), local, prefix, uri);
    --depth;
}

void PushParser::State::on_text(const xmlChar* text, int count) {
    if (halted_) return;
    if (tree_wanted) xmlSAX2Characters(context_.get(), text, count);
    events.text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(count)}, false);
}

void PushParser::State::tell_cdata(const char* text, std::size_t count) {
    if (tree_wanted)
        xmlSAX2CDataBlock(context_.get(), reinterpret_cast<const xmlChar*>(text), static_cast<int>(count));
    events.text({text, count}, true);
}

// Of all texts only this one comes with its line ends as they were (XML 1.0 section 2.11), and in pieces. A
// line feed whose carriage return ended the piece before has been told already.
void PushParser::State::on_cdata(const xmlChar* text, int count) {
    if (halted_) return;
    const char* at = reinterpret_cast<const char*>(text);
    const char* const end = at + count;
    const bool after_return =
        text == cursor() && text > context_->input->base && text[-1] == '\r' && at < end && *at == '\n';
    if (!after_return && std::memchr(at, '\r', static_cast<std::size_t>(count)) == nullptr)
        return tell_cdata(at, static_cast<std::size_t>(count));
    normalised_.clear();
    for (at += after_return ? 1 : 0; at < end; ++at) {
        normalised_ += *at == '\r' ? '\n' : *at;
        if (*at == '\r' && at + 1 < end && at[1] == '\n') ++at;
    }
    tell_cdata(normalised_.data(), normalised_.size());
}

Result<void> PushParser::State::feed(const char* bytes, std::size_t count, bool last) {
    bytes_fed += count;
    if (!error_ && bytes_fed > limits.bytes)
        error_ =
            Error{ErrorCode::limit, "the message is longer than " + std::to_string(limits.bytes) + " bytes"};
    while (count > 0 && !error_ && !halted_) {
        const std::size_t piece = std::min(count, piece_bytes);
        xmlParseChunk(context_.get(), bytes, static_cast<int>(piece), 0);
        bytes += piece;
        count -= piece;
        if (!halted_ && context_->wellFormed == 0) error_ = not_well_formed(context_.get());
    }
    if (last && !error_ && !halted_) {
        xmlParseChunk(context_.get(), nullptr, 0, 1);
        if (context_->wellFormed == 0 || context_->nsWellFormed == 0)
            error_ = not_well_formed(context_.get());
    }
    if (error_) return *error_;
    return {};
}

PushParser::PushParser(const Limits& limits, ParserEvents& events)
    : state_(std::make_unique<State>(limits, events)) {}
PushParser::~PushParser() = default;

Result<void> PushParser::feed(std::string_view bytes) {
    return state_->feed(bytes.data(), bytes.size(), false);
}
Result<void> PushParser::finish() {
    return state_->feed(nullptr, 0, true);
}
void PushParser::stop(ErrorCode code, std::string detail) {
    state_->stop(code, std::move(detail));
}
void PushParser::halt() {
    state_->halt();
}
bool PushParser::halted() const {
    return state_->halted_;
}
int PushParser::line() const {
    return state_->line();
}
std::size_t PushParser::bytes_fed() const {
    return state_->bytes_fed;
}
unsigned PushParser::depth() const {
    return state_->depth;
}
std::size_t PushParser::tag_begin() const {
    return state_->offset(state_->opening());
}
std::size_t PushParser::tag_end() const {
    return state_->offset(state_->past_tag());
}
bool PushParser::within_end_tag() const {
    return state_->opening()[1] == '/';
}
const char* PushParser::name(std::string_view text) {
    return state_->name(text);
}
void PushParser::keep_tree(bool keep) {
    state_->tree_wanted = keep;
}
const Document& PushParser::tree() const {
    return state_->tree;
}

}  // namespace hutong::xml
