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
Prefix wsu_prefix(Namespaces body, Namespaces envelope) {
    for (unsigned n = 0;; ++n) {
        std::string name = n == 0 ? "wsu" : "wsu" + std::to_string(n);
        const xml::NamespaceEvent* declared = declaration_of(body, name);
        if (declared == nullptr) declared = declaration_of(envelope, name);
        if (declared == nullptr) return {std::move(name), false};
        if (declared->uri == soap::ns_wsu) return {std::move(name), true};
    }
}

}  // namespace

OutgoingReader::OutgoingReader(const xml::Limits& limits, const DigestAlgorithm* method)
    : parser_(limits, *this), method_(method) {}

void OutgoingReader::start(const xml::StartTag& tag) {
    if (!layout_.start(tag, parser_)) return;
    if (layout_.layout().blocks.size() > max_blocks)
        return parser_.stop(ErrorCode::limit,
                            "the Header has more than " + std::to_string(max_blocks) + " blocks");
    if (method_ == nullptr) return;
    if (writer_)
        writer_->start(tag);
    else if (tag.depth == 1)
        envelope_namespaces_.assign(tag.namespaces.begin(), tag.namespaces.end());
    else if (tag.depth == 2 && layout_.in() == soap::LayoutBuilder::In::body)
        begin_body(tag);
}

// The Body as it will leave: with its own wsu:Id or a new one.
void OutgoingReader::begin_body(const xml::StartTag& tag) {
    static const C14nAlgorithm* const exclusive = find_c14n_algorithm(names::exc_c14n);
    body_.method = method_;
    digest_.emplace(*method_);
    writer_.emplace(C14nMethod{exclusive, {}}, Ancestry{envelope_namespaces_, {}}, *digest_);
    const auto own = std::find_if(tag.attributes.begin(), tag.attributes.end(), [](const auto& attribute) {
        return attribute.ns == soap::ns_wsu && attribute.local == "Id";
    });
    if (own != tag.attributes.end()) {
        body_.id = std::string(own->value);
        if (!is_plain_id(body_.id))
            return parser_.stop(ErrorCode::invalid, "the Body's own wsu:Id is not a plain name: \"" +
                                                        body_.id.substr(0, 100) + "\"");
        return writer_->start(tag);
    }
    body_.id = "B-" + new_uuid();
    std::vector<xml::NamespaceEvent> namespaces(tag.namespaces.begin(), tag.namespaces.end());
    std::vector<xml::AttributeEvent> attributes(tag.attributes.begin(), tag.attributes.end());
    std::string edit;
    const Prefix wsu = wsu_prefix(tag.namespaces, envelope_namespaces_);
    const xml::NamespaceEvent binding{parser_.name(wsu.name), parser_.name(soap::ns_wsu)};
    if (!wsu.declared) {
        namespaces.push_back(binding);
        edit = " xmlns:" + wsu.name + "=\"" + std::string(soap::ns_wsu) + "\"";
    }
    attributes.push_back({"Id", binding.prefix, binding.uri, body_.id});
    edit.append(" ").append(wsu.name).append(":Id=\"").append(body_.id).append("\"");
    const std::size_t name = tag.local.size() + (tag.prefix.empty() ? 0 : tag.prefix.size() + 1);
    const std::size_t at = parser_.tag_begin() + 1 + name;
    body_.identify = soap::Edit{{at, at}, std::move(edit)};
    writer_->start({tag.local, tag.prefix, tag.ns, namespaces, attributes, tag.depth});
}

void OutgoingReader::end(unsigned depth) {
    if (writer_) {
        writer_->end();
        if (writer_->complete()) {
            writer_.reset();
            body_.digest = digest_->finish();
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
