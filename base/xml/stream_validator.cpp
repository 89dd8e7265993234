#include "base/xml/stream_validator.hpp"

#include <algorithm>
#include <cstring>

#include <libxml/xmlschemas.h>

#include "base/xml/guard.hpp"
#include "base/xml/schema_error.hpp"

namespace hutong::xml {

namespace {

const xmlChar* chars_of(const char* text) {
    return reinterpret_cast<const xmlChar*>(text);
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
        const Name name = open_.back();
        open_.pop_back();
        if (!failed()) sax_->endElementNs(data_, name.local, name.prefix, name.uri);
    }
    void text(std::string_view text, bool cdata) {
        if (failed()) return;
        (cdata ? sax_->cdataBlock : sax_->characters)(data_, chars_of(text.data()),
                                                      static_cast<int>(text.size()));
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
    // The declarations of the element's own tag, and above it those in scope.
    const xmlChar** with_scope(const RawStartTag& raw, int& count);
    const xmlChar** with_ampersands(const RawStartTag& raw);

    const PushParser& parser_;
    std::vector<std::pair<std::string, std::string>> in_scope_;
    FirstError first_;
    std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxt*)> context_{nullptr,
                                                                                xmlSchemaFreeValidCtxt};
    xmlSAXHandlerPtr sax_{nullptr};
    void* data_{nullptr};
    xmlSchemaSAXPlugPtr plug_{nullptr};
    std::vector<Name> open_;
    std::vector<const xmlChar*> declarations_;
    std::vector<const xmlChar*> attributes_;
    std::vector<std::string> values_;
};

const xmlChar** StreamValidator::State::with_scope(const RawStartTag& raw, int& count) {
    declarations_.assign(raw.namespaces, raw.namespaces + 2 * raw.namespace_count);
    for (const auto& [prefix, uri] : in_scope_) {
        bool hidden = false;
        for (int i = 0; i < raw.namespace_count; ++i)
            hidden = hidden || prefix == (raw.namespaces[2 * i] == nullptr
                                              ? ""
                                              : reinterpret_cast<const char*>(raw.namespaces[2 * i]));
        if (hidden) continue;
        declarations_.push_back(prefix.empty() ? nullptr : chars_of(prefix.c_str()));
        declarations_.push_back(chars_of(uri.c_str()));
    }
    count = static_cast<int>(declarations_.size() / 2);
    return declarations_.data();
}

// The plug takes "&#38;" for "&", which is how libxml2 delivers it to others than us.
const xmlChar** StreamValidator::State::with_ampersands(const RawStartTag& raw) {
    const auto has_one = [&](int i) {
        const xmlChar** const a = raw.attributes + 5 * i;
        return std::memchr(a[3], '&', static_cast<std::size_t>(a[4] - a[3])) != nullptr;
    };
    int count = 0;
    for (int i = 0; i < raw.attribute_count; ++i) count += has_one(i) ? 1 : 0;
    if (count == 0) return raw.attributes;
    attributes_.assign(raw.attributes, raw.attributes + 5 * raw.attribute_count);
    values_.clear();
    values_.reserve(static_cast<std::size_t>(count));  // their addresses are handed out
    for (int i = 0; i < raw.attribute_count; ++i) {
        if (!has_one(i)) continue;
        std::string& value = values_.emplace_back();
        for (const xmlChar* at = raw.attributes[5 * i + 3]; at < raw.attributes[5 * i + 4]; ++at)
            *at == '&' ? value.append("&#38;") : value.append(1, static_cast<char>(*at));
        attributes_[static_cast<std::size_t>(5 * i + 3)] = chars_of(value.data());
        attributes_[static_cast<std::size_t>(5 * i + 4)] = chars_of(value.data() + value.size());
    }
    return attributes_.data();
}

void StreamValidator::State::start(const StartTag& tag) {
    const auto& raw = *static_cast<const RawStartTag*>(tag.raw);
    int namespace_count = raw.namespace_count;
    const xmlChar** namespaces = open_.empty() ? with_scope(raw, namespace_count) : raw.namespaces;
    open_.push_back({raw.local, raw.prefix, raw.uri});
    if (failed()) return;
    sax_->startElementNs(data_, raw.local, raw.prefix, raw.uri, namespace_count, namespaces,
                         raw.attribute_count, 0, with_ampersands(raw));
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
