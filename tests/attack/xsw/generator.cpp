#include "tests/attack/xsw/generator.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <unordered_set>
#include <vector>

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/attack/xsw/markup.hpp"

namespace hutong::attack {

namespace {

namespace names = security::names;

std::string str(std::string_view text) {
    return std::string(text);
}

// Replacements of byte ranges, made all at once from the back to the front.
class Patch {
  public:
    void replace(std::size_t begin, std::size_t end, std::string text) {
        steps_.push_back({begin, end, std::move(text)});
    }
    void insert(std::size_t at, std::string text) { replace(at, at, std::move(text)); }
    std::string apply(std::string text) const {
        std::vector<const Step*> order;
        for (const Step& step : steps_) order.push_back(&step);
        std::stable_sort(order.begin(), order.end(),
                         [](const Step* a, const Step* b) { return a->begin > b->begin; });
        for (const Step* step : order) text.replace(step->begin, step->end - step->begin, step->text);
        return text;
    }

  private:
    struct Step {
        std::size_t begin, end;
        std::string text;
    };
    std::vector<Step> steps_;
};

// An Id attribute as a reader might look for it.
struct IdForm {
    std::string name;          // "wsu:Id"
    std::string declarations;  // what the prefix needs
};

const std::vector<IdForm>& id_forms() {
    static const std::vector<IdForm> all{
        {"fw:Id", " xmlns:fw=\"" + str(soap::ns_wsu) + "\""},
        {"Id", ""},
        {"ID", ""},
        {"id", ""},
        {"iD", ""},
        {"xml:id", ""},
        {"AssertionID", ""},
        {"f2:ID", " xmlns:f2=\"" + str(names::saml20) + "\""},
        {"f1:AssertionID", " xmlns:f1=\"" + str(names::saml10) + "\""},
        {"fd:Id", " xmlns:fd=\"" + str(names::ds) + "\""},
        {"fx:Id", " xmlns:fx=\"urn:x\""},
        {"fx:id", " xmlns:fx=\"urn:x\""},
        {"fw:ID", " xmlns:fw=\"" + str(soap::ns_wsu) + "\""},
    };
    return all;
}

bool is_id(const Markup::Attribute& attribute) {
    return attribute.name == "Id" || attribute.name == "ID" || attribute.name.ends_with(":Id");
}

const Markup::Attribute* id_of(const Markup& element) {
    for (const Markup::Attribute& attribute : element.attributes)
        if (is_id(attribute)) return &attribute;
    return nullptr;
}

// Another Id that a sloppy comparison takes for the same.
std::string case_variant(std::string id) {
    for (char& c : id) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
        else if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return id;
}

// The start tag of the forged part: which name, which Id.
struct Dress {
    std::string what;
    std::string prefix;      // of the element's own namespace; "-": the original's
    std::string attributes;  // with declarations
};

class Generator {
  public:
    Generator(const std::string& message, const std::function<void(const Variant&)>& take)
        : text_(message), take_(take), root_(read_markup(text_)) {
        const std::string& soap = root_->ns;
        header_ = root_->child(soap, "Header");
        body_ = root_->child(soap, "Body");
        security_ = header_ == nullptr ? nullptr : header_->child(soap::ns_wsse, "Security");
        if (security_ == nullptr || body_ == nullptr)
            throw std::runtime_error("the message is no signed envelope");
        signature_ = security_->child(names::ds, "Signature");
        if (signature_ == nullptr) throw std::runtime_error("the message has no signature");
    }

    std::uint64_t run() {
        wrap(*body_);
        if (const Markup* timestamp = security_->child(soap::ns_wsu, "Timestamp")) wrap(*timestamp);
        for (const auto& block : header_->children)
            if (block->ns == soap::ns_wsa && id_of(*block) != nullptr) wrap(*block);
        // Tokens, signatures, blocks: whatever else a signature of the header refers to, and assertions,
        // which hold their own.
        note_references(*security_);
        each_signed(*header_, [&](const Markup& part) { wrap(part); });
        required_ = true;
        envelopes();
        return seen_.size();
    }

  private:
    // Where the moved original goes: an offset, and what to put around it.
    struct Place {
        std::string name;
        std::size_t at;
        std::string open, close;
    };

    void emit(std::string text, std::string name, bool decoy) {
        if (text == text_ || !seen_.insert(std::hash<std::string>{}(text)).second) return;
        take_({std::move(text), std::move(name), decoy, required_});
    }

    std::string tag(const std::string& local) const {
        return root_->prefix.empty() ? local : root_->prefix + ":" + local;
    }

    std::string forged_content(const Markup& part) const;
    std::string with_forged_text(const Markup& part) const;
    const Markup* leaf_of(const Markup& below, const std::string& local) const;
    std::string forged(const Markup& part, const Dress& dress) const;
    std::vector<Dress> dresses(const Markup& part) const;
    std::vector<std::pair<std::string, std::string>> originals(const Markup& part) const;
    std::vector<Place> places(const Markup& part) const;
    void note_references(const Markup& below);
    template <class Take>
    void each_signed(const Markup& below, const Take& take) const;
    void wrap(const Markup& part);
    void inside_forged(const Markup& part, const Dress& dress, const std::string& original,
                       const std::string& name);
    void envelopes();

    const std::string& text_;
    const std::function<void(const Variant&)>& take_;
    std::unique_ptr<Markup> root_;
    const Markup* header_;
    const Markup* body_;
    const Markup* security_;
    const Markup* signature_;
    std::set<std::string> referred_;
    bool required_{true};  // what is being wrapped
    std::unordered_set<std::size_t> seen_;
};

// The first text in it that says who somebody is, or any, is another's.
std::string Generator::with_forged_text(const Markup& part) const {
    const Markup* said = leaf_of(part, "NameID");
    if (said == nullptr) said = leaf_of(part, "Username");
    if (said == nullptr) said = leaf_of(part, "");
    if (said == nullptr || said == &part) return "urn:forged";
    std::string content(part.inner(text_));
    return content.replace(said->open_end - part.open_end, said->close_begin - said->open_end, "forged");
}

const Markup* Generator::leaf_of(const Markup& below, const std::string& local) const {
    if (below.children.empty() && below.open_end < below.close_begin &&
        (local.empty() || below.local == local))
        return &below;
    for (const auto& child : below.children)
        if (const Markup* found = leaf_of(*child, local)) return found;
    return nullptr;
}

void Generator::note_references(const Markup& below) {
    for (const auto& child : below.children) {
        if (child->is(names::ds, "Reference"))
            for (const Markup::Attribute& attribute : child->attributes)
                if (attribute.name == "URI") referred_.insert(attribute.value);
        note_references(*child);
    }
}

template <class Take>
void Generator::each_signed(const Markup& below, const Take& take) const {
    for (const auto& child : below.children) {
        const Markup::Attribute* const id = id_of(*child);
        const bool done = child->ns == soap::ns_wsa || child->is(soap::ns_wsu, "Timestamp");
        if (id != nullptr && !done && referred_.contains("#" + id->value)) take(*child);
        each_signed(*child, take);
    }
}

// Content that means something else and would be acted upon: the same operation, a fresh Timestamp.
std::string Generator::forged_content(const Markup& part) const {
    if (part.is(soap::ns_wsu, "Timestamp")) {
        std::string inner(part.inner(text_));
        // The last digit of the seconds: another time, just as fresh.
        for (std::size_t at = inner.find('Z'); at != std::string::npos; at = inner.find('Z', at + 1)) {
            const auto digit = inner.find_last_of("0123456789", at);
            inner[digit] = inner[digit] == '1' ? '2' : '1';
        }
        return inner;
    }
    if (&part != body_) return with_forged_text(part);
    if (part.children.empty()) return "urn:forged";
    const Markup& operation = *part.children.front();
    const bool empty = operation.open_end == operation.end;
    std::string open(text_, operation.begin, operation.open_end - operation.begin);
    if (empty) open.replace(open.size() - 2, 2, ">");
    return open + "forged</" + operation.qname() + ">";
}

std::string Generator::forged(const Markup& part, const Dress& dress) const {
    std::string name = part.qname();
    std::string declarations;
    if (dress.prefix != "-") {
        name = dress.prefix.empty() ? part.local : dress.prefix + ":" + part.local;
        declarations = " xmlns" + (dress.prefix.empty() ? "" : ":" + dress.prefix) + "=\"" + part.ns + "\"";
    }
    // Its content was written for the scope the original stood in.
    std::string scope = part.missing_declarations();
    for (const Markup::Attribute& attribute : part.attributes)
        if (attribute.name.starts_with("xmlns"))
            scope += text_.substr(attribute.begin, attribute.end - attribute.begin);
    std::string content = forged_content(part);
    if (dress.prefix == "") {
        // A default namespace of its own, unless the content needs another.
        const auto declared = scope.find(" xmlns=\"");
        if (declared != std::string::npos) declarations.clear(), name = part.qname();
    }
    return "<" + name + scope + declarations + dress.attributes + ">" + content + "</" + name + ">";
}

std::vector<Dress> Generator::dresses(const Markup& part) const {
    const Markup::Attribute* const id = id_of(part);
    const std::string value = id == nullptr ? "none" : id->value;
    std::vector<Dress> all{
        {"no Id", "-", ""}, {"no Id, other prefix", "zz", ""}, {"no Id, no prefix", "", ""}};
    for (const IdForm& form : id_forms())
        for (const auto& [what, said] :
             {std::pair{"same", value}, {"other", "other-" + value}, {"case", case_variant(value)}})
            all.push_back(
                {form.name + " " + what, "-", form.declarations + " " + form.name + "=\"" + said + "\""});
    all.push_back(
        {"same Id, other prefix", "zz", " xmlns:fw=\"" + str(soap::ns_wsu) + "\" fw:Id=\"" + value + "\""});
    all.push_back(
        {"two Ids", "-", " xmlns:fw=\"" + str(soap::ns_wsu) + "\" fw:Id=\"other\" Id=\"" + value + "\""});
    return all;
}

// The original as it is moved: its own bytes with the scope it needs, and once with its Id in another
// attribute.
std::vector<std::pair<std::string, std::string>> Generator::originals(const Markup& part) const {
    const std::string self(part.text(text_));
    const std::size_t name_end = 1 + part.qname().size();
    const std::string scope = part.missing_declarations();
    std::string kept = self;
    kept.insert(name_end, scope);
    std::vector<std::pair<std::string, std::string>> all{{"kept", kept}};
    if (const Markup::Attribute* id = id_of(part)) {
        const std::size_t begin = id->begin - part.begin;
        for (const std::string other : {"Id", "xml:id", "ID"}) {
            if (other == id->name) continue;
            std::string renamed = self;
            renamed.replace(begin, id->end - id->begin, " " + other + "=\"" + id->value + "\"");
            renamed.insert(name_end, scope);
            all.emplace_back("as " + other, renamed);
        }
    }
    return all;
}

std::vector<Generator::Place> Generator::places(const Markup& part) const {
    const std::string wrap = "<q:wrap xmlns:q=\"urn:q\">";
    const std::string unwrap = "</q:wrap>";
    const std::string object = "<o:Object xmlns:o=\"" + str(names::ds) + "\">";
    const std::string unobject = "</o:Object>";
    std::vector<Place> all;
    const auto inside = [&](const std::string& name, const Markup* of) {
        if (of == nullptr || of->open_end == of->end || of == &part) return;
        for (const Markup* up = of; up != nullptr; up = up->parent)
            if (up == &part) return;
        all.push_back({"first in " + name, of->open_end, "", ""});
        all.push_back({"last in " + name, of->close_begin, "", ""});
        all.push_back({"wrapped first in " + name, of->open_end, wrap, unwrap});
        all.push_back({"wrapped last in " + name, of->close_begin, wrap, unwrap});
    };
    inside("Envelope", root_.get());
    inside("Header", header_);
    inside("Security", security_);
    inside("Signature", signature_);
    inside("SignedInfo", signature_->child(names::ds, "SignedInfo"));
    inside("SignatureValue", signature_->child(names::ds, "SignatureValue"));
    const Markup* const key_info = signature_->child(names::ds, "KeyInfo");
    inside("KeyInfo", key_info);
    if (key_info != nullptr && !key_info->children.empty())
        inside("KeyInfo's token", key_info->children.front().get());
    inside("BinarySecurityToken", security_->child(soap::ns_wsse, "BinarySecurityToken"));
    inside("Timestamp", security_->child(soap::ns_wsu, "Timestamp"));
    inside("UsernameToken", security_->child(soap::ns_wsse, "UsernameToken"));
    inside("Assertion", security_->child(names::saml20, "Assertion"));
    if (security_->children.back()->is(names::ds, "Signature"))
        inside("the last Signature", security_->children.back().get());
    inside("Body", body_);
    if (!body_->children.empty()) inside("operation", body_->children.front().get());
    for (const auto& block : header_->children)
        if (block->ns == soap::ns_wsa) inside("wsa:" + block->local, block.get());
    for (const auto& [name, at] : {std::pair{"first in Signature", signature_->open_end},
                                   {"last in Signature", signature_->close_begin},
                                   {"last in Security", security_->close_begin},
                                   {"last in Header", header_->close_begin}}) {
        const bool in_the_part = at > part.begin && at < part.end;  // which goes away
        if (!in_the_part) all.push_back({std::string("ds:Object ") + name, at, object, unobject});
    }
    all.push_back({"before it", part.begin, "", ""});
    all.push_back({"after it", part.end, "", ""});
    all.push_back({"wrapped before it", part.begin, wrap, unwrap});
    all.push_back({"wrapped after it", part.end, wrap, unwrap});
    all.push_back({"between Header and Body", header_->end, wrap, unwrap});
    const std::string actor = root_->ns == soap::ns11 ? "actor" : "role";
    for (const auto& [name, attribute] :
         {std::pair<std::string, std::string>{"second Security", ""},
          {"second Security for another", " " + tag(actor) + "=\"urn:else\""}}) {
        const std::string open = "<s2:Security xmlns:s2=\"" + str(soap::ns_wsse) + "\"" + attribute + ">";
        all.push_back({name + " before", security_->begin, open, "</s2:Security>"});
        all.push_back({name + " after", security_->end, open, "</s2:Security>"});
    }
    all.push_back({"second Header", header_->begin, "<" + tag("Header") + ">", "</" + tag("Header") + ">"});
    return all;
}

// The forged part holds the original.
void Generator::inside_forged(const Markup& part, const Dress& dress, const std::string& original,
                              const std::string& name) {
    const std::string around = forged(part, dress);
    const std::size_t open = around.find('>') + 1;
    const std::size_t close = around.rfind("</");
    for (const auto& [where, at] : {std::pair{"first in the forged", open}, {"last in the forged", close}}) {
        Patch patch;
        std::string holding = around;
        holding.insert(at, original);
        patch.replace(part.begin, part.end, holding);
        emit(patch.apply(text_), name + where, false);
    }
    if (&part != body_) return;
    std::string deep = around;
    deep.insert(around.find("forged<"), original);
    Patch patch;
    patch.replace(part.begin, part.end, deep);
    emit(patch.apply(text_), name + "in the forged operation", false);
}

void Generator::wrap(const Markup& part) {
    // The one is of answers only. The other is found by the Id that KeyInfo gives, wherever in Security it
    // stands, and what it holds is part of the meaning: who signed.
    required_ =
        !part.is(names::wsse11, "SignatureConfirmation") && !part.is(soap::ns_wsse, "BinarySecurityToken");
    const std::vector<Dress> all_dresses = dresses(part);
    const std::vector<Place> all_places = places(part);
    for (const auto& [kind, original] : originals(part)) {
        for (const Dress& dress : all_dresses) {
            const std::string name =
                part.local + " (original " + kind + ", forged with " + dress.what + "): ";
            for (const Place& place : all_places) {
                Patch patch;
                // What stands before the part is inserted in front of the forged one and not behind it.
                const bool in_front = place.at <= part.begin;
                if (!in_front) patch.insert(place.at, place.open + original + place.close);
                patch.replace(part.begin, part.end, forged(part, dress));
                if (in_front) patch.insert(place.at, place.open + original + place.close);
                emit(patch.apply(text_), name + place.name, false);
            }
            inside_forged(part, dress, original, name);
        }
    }
    for (const Dress& dress : all_dresses)
        for (const Place& place : all_places) {
            Patch patch;
            patch.insert(place.at, place.open + forged(part, dress) + place.close);
            emit(patch.apply(text_), part.local + " decoy (" + dress.what + "): " + place.name, true);
        }
}

// The whole original Envelope inside a new one.
void Generator::envelopes() {
    const std::string whole(root_->text(text_));
    const std::string header(header_->text(text_));
    const std::string open(text_, root_->begin, root_->open_end - root_->begin);
    const std::string close = "</" + root_->qname() + ">";
    for (const Dress& dress : dresses(*body_)) {
        const std::string body = forged(*body_, dress);
        const std::string empty_header = "<" + tag("Header") + ">";
        const std::string end_header = "</" + tag("Header") + ">";
        const std::string open_body = body.substr(0, body.find('>') + 1);
        const std::string end_body = body.substr(body.rfind("</"));
        const std::string name = "Envelope (forged Body with " + dress.what + "): ";
        emit(open + empty_header + whole + end_header + body + close, name + "in a new Header", false);
        emit(open + empty_header + "<q:wrap xmlns:q=\"urn:q\">" + whole + "</q:wrap>" + end_header + body +
                 close,
             name + "wrapped in a new Header", false);
        std::string with_security(header);
        with_security.insert(with_security.rfind("</"), whole);
        emit(open + with_security + body + close, name + "in a copy of the Header", false);
        emit(open + header + body.substr(0, body.rfind("</")) + whole + end_body + close,
             name + "last in the forged Body, under a copy of the Header", false);
        emit(open + header + open_body + whole + end_body + close,
             name + "as the forged Body's content, under a copy of the Header", false);
        const std::string headless =
            whole.substr(0, header_->begin - root_->begin) + whole.substr(header_->end - root_->begin);
        emit(open + header + open_body + headless + end_body + close,
             name + "as the forged Body's content, its Header taken out", false);
        emit(open + open_body + whole + end_body + close, name + "as the forged Body's content", false);
        emit(open + header + body + whole + close, name + "beside the forged Body", false);
        emit(open + whole + header + body + close, name + "before a copy of the Header", false);
    }
}

}  // namespace

std::uint64_t generate_wrappings(const std::string& message,
                                 const std::function<void(const Variant&)>& take) {
    return Generator(message, take).run();
}

}  // namespace hutong::attack
