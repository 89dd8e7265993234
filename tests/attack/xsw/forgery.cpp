#include "tests/attack/xsw/forgery.hpp"

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::attack {

namespace names = security::names;

namespace {

// An Id attribute as a reader might look for it.
struct IdForm {
    std::string name;          // "wsu:Id"
    std::string declarations;  // what the prefix needs
};

const std::vector<IdForm>& id_forms() {
    static const std::vector<IdForm> all{
        {"fw:Id", " xmlns:fw=\"" + std::string(soap::ns_wsu) + "\""},
        {"Id", ""},
        {"ID", ""},
        {"id", ""},
        {"iD", ""},
        {"xml:id", ""},
        {"AssertionID", ""},
        {"f2:ID", " xmlns:f2=\"" + std::string(names::saml20) + "\""},
        {"f1:AssertionID", " xmlns:f1=\"" + std::string(names::saml10) + "\""},
        {"fd:Id", " xmlns:fd=\"" + std::string(names::ds) + "\""},
        {"fx:Id", " xmlns:fx=\"urn:x\""},
        {"fx:id", " xmlns:fx=\"urn:x\""},
        {"fw:ID", " xmlns:fw=\"" + std::string(soap::ns_wsu) + "\""},
    };
    return all;
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

const Markup* leaf_of(const Markup& below, const std::string& local) {
    if (below.children.empty() && below.open_end < below.close_begin &&
        (local.empty() || below.local == local))
        return &below;
    for (const auto& child : below.children)
        if (const Markup* found = leaf_of(*child, local)) return found;
    return nullptr;
}

// The first text in it that says who somebody is, or any, is another's.
std::string with_forged_text(const SignedEnvelope& envelope, const Markup& part) {
    const Markup* said = leaf_of(part, "NameID");
    if (said == nullptr) said = leaf_of(part, "Username");
    if (said == nullptr) said = leaf_of(part, "");
    if (said == nullptr || said == &part) return "urn:forged";
    std::string content(part.inner(envelope.text));
    return content.replace(said->open_end - part.open_end, said->close_begin - said->open_end, "forged");
}

// Content that means something else and would be acted upon: the same operation, a fresh Timestamp.
std::string forged_content(const SignedEnvelope& envelope, const Markup& part) {
    if (part.is(soap::ns_wsu, "Timestamp")) {
        std::string inner(part.inner(envelope.text));
        // The last digit of the seconds: another time, just as fresh.
        for (std::size_t at = inner.find('Z'); at != std::string::npos; at = inner.find('Z', at + 1)) {
            const auto digit = inner.find_last_of("0123456789", at);
            inner[digit] = inner[digit] == '1' ? '2' : '1';
        }
        return inner;
    }
    if (&part != envelope.body) return with_forged_text(envelope, part);
    if (part.children.empty()) return "urn:forged";
    const Markup& operation = *part.children.front();
    const bool empty = operation.open_end == operation.end;
    std::string open(envelope.text, operation.begin, operation.open_end - operation.begin);
    if (empty) open.replace(open.size() - 2, 2, ">");
    return open + "forged</" + operation.qname() + ">";
}

}  // namespace

std::string forged(const SignedEnvelope& envelope, const Markup& part, const Dress& dress) {
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
            scope += envelope.text.substr(attribute.begin, attribute.end - attribute.begin);
    std::string content = forged_content(envelope, part);
    if (dress.prefix == "") {
        // A default namespace of its own, unless the content needs another.
        const auto declared = scope.find(" xmlns=\"");
        if (declared != std::string::npos) declarations.clear(), name = part.qname();
    }
    return "<" + name + scope + declarations + dress.attributes + ">" + content + "</" + name + ">";
}

std::vector<Dress> dresses(const Markup& part) {
    const Markup::Attribute* const id = id_of(part);
    const std::string value = id == nullptr ? "none" : id->value;
    std::vector<Dress> all{
        {"no Id", "-", ""}, {"no Id, other prefix", "zz", ""}, {"no Id, no prefix", "", ""}};
    for (const IdForm& form : id_forms())
        for (const auto& [what, said] :
             {std::pair{"same", value}, {"other", "other-" + value}, {"case", case_variant(value)}})
            all.push_back(
                {form.name + " " + what, "-", form.declarations + " " + form.name + "=\"" + said + "\""});
    all.push_back({"same Id, other prefix", "zz",
                   " xmlns:fw=\"" + std::string(soap::ns_wsu) + "\" fw:Id=\"" + value + "\""});
    all.push_back({"two Ids", "-",
                   " xmlns:fw=\"" + std::string(soap::ns_wsu) + "\" fw:Id=\"other\" Id=\"" + value + "\""});
    return all;
}

std::vector<std::pair<std::string, std::string>> originals(const SignedEnvelope& envelope,
                                                           const Markup& part) {
    const std::string self(part.text(envelope.text));
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

}  // namespace hutong::attack
