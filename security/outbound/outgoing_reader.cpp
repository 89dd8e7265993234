#include "security/outbound/outgoing_reader.hpp"

#include <algorithm>
#include <cctype>

#include "base/ids.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_blocks = 1000;

bool is_plain_id(std::string_view id) {
    return !id.empty() && (std::isalpha(static_cast<unsigned char>(id[0])) != 0 || id[0] == '_') &&
           std::all_of(id.begin(), id.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
           });
}

using Namespaces = std::span<const xml::NamespaceEvent>;

const xml::NamespaceEvent* declaration_of(Namespaces namespaces, std::string_view prefix) {
    const auto found = std::find_if(namespaces.begin(), namespaces.end(),
                                    [&](const xml::NamespaceEvent& ns) { return ns.prefix == prefix; });
    return found == namespaces.end() ? nullptr : &*found;
}

// A prefix that means the wsu namespace in this scope, or may be declared there without changing what is
// below.
struct Prefix {
    std::string name;
    bool declared;
};
Prefix wsu_prefix(Namespaces own, Namespaces around) {
    for (unsigned n = 0;; ++n) {
        std::string name = n == 0 ? "wsu" : "wsu" + std::to_string(n);
        const xml::NamespaceEvent* declared = declaration_of(own, name);
        if (declared == nullptr) declared = declaration_of(around, name);
        if (declared == nullptr) return {std::move(name), false};
        if (declared->uri == soap::ns_wsu) return {std::move(name), true};
    }
}

}  // namespace

OutgoingReader::OutgoingReader(const xml::Limits& limits, const DigestAlgorithm* method,
                               const MessagePolicy* policy)
    : parser_(limits, *this), method_(method), policy_(policy) {}

void OutgoingReader::start(const xml::StartTag& tag) {
    if (!layout_.start(tag, parser_)) return;
    if (layout_.layout().blocks.size() > max_blocks)
        return parser_.stop(ErrorCode::limit,
                            "the Header has more than " + std::to_string(max_blocks) + " blocks");
    if (method_ == nullptr) return;
    if (writer_) return writer_->start(tag);
    if (tag.depth <= 2) note_scope(tag);
    if (tag.depth == 2 && layout_.in() == soap::LayoutBuilder::In::body) {
        body_.method = method_;
        begin(tag, body_);
    } else if (tag.depth == 3 && policy_ != nullptr &&
               policy_->signs_header({std::string(tag.ns), std::string(tag.local)})) {
        begin(tag, body_.headers.emplace_back());
    }
}

// Of the Envelope, and of the Header in it; the Body's own declarations are its canonical form's to write.
void OutgoingReader::note_scope(const xml::StartTag& tag) {
    if (tag.depth == 1) envelope_namespaces_.assign(tag.namespaces.begin(), tag.namespaces.end());
    scope_ = envelope_namespaces_;
    if (layout_.in() != soap::LayoutBuilder::In::header) return;
    for (const xml::NamespaceEvent& ns : tag.namespaces) {
        std::erase_if(scope_, [&](const xml::NamespaceEvent& outer) {
            return std::string_view(outer.prefix) == ns.prefix;
        });
        scope_.push_back(ns);
    }
}

// The part as it will leave: with its own wsu:Id or a new one.
void OutgoingReader::begin(const xml::StartTag& tag, SignedPart& part) {
    static const C14nAlgorithm* const exclusive = find_c14n_algorithm(names::exc_c14n);
    part_ = &part;
    digest_.emplace(*method_);
    writer_.emplace(C14nMethod{exclusive, {}}, Ancestry{scope_, {}}, *digest_);
    const auto own = std::find_if(tag.attributes.begin(), tag.attributes.end(), [](const auto& attribute) {
        return attribute.ns == soap::ns_wsu && attribute.local == "Id";
    });
    if (own != tag.attributes.end()) {
        const std::string id(own->value);
        const std::string whose = "the own wsu:Id of " + std::string(tag.local);
        if (!is_plain_id(id))
            return parser_.stop(ErrorCode::invalid,
                                whose + " is not a plain name: \"" + id.substr(0, 100) + "\"");
        for (const SignedPart& other : body_.headers)
            if (other.id == id)
                return parser_.stop(ErrorCode::invalid, whose + " is used twice: \"" + id + "\"");
        part.id = id;
        return writer_->start(tag);
    }
    part.id = "B-" + new_uuid();
    std::vector<xml::NamespaceEvent> namespaces(tag.namespaces.begin(), tag.namespaces.end());
    std::vector<xml::AttributeEvent> attributes(tag.attributes.begin(), tag.attributes.end());
    std::string edit;
    const Prefix wsu = wsu_prefix(tag.namespaces, scope_);
    const xml::NamespaceEvent binding{parser_.name(wsu.name), parser_.name(soap::ns_wsu)};
    if (!wsu.declared) {
        namespaces.push_back(binding);
        edit = " xmlns:" + wsu.name + "=\"" + std::string(soap::ns_wsu) + "\"";
    }
    attributes.push_back({"Id", binding.prefix, binding.uri, part.id});
    edit.append(" ").append(wsu.name).append(":Id=\"").append(part.id).append("\"");
    const std::size_t name = tag.local.size() + (tag.prefix.empty() ? 0 : tag.prefix.size() + 1);
    const std::size_t at = parser_.tag_begin() + 1 + name;
    part.identify = soap::Edit{{at, at}, std::move(edit)};
    writer_->start({tag.local, tag.prefix, tag.ns, namespaces, attributes, tag.depth});
}

void OutgoingReader::end(unsigned depth) {
    if (writer_) {
        writer_->end();
        if (writer_->complete()) {
            writer_.reset();
            part_->digest = digest_->finish();
        }
    }
    layout_.end(depth, parser_);
}

void OutgoingReader::text(std::string_view text, bool) {
    if (writer_) writer_->text(text);
    layout_.text(text);
}

Result<void> OutgoingReader::finish() {
    HUTONG_TRY(parser_.finish());
    return layout_.finish();
}

}  // namespace hutong::security
