#include "base/xml/push_parser.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/xml/guard.hpp"
#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

// What libxml2 is given at once: it copies every piece into its own buffer, which stays this small.
constexpr std::size_t piece_bytes = 8u << 10;

const char* text_or_empty(const xmlChar* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

// How many of these end the text, at most two.
std::size_t closing_brackets(std::string_view text) {
    if (!text.ends_with(']')) return 0;
    return text.ends_with("]]") ? 2 : 1;
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

    Result<void> feed(std::string_view bytes);
    Result<void> finish();
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

    bool halted() const { return halted_; }
    std::size_t bytes_fed() const { return bytes_fed_; }
    void grow_tree() { tree_wanted_ = true; }
    Document cut_tree() {
        tree_wanted_ = false;
        return Document(std::exchange(context_->myDoc, nullptr));
    }

  private:
    static State& of(void* raw) { return *static_cast<State*>(static_cast<xmlParserCtxtPtr>(raw)->_private); }
    void parse(std::string_view bytes, bool last);
    void watch_open_tag();
    void on_start(const RawStartTag& tag);
    void on_end(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri);
    void on_text(const xmlChar* text, int count);
    void on_cdata(const xmlChar* text, int count);
    void tell_cdata(const char* text, std::size_t count);
    std::optional<Error> problem(const StartTag& tag) const;
    // A name or a prefix of libxml2's dictionary, which keeps each in one place: few are measured twice.
    std::string_view name_view(const xmlChar* name) {
        if (name == nullptr) return "";
        const auto where = reinterpret_cast<std::uintptr_t>(name);
        std::string_view& known = names_[(where ^ where >> 5) % names_.size()];
        const auto* const text = reinterpret_cast<const char*>(name);
        if (known.data() != text) known = text;
        return known;
    }
    bool small(std::span<const AttributeEvent> attributes) const {
        return std::ranges::all_of(attributes, [this](const AttributeEvent& a) {
            return a.local.size() + a.prefix.size() < limits_.name_bytes &&
                   a.value.size() <= limits_.attribute_bytes;
        });
    }
    std::span<const NamespaceEvent> namespaces_of(const RawStartTag& raw);
    std::span<const AttributeEvent> attributes_of(const RawStartTag& raw);

    std::unique_ptr<xmlParserCtxt, ContextDeleter> context_;
    const Limits& limits_;
    ParserEvents& events_;
    std::optional<Error> error_;
    bool halted_{false};
    bool in_end_{false};
    bool tree_wanted_{false};
    unsigned depth_{0};
    std::size_t elements_{0};
    std::size_t bytes_fed_{0};
    std::vector<NamespaceEvent> namespaces_;
    std::vector<AttributeEvent> attributes_;
    std::array<std::string_view, 64> names_;
    std::string normalised_;
    std::string held_;  // "]" or "]]" at the end of what was fed

    // Of the tag that libxml2 waits for the end of.
    std::size_t open_tag_{0};  // where it begins
    std::size_t counted_{0};   // bytes
    AttributeCount attributes_begun_;
};

PushParser::State::State(const Limits& limits, ParserEvents& events) : limits_(limits), events_(events) {
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
        if (of(raw).tree_wanted_) xmlSAX2StartDocument(raw);
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
        if (!self.limits_.allow_comments_and_pis)
            return self.stop(ErrorCode::refused, "comments are not allowed");
        if (self.tree_wanted_) xmlSAX2Comment(raw, text);
        self.events_.comment();
    };
    sax.processingInstruction = [](void* raw, const xmlChar* target, const xmlChar* data) {
        State& self = of(raw);
        if (self.halted_) return;
        if (!self.limits_.allow_comments_and_pis)
            return self.stop(ErrorCode::refused, "processing instructions are not allowed");
        if (self.tree_wanted_) xmlSAX2ProcessingInstruction(raw, target, data);
        self.events_.instruction();
    };
}

void PushParser::State::stop(ErrorCode code, std::string detail) {
    if (!error_)
        error_ = Error{code, "line " + std::to_string(context_->input->line) + ": " + std::move(detail)};
    halt();
}

// What is wrong with this start tag, if anything is: whether the text is one that we read at all, then
// libxml2's own complaint (a prefix without declaration and the like, which it does not count as fatal), then
// the limits.
std::optional<Error> PushParser::State::problem(const StartTag& tag) const {
    const auto at_line = [&](ErrorCode code, const std::string& detail) {
        return Error{code, "line " + std::to_string(context_->input->line) + ": " + detail};
    };
    if (tag.depth == 1) {
        // The first four bytes may have looked like another encoding.
        if (context_->input->buf != nullptr && context_->input->buf->encoder != nullptr)
            return at_line(ErrorCode::invalid, "the text is not UTF-8");
        // XML 1.1 has other line ends and characters.
        if (view(context_->version) != "1.0") return at_line(ErrorCode::invalid, "the text is not XML 1.0");
    }
    if (tag.depth > limits_.depth)
        return at_line(ErrorCode::limit, "elements nest deeper than " + std::to_string(limits_.depth));
    if (elements_ > limits_.elements)
        return at_line(ErrorCode::limit, "more than " + std::to_string(limits_.elements) + " elements");
    if (const char* const what = exceeded(limits_, tag))
        return at_line(ErrorCode::limit, std::string("over the configured limit: ") + what);
    if (context_->nsWellFormed == 0) return not_well_formed(context_.get());
    return std::nullopt;
}

// The tag as it is told; its names are measured once, here.
void PushParser::State::on_start(const RawStartTag& raw) {
    if (halted_) return;
    in_end_ = false;
    ++depth_;
    ++elements_;
    if (static_cast<unsigned>(raw.attribute_count + raw.namespace_count) > limits_.attributes)
        return stop(ErrorCode::limit, too_many_attributes);
    if (too_many_names(context_.get())) return stop(ErrorCode::limit, names_exceeded().detail);
    const StartTag tag{name_view(raw.local),
                       name_view(raw.prefix),
                       text_or_empty(raw.uri),
                       namespaces_of(raw),
                       attributes_of(raw),
                       depth_,
                       &raw};
    // Nearly all tags have nothing that could be over a limit, and are not asked one by one.
    const bool plain = raw.namespace_count == 0 && small(tag.attributes) && depth_ > 1 &&
                       tag.local.size() + tag.prefix.size() < limits_.name_bytes && depth_ <= limits_.depth &&
                       elements_ <= limits_.elements && context_->nsWellFormed != 0;
    if (!plain) {
        if (auto found = problem(tag)) {
            if (!error_) error_ = std::move(found);
            return halt();
        }
    }
    if (tree_wanted_)
        xmlSAX2StartElementNs(context_.get(), raw.local, raw.prefix, raw.uri, raw.namespace_count,
                              raw.namespaces, raw.attribute_count, 0, raw.attributes);
    events_.start(tag);
}

std::span<const NamespaceEvent> PushParser::State::namespaces_of(const RawStartTag& raw) {
    if (raw.namespace_count == 0) return {};
    namespaces_.clear();
    for (int i = 0; i < raw.namespace_count; ++i)
        namespaces_.push_back(
            {text_or_empty(raw.namespaces[2 * i]), text_or_empty(raw.namespaces[2 * i + 1])});
    return namespaces_;
}

std::span<const AttributeEvent> PushParser::State::attributes_of(const RawStartTag& raw) {
    if (raw.attribute_count == 0) return {};
    attributes_.clear();
    for (int i = 0; i < raw.attribute_count; ++i) {
        const xmlChar** const a = raw.attributes + 5 * i;
        attributes_.push_back({name_view(a[0]),
                               name_view(a[1]),
                               text_or_empty(a[2]),
                               {reinterpret_cast<const char*>(a[3]), static_cast<std::size_t>(a[4] - a[3])}});
    }
    return attributes_;
}

void PushParser::State::on_end(const xmlChar* local, const xmlChar* prefix, const xmlChar* uri) {
    if (halted_) return;
    in_end_ = true;
    events_.end(depth_);
    if (tree_wanted_) xmlSAX2EndElementNs(context_.get(), local, prefix, uri);
    --depth_;
}

void PushParser::State::on_text(const xmlChar* text, int count) {
    if (halted_) return;
    if (tree_wanted_) xmlSAX2Characters(context_.get(), text, count);
    events_.text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(count)}, false);
}

void PushParser::State::tell_cdata(const char* text, std::size_t count) {
    if (tree_wanted_)
        xmlSAX2CDataBlock(context_.get(), reinterpret_cast<const xmlChar*>(text), static_cast<int>(count));
    events_.text({text, count}, true);
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

void PushParser::State::parse(std::string_view bytes, bool last) {
    xmlParseChunk(context_.get(), bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0);
    if (!halted_ && !error_ && (context_->wellFormed == 0 || (last && context_->nsWellFormed == 0)))
        error_ = not_well_formed(context_.get());
    if (!halted_ && !error_) watch_open_tag();
}

void PushParser::State::watch_open_tag() {
    if (context_->instate != XML_PARSER_START_TAG) return;
    const xmlParserInput& input = *context_->input;
    const std::string_view tag(reinterpret_cast<const char*>(input.cur),
                               static_cast<std::size_t>(input.end - input.cur));
    if (offset(input.cur) != open_tag_) {
        open_tag_ = offset(input.cur);
        counted_ = 0;
        attributes_begun_ = {};
    }
    attributes_begun_.read(tag.substr(std::min(counted_, tag.size())));
    counted_ = tag.size();
    if (attributes_begun_.count() > limits_.attributes) stop(ErrorCode::limit, too_many_attributes);
}

// Where libxml2's buffer ends within "]]>" in text, it does not see that this is not allowed there. So no
// piece ends so.
Result<void> PushParser::State::feed(std::string_view bytes) {
    bytes_fed_ += bytes.size();
    if (!error_ && bytes_fed_ > limits_.bytes)
        error_ =
            Error{ErrorCode::limit, "the message is longer than " + std::to_string(limits_.bytes) + " bytes"};
    std::string joined;
    if (!held_.empty()) bytes = joined = std::exchange(held_, {}).append(bytes);
    while (!bytes.empty() && !error_ && !halted_) {
        std::string_view piece = bytes.substr(0, piece_bytes);
        bytes.remove_prefix(piece.size());
        const std::size_t brackets = closing_brackets(piece);
        if (bytes.empty())
            held_ = piece.substr(piece.size() - brackets);
        else
            bytes = {bytes.data() - brackets, bytes.size() + brackets};
        piece.remove_suffix(brackets);
        if (!piece.empty()) parse(piece, false);
    }
    if (error_) return *error_;
    return {};
}

Result<void> PushParser::State::finish() {
    if (!error_ && !halted_) parse(held_, true);
    if (error_) return *error_;
    return {};
}

PushParser::PushParser(const Limits& limits, ParserEvents& events)
    : state_(std::make_unique<State>(limits, events)) {}
PushParser::~PushParser() = default;

Result<void> PushParser::feed(std::string_view bytes) {
    return state_->feed(bytes);
}
Result<void> PushParser::finish() {
    return state_->finish();
}
void PushParser::stop(ErrorCode code, std::string detail) {
    state_->stop(code, std::move(detail));
}
void PushParser::halt() {
    state_->halt();
}
bool PushParser::halted() const {
    return state_->halted();
}
int PushParser::line() const {
    return state_->line();
}
std::size_t PushParser::bytes_fed() const {
    return state_->bytes_fed();
}
std::size_t PushParser::tag_begin() const {
    return state_->offset(state_->opening());
}
std::size_t PushParser::tag_end() const {
    return state_->offset(state_->past_tag());
}
void PushParser::grow_tree() {
    state_->grow_tree();
}
Document PushParser::cut_tree() {
    return state_->cut_tree();
}
const char* PushParser::name(std::string_view text) {
    return state_->name(text);
}

}  // namespace hutong::xml
