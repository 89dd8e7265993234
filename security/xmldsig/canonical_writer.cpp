#include "security/xmldsig/canonical_writer.hpp"

#include <algorithm>
#include <cstring>

#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

bool same(const char* a, const char* b) {
    return a == b || (*a == *b && std::strcmp(a, b) == 0);
}

// Overlapping words instead of a loop; only up to 16 octets.
[[gnu::always_inline]] inline void copy(char* to, const char* from, std::size_t count) {
    if (count > 16) {
        std::memcpy(to, from, count);
    } else if (count >= 8) {
        std::memcpy(to, from, 8);
        std::memcpy(to + count - 8, from + count - 8, 8);
    } else if (count >= 4) {
        std::memcpy(to, from, 4);
        std::memcpy(to + count - 4, from + count - 4, 4);
    } else if (count > 0) {
        to[0] = from[0];
        to[count / 2] = from[count / 2];
        to[count - 1] = from[count - 1];
    }
}

bool is_xml(const char* prefix) {
    return prefix[0] == 'x' && std::strcmp(prefix, "xml") == 0;
}

constexpr std::array<bool, 256> table_of(std::string_view characters) {
    std::array<bool, 256> table{};
    for (const char c : characters) table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto special_in_text = table_of("&<>\r");
constexpr auto special_in_attribute = table_of("&<\"\t\n\r");

using Block = unsigned char __attribute__((vector_size(16)));
using Halves = unsigned long long __attribute__((vector_size(16)));

bool holds_special(const char* at) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    const auto found = (block == '&') | (block == '<') | (block == '>') | (block == '\r');
    const auto halves = reinterpret_cast<Halves>(found);
    return (halves[0] | halves[1]) != 0;
}

// The first character that text has to escape, or `end`: 16 at a time, since most text has none.
const char* find_special(const char* at, const char* end) {
    while (end - at >= static_cast<std::ptrdiff_t>(sizeof(Block)) && !holds_special(at)) at += sizeof(Block);
    while (at < end && !special_in_text[static_cast<unsigned char>(*at)]) ++at;
    return at;
}

std::string_view escaped(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\t':
            return "&#x9;";
        case '\n':
            return "&#xA;";
        default:
            return "&#xD;";
    }
}

// Those without namespace first, then by namespace URI, then by local name.
bool canonical_order(const xml::AttributeEvent* a, const xml::AttributeEvent* b) {
    if (a->ns != b->ns)
        if (const int order = std::strcmp(a->ns, b->ns); order != 0) return order < 0;
    return a->local < b->local;
}

}  // namespace

CanonicalWriter::CanonicalWriter(C14nMethod method, Ancestry ancestry, OctetSink& sink)
    : method_(std::move(method)),
      form_(method_.algorithm->exclusive              ? Form::exclusive
            : method_.algorithm->uri == names::c14n11 ? Form::inclusive11
                                                      : Form::inclusive10),
      ancestry_(std::move(ancestry)),
      sink_(sink) {
    frames_.reserve(16);
    rendered_.reserve(8);
    if (!method_.inclusive.empty()) declared_ = ancestry_.namespaces;
}

void CanonicalWriter::flush() {
    if (used_ > 0) sink_.write({buffer_.data(), used_});
    used_ = 0;
}

void CanonicalWriter::put_long(std::string_view octets) {
    flush();
    if (octets.size() > buffer_.size() / 2) return sink_.write(octets);
    std::memcpy(buffer_.data(), octets.data(), octets.size());
    used_ = octets.size();
}

// Most of what is put is a few octets, for which a call would take longer than the copy.
[[gnu::always_inline]] inline void CanonicalWriter::put(std::string_view octets) {
    const std::size_t count = octets.size();
    if (count > buffer_.size() - used_) return put_long(octets);
    copy(buffer_.data() + used_, octets.data(), count);
    used_ += count;
}

[[gnu::always_inline]] inline void CanonicalWriter::put(char octet) {
    if (used_ == buffer_.size()) flush();
    buffer_[used_++] = octet;
}

CanonicalWriter::QName* CanonicalWriter::learn(QName& name, std::string_view prefix, std::string_view local) {
    const std::size_t colon = prefix.empty() ? 0 : 1;
    if (prefix.size() + colon + local.size() > name.text.size()) return nullptr;
    name = {prefix.data(), local.data(), prefix.size() + colon + local.size(), {}};
    char* const at = name.text.data();
    std::memcpy(at, prefix.data(), prefix.size());
    if (colon > 0) at[prefix.size()] = ':';
    std::memcpy(at + prefix.size() + colon, local.data(), local.size());
    return &name;
}

// "<", "</" or " ", and the name that follows. Messages have few names and use them over and over: one that
// was put before is copied in one step of fixed length, whatever is too much being overwritten by what comes
// next.
[[gnu::always_inline]] inline void CanonicalWriter::put_name(std::string_view open, std::string_view prefix,
                                                             std::string_view local) {
    const auto where = reinterpret_cast<std::uintptr_t>(local.data());
    QName* name = &names_[(where ^ where >> 5) % names_.size()];
    if (name->local != local.data() || name->prefix != prefix.data()) name = learn(*name, prefix, local);
    put(open);
    if (name == nullptr) {
        put(prefix);
        if (!prefix.empty()) put(':');
        return put(local);
    }
    if (name->text.size() > buffer_.size() - used_) flush();
    std::memcpy(buffer_.data() + used_, name->text.data(), name->text.size());
    used_ += name->size;
}

// Notes a binding that the output has to show, unless the nearest one it shows says the same.
void CanonicalWriter::render(const char* prefix, const char* uri) {
    if (is_xml(prefix)) return;
    for (std::size_t i = rendered_.size(); i-- > 0;) {
        if (!same(rendered_[i].prefix, prefix)) continue;
        if (!same(rendered_[i].uri, uri)) rendered_.push_back({prefix, uri});
        return;
    }
    if (*uri != '\0') rendered_.push_back({prefix, uri});
}

// Exclusive C14N section 3: what the tag itself uses.
void CanonicalWriter::utilise(const xml::StartTag& tag) {
    render(tag.prefix.data(), tag.ns);
    for (const xml::AttributeEvent& attribute : tag.attributes)
        if (!attribute.prefix.empty()) render(attribute.prefix.data(), attribute.ns);
}

// … and what the PrefixList names, as in inclusive canonicalisation.
void CanonicalWriter::render_listed() {
    for (const std::string& listed : method_.inclusive) {
        const std::string_view prefix = listed == "#default" ? std::string_view() : listed;
        const auto found = std::find_if(declared_.rbegin(), declared_.rend(),
                                        [&](const auto& ns) { return ns.prefix == prefix; });
        if (found != declared_.rend()) render(found->prefix, found->uri);
    }
}

// Inclusive: everything in scope, of which the apex has all to show and the others what they declare.
void CanonicalWriter::inherit(const xml::StartTag& tag) {
    for (const xml::NamespaceEvent& ns : tag.namespaces) render(ns.prefix, ns.uri);
    if (frames_.size() > 1) return;
    for (const xml::NamespaceEvent& ns : ancestry_.namespaces) {
        const bool hidden = std::any_of(tag.namespaces.begin(), tag.namespaces.end(),
                                        [&](const auto& own) { return same(own.prefix, ns.prefix); });
        if (!hidden) render(ns.prefix, ns.uri);
    }
}

// libxml2 writes the URI as it is, an ampersand in it too; quotation marks can't occur in one.
void CanonicalWriter::put_namespace(const xml::NamespaceEvent& ns) {
    put(std::string_view(" xmlns"));
    if (*ns.prefix != '\0') {
        put(':');
        put(std::string_view(ns.prefix));
    }
    put(std::string_view("=\""));
    put(std::string_view(ns.uri));
    put('"');
}

void CanonicalWriter::put_attribute(const xml::AttributeEvent& attribute) {
    put_name(" ", attribute.prefix, attribute.local);
    put(std::string_view("=\""));
    const char* at = attribute.value.data();
    const char* const end = at + attribute.value.size();
    while (at < end) {
        const char* special = at;
        while (special < end && !special_in_attribute[static_cast<unsigned char>(*special)]) ++special;
        put(std::string_view(at, static_cast<std::size_t>(special - at)));
        if (special == end) break;
        put(escaped(*special));
        at = special + 1;
    }
    put('"');
}

void CanonicalWriter::put_attributes(const xml::StartTag& tag, bool apex) {
    if (tag.attributes.size() == 1 && !apex) return put_attribute(tag.attributes.front());
    sorted_.clear();
    for (const xml::AttributeEvent& attribute : tag.attributes) sorted_.push_back(&attribute);
    // Canonical XML 1.0 section 2.4; 1.1 section 2.4: of xml:* only these two are inherited as they are.
    if (apex && form_ != Form::exclusive)
        for (const xml::AttributeEvent& inherited : ancestry_.xml_attributes) {
            if (form_ == Form::inclusive11 && inherited.local != "lang" && inherited.local != "space")
                continue;
            const bool own = std::any_of(tag.attributes.begin(), tag.attributes.end(), [&](const auto& a) {
                return a.prefix == "xml" && a.local == inherited.local;
            });
            if (!own) sorted_.push_back(&inherited);
        }
    if (sorted_.size() > 1) std::sort(sorted_.begin(), sorted_.end(), canonical_order);
    for (const xml::AttributeEvent* attribute : sorted_) put_attribute(*attribute);
}

void CanonicalWriter::start(const xml::StartTag& tag) {
    const bool apex = frames_.empty();
    const std::size_t shown = rendered_.size();
    frames_.push_back({shown, declared_.size(), tag.prefix, tag.local});
    put_name("<", tag.prefix, tag.local);

    if (form_ != Form::exclusive) {
        inherit(tag);
    } else {
        if (!method_.inclusive.empty()) {
            declared_.insert(declared_.end(), tag.namespaces.begin(), tag.namespaces.end());
            if (apex || !tag.namespaces.empty()) render_listed();
        }
        utilise(tag);
    }
    if (rendered_.size() - shown > 1)
        std::sort(rendered_.begin() + static_cast<std::ptrdiff_t>(shown), rendered_.end(),
                  [](const auto& a, const auto& b) { return std::strcmp(a.prefix, b.prefix) < 0; });
    for (std::size_t i = shown; i < rendered_.size(); ++i) put_namespace(rendered_[i]);
    if (!tag.attributes.empty() || apex) put_attributes(tag, apex);
    put('>');
}

bool CanonicalWriter::shows(std::string_view prefix, std::string_view uri) const {
    const std::string_view listed = prefix.empty() ? "#default" : prefix;
    if (form_ != Form::exclusive ||
        std::find(method_.inclusive.begin(), method_.inclusive.end(), listed) != method_.inclusive.end())
        return true;
    const auto found = std::find_if(rendered_.rbegin(), rendered_.rend(),
                                    [&](const auto& ns) { return ns.prefix == prefix; });
    return found != rendered_.rend() && found->uri == uri;
}

void CanonicalWriter::end() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    put_name("</", frame.prefix, frame.local);
    put('>');
    if (rendered_.size() > frame.rendered) rendered_.resize(frame.rendered);
    if (declared_.size() > frame.declared) declared_.resize(frame.declared);
    complete_ = frames_.empty();
    if (complete_) flush();
}

void CanonicalWriter::text(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        const char* const special = find_special(at, end);
        put(std::string_view(at, static_cast<std::size_t>(special - at)));
        if (special == end) return;
        put(escaped(*special));
        at = special + 1;
    }
}

void CanonicalWriter::raw(std::string_view octets) {
    put(octets);
}

bool needs_base_fixup(const C14nMethod& method, const Ancestry& ancestry, xml::Element apex) {
    if (method.algorithm->uri != names::c14n11) return false;
    return apex.attribute("base", names::xml) ||
           std::any_of(ancestry.xml_attributes.begin(), ancestry.xml_attributes.end(),
                       [](const auto& a) { return a.local == "base"; });
}

}  // namespace hutong::security
