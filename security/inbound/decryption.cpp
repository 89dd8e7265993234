#include "security/inbound/decryption.hpp"

#include <algorithm>

#include "security/inbound/recipient.hpp"
#include "security/inbound/security_header.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"
#include "security/xmlenc/content_cipher.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_parts = 16;
// Envelope/Header/block/EncryptedData.
constexpr unsigned deepest_place = 4;
// A signature over CBC ciphertext says nothing of the key. A block or two could be made to open to something
// sensible with a key of an attacker's choosing; this many cannot.
constexpr std::size_t least_cbc_bytes = 64;

using Located = std::vector<std::pair<xml::Element, xml::Extent>>;

void walk(xml::Element element, unsigned depth, std::vector<xml::Element>& into) {
    into.push_back(element);
    if (depth == deepest_place) return;
    for (xml::Element child = element.first_child(); child; child = child.next_sibling())
        walk(child, depth + 1, into);
}

// The tree's elements with where they lie in the text.
Result<Located> locate(const xml::Document& document, std::string_view text, const xml::Limits& limits) {
    HUTONG_ASSIGN(const auto extents, xml::outline(text, deepest_place, limits));
    std::vector<xml::Element> elements;
    walk(document.root(), 1, elements);
    if (elements.size() != extents.size()) return refused("the message reads differently in two passes");
    Located located;
    for (std::size_t i = 0; i < elements.size(); ++i) located.emplace_back(elements[i], extents[i]);
    return located;
}

const xml::Extent* extent_of(const Located& located, xml::Element element) {
    for (const auto& [one, extent] : located)
        if (one == element) return &extent;
    return nullptr;
}

bool is_encrypted_data(xml::Element element) {
    return element.is(names::xenc, "EncryptedData");
}

// The one EncryptedData that is all the content of this element.
xml::Element sole_encrypted_data(xml::Element parent) {
    const xml::Element child = parent.first_child();
    return child && !child.next_sibling() && is_encrypted_data(child) ? child : xml::Element();
}

bool has_text_of_its_own(xml::Element parent) {
    // All text of the parent is that of its one child, white space aside.
    const auto blank = [](const std::string& text) {
        return std::count_if(text.begin(), text.end(), [](unsigned char c) { return c > ' '; });
    };
    return blank(parent.text()) != blank(parent.first_child().text());
}

bool holds_encryption(xml::Element element) {
    if (element.ns() == names::xenc || element.ns() == names::xenc11) return true;
    for (xml::Element child = element.first_child(); child; child = child.next_sibling())
        if (holds_encryption(child)) return true;
    return false;
}

// What may come out of an EncryptedData in our own Security header.
bool may_be_in_security(xml::Element element) {
    return element.is(names::ds, "Signature") || element.is(soap::ns_wsse, "UsernameToken") ||
           element.is(soap::ns_wsse, "BinarySecurityToken") || element.is(names::saml20, "Assertion") ||
           element.is(names::wsse11, "SignatureConfirmation");
}

// Of a list that policy narrows algorithms to; an empty one takes all there are.
Result<void> check_taken(const std::vector<std::string>& list, std::string_view uri, const char* what) {
    if (list.empty() || std::find(list.begin(), list.end(), uri) != list.end()) return {};
    return refused(std::string(what) + " \"" + std::string(uri) + "\" is none of those that policy takes");
}

// The Security header addressed to us; empty when there is none or more than one, which find_positions
// refuses.
xml::Element our_security(const xml::Document& document, const soap::Layout& layout,
                          const std::vector<std::string>& trusted_roles) {
    const xml::Element header = document.root().child(soap::namespace_of(layout.version), "Header");
    if (!header) return {};
    xml::Element found;
    const auto blocks = header.children();
    if (blocks.size() != layout.blocks.size()) return {};
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (!blocks[i].is(soap::ns_wsse, "Security") ||
            !addressed_to_us(layout.blocks[i], layout.version, trusted_roles))
            continue;
        if (found) return {};
        found = blocks[i];
    }
    return found;
}

}  // namespace

// A part after its decryption: where its plaintext stands in the new text.
struct Decryption::Piece {
    const Part* part;  // null: something that is taken out
    const xml::Extent* replaced;
    std::string plaintext;
    std::size_t begin{0};         // of the plaintext
    std::size_t around_begin{0};  // of the element it stands in
    std::size_t around_end{0};
};

Result<void> Decryption::read_places(const xml::Document& document, xml::Element security) {
    HUTONG_ASSIGN(const Located located, locate(document, text_, *options_.limits));
    const auto add = [&](At at, xml::Element data, xml::Element replaced, std::size_t block) {
        places_.push_back(
            {at, data, *extent_of(located, replaced), *extent_of(located, replaced.parent()), block});
    };
    for (const xml::Element child : security.children())
        if (child.is(names::xenc, "EncryptedKey") || child.is(names::xenc, "ReferenceList"))
            spent_.push_back(*extent_of(located, child));
    const xml::Element header = security.parent();
    std::size_t index = 0;
    for (xml::Element block = header.first_child(); block; block = block.next_sibling(), ++index) {
        if (block == security) {
            for (const xml::Element data : security.children(names::xenc, "EncryptedData"))
                add(At::security, data, data, index);
        } else if (block.is(soap::ns_wsse, "Security") ||
                   !addressed_to_us(layout_->blocks[index], layout_->version, *options_.trusted_roles)) {
            continue;
        } else if (const xml::Element data = sole_encrypted_data(block)) {
            const bool whole = block.is(names::wsse11, "EncryptedHeader");
            if (has_text_of_its_own(block)) return refused("an encrypted header block holds text besides");
            add(whole ? At::header_element : At::header_content, data, whole ? block : data, index);
        }
    }
    const xml::Element body = document.root().child(soap::namespace_of(layout_->version), "Body");
    if (const xml::Element data = sole_encrypted_data(body)) {
        if (has_text_of_its_own(body)) return refused("the encrypted Body holds text besides");
        add(At::body, data, data, 0);
    }
    if (places_.size() > max_parts)
        return refused("more than " + std::to_string(max_parts) + " parts are encrypted");
    return {};
}

Result<void> Decryption::read_order(xml::Element security, xml::Element list) {
    bool list_seen = false;
    bool signature_before = false;
    bool signature_after = false;
    for (const xml::Element child : security.children()) {
        list_seen = list_seen || child == list;
        if (child.is(names::ds, "Signature")) (list_seen ? signature_after : signature_before) = true;
    }
    if (signature_before && signature_after)
        return refused("encryption stands between two signatures; sign first or encrypt first");
    before_ = !signature_before;
    return {};
}

Result<void> Decryption::read_key(const xml::Document& document, xml::Element security, xml::Element list) {
    const xml::Element body = document.root().child(soap::namespace_of(layout_->version), "Body");
    HUTONG_ASSIGN(ids_, IdIndex::make(document, {}, body));
    const bool sm2 = key_.transport->key == KeyKind::sm2;
    our_key_ = (sm2 ? options_.keys.sm2 : options_.keys.rsa).get();
    if (our_key_ == nullptr)
        return refused("this gateway has no encryption key of the kind " +
                       std::string(to_string(key_.transport->key)));
    if (const auto for_us = check_recipient(key_.key_info, security, ids_, *our_key_); for_us.has_error()) {
        our_key_ = (sm2 ? options_.keys.former_sm2 : options_.keys.former_rsa).get();
        if (our_key_ == nullptr || !check_recipient(key_.key_info, security, ids_, *our_key_))
            return for_us.error();
    }
    HUTONG_TRY(check_taken(options_.policy->key_transports, key_.transport->uri, "key transport"));
    if (key_.transport->sha1 && !options_.domains->any_allows_oaep_sha1())
        return refused("key transport with SHA-1 (" + std::string(key_.transport->uri) +
                       ") is off; allow_oaep_sha1 of a trust domain turns it on for its members");
    if (list.is(names::xenc, "EncryptedKey")) return read_parts(key_.references, false);
    HUTONG_ASSIGN(const auto ids, read_reference_list(list));
    return read_parts(ids, true);
}

Result<void> Decryption::read_parts(const std::vector<std::string>& ids, bool key_named) {
    if (ids.size() != places_.size())
        return refused("the ReferenceList names " + std::to_string(ids.size()) + " parts, but " +
                       std::to_string(places_.size()) + " are encrypted where that is allowed");
    for (const Place& place : places_) {
        Part part{place, {}};
        HUTONG_ASSIGN(part.shape, read_encrypted_data(place.data));
        const EncryptedDataShape& shape = part.shape;
        HUTONG_TRY(check_taken(options_.policy->content_algorithms, shape.cipher->uri, "content algorithm"));
        HUTONG_ASSIGN(const xml::Element named, ids_.find(shape.id));
        if (named != place.data || std::find(ids.begin(), ids.end(), shape.id) == ids.end())
            return refused("an EncryptedData is not the one that the ReferenceList names");
        const bool wants_content = place.at == At::body || place.at == At::header_content;
        if (shape.content != wants_content)
            return refused("#" + shape.id + " has the wrong Type for where it stands");
        if ((key_named || !shape.key_id.empty()) && (key_.id.empty() || shape.key_id != key_.id))
            return refused("#" + shape.id + " does not refer to the EncryptedKey");
        if (!parts_.empty() && shape.cipher != parts_.front().shape.cipher)
            return refused("one content key is used with two algorithms");
        if (before_ && !shape.cipher->authenticated())
            return refused("CBC is accepted only where its ciphertext was signed");
        if (!shape.cipher->authenticated() && shape.sealed.size() < least_cbc_bytes)
            return refused("CBC ciphertext of less than " + std::to_string(least_cbc_bytes) + " bytes");
        if (!before_ && place.at == At::security)
            return refused("a part of the Security header is encrypted after the signature");
        parts_.push_back(std::move(part));
    }
    return {};
}

Result<std::optional<Decryption>> Decryption::read(std::string_view utf8, const xml::Document& document,
                                                   const soap::Layout& layout,
                                                   const DecryptionOptions& options) {
    const xml::Element security = our_security(document, layout, *options.trusted_roles);
    if (!security) return std::optional<Decryption>();
    const auto keys = security.children(names::xenc, "EncryptedKey");
    const auto lists = security.children(names::xenc, "ReferenceList");
    if (keys.empty() && lists.empty() && security.children(names::xenc, "EncryptedData").empty())
        return std::optional<Decryption>();
    if (keys.size() != 1)
        return refused("the Security header must hold exactly one EncryptedKey, it holds " +
                       std::to_string(keys.size()));
    Decryption made;
    made.text_ = utf8;
    made.layout_ = &layout;
    made.options_ = options;
    HUTONG_ASSIGN(made.key_, read_encrypted_key(keys.front()));
    if (lists.size() + (made.key_.references.empty() ? 0 : 1) != 1)
        return refused("the Security header must hold exactly one ReferenceList");
    const xml::Element list = lists.empty() ? keys.front() : lists.front();
    HUTONG_TRY(made.read_order(security, list));
    HUTONG_TRY(made.read_places(document, security));
    HUTONG_TRY(made.read_key(document, security, list));
    return std::optional<Decryption>(std::move(made));
}

Result<void> Decryption::check_signed(const std::function<bool(xml::Element)>& covers) const {
    for (const Part& part : parts_) {
        xml::Element element = part.place.data;
        while (element && !covers(element)) element = element.parent();
        if (!element)
            return refused("#" + part.shape.id + " was encrypted before signing, but is not signed");
    }
    return {};
}

Result<Decrypted> Decryption::run() const {
    const ContentCipher& cipher = *parts_.front().shape.cipher;
    const auto key = our_key_->unwrap(*key_.transport, key_.wrapped, cipher.key_bytes);
    // Says nothing of the message, and is the same for every one.
    if (!key.away.empty()) return unavailable(key.away);
    std::vector<Piece> pieces;
    std::string failed;
    for (const Part& part : parts_) {
        auto plaintext = unseal(cipher, key.key, part.shape.sealed);
        if (plaintext.has_error() && failed.empty()) failed = part.shape.id;
        pieces.push_back(
            {&part, &part.place.replaced, plaintext.has_error() ? std::string() : std::move(*plaintext)});
    }
    for (const xml::Extent& extent : spent_) pieces.push_back({nullptr, &extent, {}});
    std::sort(pieces.begin(), pieces.end(),
              [](const Piece& a, const Piece& b) { return a.replaced->begin < b.replaced->begin; });
    if (!key.genuine) return refused("the EncryptedKey does not open with our key");
    if (!failed.empty()) return refused("the ciphertext of #" + failed + " does not open with its key");

    Decrypted decrypted;
    std::string& text = decrypted.text;
    std::size_t at = 0;
    for (Piece& piece : pieces) {
        text.append(text_.substr(at, piece.replaced->begin - at));
        piece.begin = text.size();
        text.append(piece.plaintext);
        at = piece.replaced->end;
    }
    text.append(text_.substr(at));
    // Where an offset outside the ciphertexts has moved to.
    const auto moved = [&](std::size_t offset) {
        std::size_t to = offset;
        for (const Piece& piece : pieces) {
            const std::size_t size = piece.replaced->end - piece.replaced->begin;
            if (piece.replaced->end <= offset) to = to + piece.plaintext.size() - size;
        }
        return to;
    };
    for (Piece& piece : pieces) {
        if (piece.part == nullptr) continue;
        piece.around_begin = moved(piece.part->place.around.begin);
        piece.around_end = moved(piece.part->place.around.end);
    }
    decrypted.parts.transport = key_.transport;
    decrypted.parts.cipher = &cipher;
    HUTONG_TRY(check_plaintext(text, pieces, decrypted.parts));
    return decrypted;
}

// The plaintext comes from whoever knew our certificate. It must not reach out of its place: the element
// around it ends where it did, and where an element was encrypted there is just one. It must not bring
// encryption of its own.
Result<void> Decryption::check_plaintext(const std::string& text, const std::vector<Piece>& pieces,
                                         EncryptedParts& parts) const {
    HUTONG_ASSIGN(const xml::Document document, xml::parse(text, *options_.limits));
    HUTONG_ASSIGN(const soap::Layout layout, soap::scan(text, *options_.limits));
    HUTONG_ASSIGN(const Located located, locate(document, text, *options_.limits));
    const auto at = [&](std::size_t begin, std::size_t end) {
        for (const auto& [element, extent] : located)
            if (extent.begin == begin && extent.end == end) return element;
        return xml::Element();
    };
    if (layout.blocks.size() != layout_->blocks.size())
        return refused("decryption changes the number of header blocks");
    const xml::Element body = document.root().child(soap::namespace_of(layout.version), "Body");
    HUTONG_TRY(IdIndex::make(document, {}, body));
    for (const Piece& piece : pieces) {
        if (piece.part == nullptr) continue;
        const std::string id = "the plaintext of #" + piece.part->shape.id;
        const Place& place = piece.part->place;
        const xml::Element around = at(piece.around_begin, piece.around_end);
        if (!around) return refused(id + " reaches out of its place");
        const bool element = !piece.part->shape.content;
        const xml::Element inner = element ? at(piece.begin, piece.begin + piece.plaintext.size()) : around;
        if (!inner || (element && inner.parent() != around)) return refused(id + " is not one element");
        if (holds_encryption(inner)) return refused(id + " holds encryption again");
        const soap::HeaderBlock& block = layout.blocks[place.block];
        switch (place.at) {
            case At::body:
                parts.body = true;
                break;
            case At::security:
                if (!may_be_in_security(inner)) return refused(id + " is no token and no signature");
                break;
            case At::header_element:
                if (inner.ns() == soap::ns_wsse || inner.ns() == names::wsse11)
                    return refused(id + " is a security header");
                if (block.role != layout_->blocks[place.block].role)
                    return refused(id + " is for another role than its EncryptedHeader");
                [[fallthrough]];
            case At::header_content:
                parts.headers.push_back(block.name);
                break;
        }
    }
    return {};
}

Result<void> check_encrypted(const MessagePolicy& policy, const soap::Layout& layout,
                             const EncryptedParts* parts) {
    if (policy.encrypt_body && (parts == nullptr || !parts->body))
        return refused("Envelope/Body is not encrypted");
    for (const xml::QName& name : policy.encrypt_headers) {
        const auto there = std::count_if(layout.blocks.begin(), layout.blocks.end(),
                                         [&](const soap::HeaderBlock& block) { return block.name == name; });
        const auto encrypted =
            parts == nullptr ? 0 : std::count(parts->headers.begin(), parts->headers.end(), name);
        if (encrypted < there) return refused("header block " + name.text() + " is not encrypted");
    }
    return {};
}

}  // namespace hutong::security
