#include "base/xml/tag_reader.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <libxml/uri.h>

#include "base/xml/characters.hpp"
#include "base/xml/guard.hpp"

namespace hutong::xml {

namespace {

using Outcome = TagReader::Outcome;

constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_namespace = "http://www.w3.org/2000/xmlns/";
constexpr const char* no_namespace = "";
constexpr std::size_t max_reference = 64;
constexpr std::size_t max_zeros = 40;

bool is_plain(std::string_view text, std::string_view marks) {
    return std::ranges::all_of(text, [marks](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    });
}

// Nearly every namespace is named so, and needs no parser.
bool is_simple_uri(std::string_view uri) {
    if (uri.starts_with("urn:")) return is_plain(uri.substr(4), ":.-_");
    const std::size_t scheme = uri.starts_with("http://") ? 7 : uri.starts_with("https://") ? 8 : 0;
    if (scheme == 0) return false;
    if (uri.ends_with('#')) uri.remove_suffix(1);
    return is_plain(uri.substr(scheme), "/.-_");
}

// Namespaces in XML section 3: a URI reference.
bool is_uri(std::string_view uri) {
    if (uri.empty() || is_simple_uri(uri)) return true;
    xmlURIPtr const parsed = xmlParseURI(std::string(uri).c_str());
    if (parsed == nullptr) return false;
    xmlFreeURI(parsed);
    return true;
}

std::optional<char32_t> predefined(std::string_view entity) {
    if (entity == "lt") return '<';
    if (entity == "gt") return '>';
    if (entity == "amp") return '&';
    if (entity == "quot") return '"';
    if (entity == "apos") return '\'';
    return std::nullopt;
}

std::optional<unsigned> digit(char c, unsigned base) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    const char lower = static_cast<char>(c | 0x20);
    if (base == 16 && lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
    return std::nullopt;
}

std::optional<char32_t> numbered(std::string_view number) {
    const unsigned base = number.starts_with('x') ? 16 : 10;
    if (base == 16) number.remove_prefix(1);
    if (number.empty()) return std::nullopt;
    char32_t value = 0;
    for (const char c : number) {
        const auto more = digit(c, base);
        if (!more) return std::nullopt;
        value = value * base + *more;
        if (value > 0x10FFFF) return std::nullopt;
    }
    return is_character(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

Reference read_reference(const char* at, const char* end) {
    const std::string_view text(at, std::min(static_cast<std::size_t>(end - at), max_reference));
    const std::size_t semicolon = text.find(';');
    if (semicolon == std::string_view::npos) {
        Reference reference{Outcome::cut};
        if (text.size() == max_reference) reference.outcome = Outcome::failed;
        // Before a number any number of zeros may stand.
        const std::string_view number =
            text.substr(std::min<std::size_t>(text.size(), text.starts_with("&#x") ? 3 : 2));
        reference.too_long = text.starts_with("&#") && number.find_first_not_of('0') >= max_zeros;
        return reference;
    }
    const std::string_view named = text.substr(1, semicolon - 1);
    const auto character = named.starts_with('#') ? numbered(named.substr(1)) : predefined(named);
    if (!character) return {Outcome::failed};
    Reference reference{Outcome::complete, at + semicolon + 1};
    reference.size = encode(*character, reference.bytes);
    return reference;
}

Error Reference::fault() const {
    if (too_long)
        return {ErrorCode::limit,
                "over the limit: a reference of " + std::to_string(max_reference) + " bytes"};
    return invalid("'&' begins neither a character nor one of the five predefined entities");
}

TagReader::TagReader(const Limits& limits) : limits_(limits), names_(limits) {
    // What nearly every message fills, at once.
    constexpr std::size_t usual = 16;
    open_.reserve(usual);
    bound_.reserve(usual);
    declarations_.reserve(usual);
    namespaces_.reserve(usual);
    attributes_.reserve(usual);
    attribute_names_.reserve(usual);
}

Outcome TagReader::fail(Error problem) {
    problem_ = std::move(problem);
    return Outcome::failed;
}

// What is made up among the parser's events is little, so there is always room for it.
const char* TagReader::name(std::string_view text) {
    constexpr std::size_t made_up = 64;
    const Name* const kept = names_.keep(text, max_names + made_up);
    if (kept == nullptr) throw std::bad_alloc();
    return kept->text.data();
}

std::string& TagReader::next_normalised() {
    if (normalised_used_ == normalised_.size()) normalised_.emplace_back();
    std::string& next = normalised_[normalised_used_++];
    next.clear();
    return next;
}

// Section 3.3.3, of a value that is not as it stands: all attributes are CDATA, since nothing declares them.
template <char quote>
Outcome TagReader::normalise(const char* begin, const char* at, const char* end, std::string_view& value) {
    std::string& text = next_normalised();
    text.append(begin, at);
    while (at < end) {
        if (*at == quote) {
            past_ = at + 1;
            value = text;
            return Outcome::complete;
        }
        if (*at == '<') return fail("'<' in an attribute's value");
        if (*at == '&') {
            const Reference reference = read_reference(at, end);
            if (reference.outcome == Outcome::failed) return fail(reference.fault());
            if (reference.outcome == Outcome::cut) return Outcome::cut;
            text.append(reference.bytes, reference.size);
            at = reference.past;
        } else if (is_space(*at)) {
            // A line end is one space, of whatever kind it is (section 2.11).
            if (*at == '\r' && at + 1 == end) return Outcome::cut;
            at += *at == '\r' && at[1] == '\n' ? 2 : 1;
            text += ' ';
        } else {
            const CodePoint point = decode(at, end);
            if (point.cut) return Outcome::cut;
            return fail("a character that XML does not allow, or bytes that are not UTF-8");
        }
        const char* const next = past_plain<quote, '<', '&', '\t', '\n'>(at, end);
        text.append(at, next);
        at = next;
    }
    return Outcome::cut;
}

template <char quote>
Outcome TagReader::value(const char* at, const char* end, std::string_view& value) {
    const char* const stop = past_plain<quote, '<', '&', '\t', '\n'>(at, end);
    if (stop == end) return Outcome::cut;
    if (*stop != quote) return normalise<quote>(at, stop, end, value);
    value = {at, static_cast<std::size_t>(stop - at)};
    past_ = stop + 1;
    return Outcome::complete;
}

// At its name, which is there.
Outcome TagReader::attribute(const char* at, const char* end) {
    const std::size_t size = name_size(at, end);
    if (at + size == end) return Outcome::cut;
    const QualifiedName* const name = names_.qualified("attribute", at, size, end);
    if (name == nullptr) return fail(names_.problem());
    if (attributes_.size() + declarations_.size() == limits_.attributes)
        return fail(Error{ErrorCode::limit, too_many_attributes});
    at += size;
    if (*at != '=') at = past_space(at, end);
    if (at == end) return Outcome::cut;
    if (*at != '=') return fail("'=' is missing behind an attribute's name");
    at = past_space(at + 1, end);
    if (at == end) return Outcome::cut;
    std::string_view value;
    const Outcome read = *at == '"'    ? this->value<'"'>(at + 1, end, value)
                         : *at == '\'' ? this->value<'\''>(at + 1, end, value)
                                       : fail("an attribute's value is not in quotation marks");
    if (read != Outcome::complete) return read;
    if (value.size() > limits_.attribute_bytes)
        return fail(Error{ErrorCode::limit,
                          std::string("over the configured limit: ") +
                              (name->declares != nullptr ? "namespace URI" : "attribute value") + " length"});
    if (name->declares != nullptr) {
        declarations_.push_back({name->declares, value});
    } else {
        AttributeEvent& event = attributes_.emplace_back();
        event.local = name->local;
        event.prefix = name->prefix->text;
        event.value = value;
        attribute_names_.push_back(name);
    }
    return Outcome::complete;
}

Outcome TagReader::open(const char* at, const char* end) {
    const char* const begin = ++at;
    const std::size_t size = name_size(begin, end);
    if (begin + size == end) return Outcome::cut;
    const QualifiedName* const name = names_.qualified("element", begin, size, end);
    if (name == nullptr) return fail(names_.problem());
    declarations_.clear();
    namespaces_.clear();
    attributes_.clear();
    attribute_names_.clear();
    normalised_used_ = 0;
    for (at += size;;) {
        const char* const before = at;
        if (*at != '>') at = past_space(at, end);
        if (at == end) return Outcome::cut;
        if (*at == '>') {
            empty_ = false;
            past_ = at + 1;
            break;
        }
        if (*at == '/') {
            if (at + 1 == end) return Outcome::cut;
            if (at[1] != '>') return fail("'/' in a start tag");
            empty_ = true;
            past_ = at + 2;
            break;
        }
        if (at == before) return fail("a start tag has something that is no attribute");
        if (const Outcome read = attribute(at, end); read != Outcome::complete) return read;
        at = past_;
        if (at == end) return Outcome::cut;
    }
    open_.push_back({name, bound_.size()});
    if (!declarations_.empty())
        if (const Outcome bound = bind(); bound != Outcome::complete) return bound;
    if (name->prefix->uri == nullptr)
        return fail(invalid("the prefix \"" + std::string(name->prefix->text) + "\" is not declared"));
    if (!attributes_.empty())
        if (const Outcome placed = place_attributes(); placed != Outcome::complete) return placed;
    // One by one: a whole StartTag would be put together on the stack first, and be read from there too soon.
    tag_.local = name->local;
    tag_.prefix = name->prefix->text;
    tag_.ns = name->prefix->uri;
    tag_.namespaces = namespaces_;
    tag_.attributes = attributes_;
    tag_.depth = depth();
    return Outcome::complete;
}

Outcome TagReader::bind() {
    for (std::size_t i = 0; i < declarations_.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            if (declarations_[j].prefix == declarations_[i].prefix)
                return fail("a prefix is declared twice in one tag");
        if (const Outcome declared = declare(declarations_[i]); declared != Outcome::complete)
            return declared;
    }
    return Outcome::complete;
}

// Namespaces in XML section 3, with its constraints for xml and xmlns.
Outcome TagReader::declare(const Declaration& declaration) {
    Prefix& prefix = *declaration.prefix;
    const std::string_view uri = declaration.uri;
    if (prefix.text == "xml") {
        if (uri == xml_namespace) return Outcome::complete;  // as it is
        return fail("the prefix \"xml\" is bound to its own namespace only");
    }
    if (prefix.text == "xmlns" || uri == xmlns_namespace || uri == xml_namespace)
        return fail("a prefix or namespace that is kept for XML itself is declared");
    if (uri.empty() && !prefix.text.empty()) return fail("a prefix is declared to be in no namespace");
    Name* const name = names_.keep(uri);
    if (name == nullptr) return fail(names_exceeded());
    if (!name->good_uri && !(name->good_uri = is_uri(uri)))
        return fail(invalid("the namespace name \"" + std::string(uri.substr(0, 200)) + "\" is no URI"));
    bound_.push_back({&prefix, prefix.uri});
    prefix.uri = name->text.data();
    namespaces_.push_back({prefix.text.data(), prefix.uri});
    return Outcome::complete;
}

// Names and namespaces are one object each, so their addresses tell; no prefix is bound to no namespace.
// There are few attributes in a tag.
bool TagReader::repeated(std::size_t attribute) const {
    for (std::size_t i = 0; i < attribute; ++i)
        if (attributes_[i].local.data() == attributes_[attribute].local.data() &&
            attributes_[i].ns == attributes_[attribute].ns)
            return true;
    return false;
}

Outcome TagReader::place_attributes() {
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
        const Prefix& prefix = *attribute_names_[i]->prefix;
        // The default namespace is not for attributes (section 6.2).
        if (!prefix.text.empty()) {
            if (prefix.uri == nullptr)
                return fail(invalid("the prefix \"" + std::string(prefix.text) + "\" is not declared"));
            attributes_[i].ns = prefix.uri;
        } else {
            attributes_[i].ns = no_namespace;
        }
        if (repeated(i)) return fail("an attribute stands twice in one tag");
    }
    return Outcome::complete;
}

Outcome TagReader::close(const char* at, const char* end) {
    at += 2;
    if (open_.empty()) return fail("an end tag without a start tag");
    const std::string_view name = open_.back().name->text;
    const auto left = static_cast<std::size_t>(end - at);
    if (left > name.size() && std::memcmp(at, name.data(), name.size()) == 0) {
        at += name.size();
        if (*at != '>') at = past_space(at, end);
        if (at == end) return Outcome::cut;
        past_ = at + 1;
        if (*at == '>') return Outcome::complete;
    } else if (left <= name.size() && std::memchr(at, '>', left) == nullptr) {
        return Outcome::cut;
    }
    return fail(invalid("the end tag of \"" + std::string(name) + "\" has another name"));
}

void TagReader::leave() {
    const Open left = open_.back();
    open_.pop_back();
    for (; bound_.size() > left.bound; bound_.pop_back()) bound_.back().prefix->uri = bound_.back().before;
}

}  // namespace hutong::xml
