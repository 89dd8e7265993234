#include "base/xml/stream_validator.hpp"

#include <algorithm>
#include <cstring>

#include <libxml/xmlschemas.h>

#include "base/xml/schema_error.hpp"

namespace hutong::xml {

namespace {

const xmlChar* chars_of(const char* text) {
    return reinterpret_cast<const xmlChar*>(text);
}

const xmlChar* chars_or_null(const char* text) {
    return *text == '\0' ? nullptr : chars_of(text);
}

}  // namespace

class StreamValidator::State {
  public:
    State(const SchemaSet& schemas, const PushParser& parser,
          std::vector<std::pair<std::string, std::string>> in_scope)
        : parser_(parser),
          in_scope_(std::move(in_scope)),
          context_(xmlSchemaNewValidCtxt(schemas.raw()), xmlSchemaFreeValidCtxt) {
        if (!context_) throw std::bad_alloc();
        xmlSchemaSetValidStructuredErrors(context_.get(), FirstError::take, &first_);
        xmlSchemaValidateSetLocator(
            context_.get(),
            [](void* self, const char** file, unsigned long* line) {
                *file = nullptr;
                *line = static_cast<unsigned long>(static_cast<State*>(self)->parser_.line());
                return 0;
            },
            this);
        plug_ = xmlSchemaSAXPlug(context_.get(), &sax_, &data_);
        if (plug_ == nullptr) throw std::bad_alloc();
    }
    ~State() { xmlSchemaSAXUnplug(plug_); }

    bool failed() const { return !first_.text.empty(); }
    void start(const StartTag& tag);
    void end() {
        hand_over_text();
        const Name name = open_.back();
        open_.pop_back();
        if (!failed()) sax_->endElementNs(data_, name.local, name.prefix, name.uri);
    }
    void text(std::string_view text, bool cdata) {
        if (failed()) return;
        text_ += text;
        has_text_ = true;
        has_cdata_ = has_cdata_ || cdata;
    }
    Result<void> result() const {
        if (failed()) return invalid(first_.text);
        if (xmlSchemaIsValid(context_.get()) != 1) return invalid("does not fit the schema");
        return {};
    }

  private:
    struct Name {
        const xmlChar* local;
        const xmlChar* prefix;
        const xmlChar* uri;
    };
    void hand_over_text();
    void note_namespaces(const StartTag& tag);
    void note_attributes(const StartTag& tag);

    const PushParser& parser_;
    std::vector<std::pair<std::string, std::string>> in_scope_;
    FirstError first_;
    std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxt*)> context_{nullptr,
                                                                                xmlSchemaFreeValidCtxt};
    xmlSAXHandlerPtr sax_{nullptr};
    void* data_{nullptr};
    xmlSchemaSAXPlugPtr plug_{nullptr};
    std::vector<Name> open_;
    std::string text_;  // since the last tag
    bool has_text_{false};
    bool has_cdata_{false};  // some of it stood in a CDATA section
    std::vector<const xmlChar*> declarations_;
    std::vector<const xmlChar*> attributes_;
    std::vector<std::string> values_;
};

// At once: libxml2 measures and moves what it has with every piece, and one run may come in as many as it has
// bytes. Where elements alone may stand it allows white space, but not in a CDATA section; else both are one
// text.
void StreamValidator::State::hand_over_text() {
    constexpr std::size_t kept = 64u << 10;
    if (has_text_ && !failed())
        (has_cdata_ ? sax_->cdataBlock : sax_->characters)(data_, chars_of(text_.data()),
                                                           static_cast<int>(text_.size()));
    has_text_ = has_cdata_ = false;
    text_.clear();
    if (text_.capacity() > kept) text_.shrink_to_fit();
}

// The declarations of the tag; of the element's own also those in scope above it.
void StreamValidator::State::note_namespaces(const StartTag& tag) {
    declarations_.clear();
    for (const NamespaceEvent& ns : tag.namespaces) {
        declarations_.push_back(chars_or_null(ns.prefix));
        declarations_.push_back(chars_of(ns.uri));
    }
    if (open_.size() > 1) return;
    for (const auto& above : in_scope_) {
        const bool hidden = std::ranges::any_of(
            tag.namespaces, [&](const NamespaceEvent& ns) { return above.first == ns.prefix; });
        if (hidden) continue;
        declarations_.push_back(chars_or_null(above.first.c_str()));
        declarations_.push_back(chars_of(above.second.c_str()));
    }
}

// The plug takes "&#38;" for "&": so libxml2's parser delivers it, where nobody asks it to replace
// references.
void StreamValidator::State::note_attributes(const StartTag& tag) {
    attributes_.clear();
    values_.clear();
    values_.reserve(tag.attributes.size());  // their addresses are handed out
    for (const AttributeEvent& attribute : tag.attributes) {
        std::string_view value = attribute.value;
        if (value.find('&') != std::string_view::npos) {
            std::string& escaped = values_.emplace_back();
            for (const char c : value) c == '&' ? escaped.append("&#38;") : escaped.append(1, c);
            value = escaped;
        }
        attributes_.insert(
            attributes_.end(),
            {chars_of(attribute.local.data()), chars_or_null(attribute.prefix.data()),
             chars_or_null(attribute.ns), chars_of(value.data()), chars_of(value.data() + value.size())});
    }
}

void StreamValidator::State::start(const StartTag& tag) {
    hand_over_text();
    const Name name{chars_of(tag.local.data()), chars_or_null(tag.prefix.data()), chars_or_null(tag.ns)};
    open_.push_back(name);
    if (failed()) return;
    note_namespaces(tag);
    note_attributes(tag);
    sax_->startElementNs(data_, name.local, name.prefix, name.uri, static_cast<int>(declarations_.size() / 2),
                         declarations_.data(), static_cast<int>(tag.attributes.size()), 0,
                         attributes_.data());
}

StreamValidator::StreamValidator(const SchemaSet& schemas, const PushParser& parser,
                                 std::vector<std::pair<std::string, std::string>> in_scope)
    : state_(std::make_unique<State>(schemas, parser, std::move(in_scope))) {}
StreamValidator::~StreamValidator() = default;

void StreamValidator::start(const StartTag& tag) {
    state_->start(tag);
}
void StreamValidator::end() {
    state_->end();
}
void StreamValidator::text(std::string_view text, bool cdata) {
    state_->text(text, cdata);
}
Result<void> StreamValidator::result() const {
    return state_->result();
}

}  // namespace hutong::xml
