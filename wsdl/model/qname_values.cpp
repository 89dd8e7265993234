#include "wsdl/model/qname_values.hpp"

#include <map>
#include <set>
#include <utility>

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

bool is_global(xml::Element element) {
    return element.parent().is(ns::xsd, "schema") || element.parent().is(ns::xsd, "redefine");
}

template <class Visit>
void each_below(xml::Element element, const Visit& visit) {
    for (xml::Element child = element.first_child(); child; child = child.next_sibling()) {
        visit(child);
        each_below(child, visit);  // the parser limits the depth
    }
}

// What a name stands for; those of types and elements may be the reason why another holds a QName.
enum class Kind { type, element, attribute };

// Each declaration is looked at once, and once more for each name that makes it one of those looked for.
class Finder {
  public:
    explicit Finder(const Contract& contract) : contract_(contract) {
        for (const Schema& schema : contract_.closure.schemas)
            each_below(schema.root.element, [&](xml::Element element) { look_at(schema, element); });
    }

    xml::QNameValues find() {
        for (const QName& type :
             {QName{std::string(ns::xsd), "QName"}, QName{std::string(ns::xsd), "NOTATION"},
              QName{std::string(ns::soap_encoding), "QName"}})
            add({Kind::type, type});
        // A type may be made of one that is declared later, and an element have that of its group's head.
        while (!to_follow_.empty()) {
            const Name from = std::move(to_follow_.back());
            to_follow_.pop_back();
            const auto made = made_of_.equal_range(from);
            for (auto one = made.first; one != made.second; ++one) add(one->second);
        }
        for (const Message& message : contract_.description.messages)
            for (const Part& part : message.parts)
                if (part.element.local.empty() && found_.contains({Kind::type, part.type}))
                    found_.insert({Kind::element, {{}, part.name}});
        xml::QNameValues values;
        for (const auto& [kind, name] : found_) {
            auto& list = kind == Kind::type      ? values.types
                         : kind == Kind::element ? values.elements
                                                 : values.attributes;
            list.push_back(name);
        }
        return values;
    }

  private:
    using Name = std::pair<Kind, QName>;

    void add(const Name& name) {
        if (found_.insert(name).second) to_follow_.push_back(name);
    }

    void look_at(const Schema& schema, xml::Element element) {
        const auto name = element.attribute("name");
        if (element.ns() != ns::xsd || !name) return;
        const std::string_view kind = element.local();
        if (kind == "simpleType" || kind == "complexType") {
            note_derivation(schema, element, {Kind::type, {schema.ns, *name}});
        } else if (kind == "element" || kind == "attribute") {
            note_type(schema, element,
                      {kind == "element" ? Kind::element : Kind::attribute,
                       {is_qualified(schema, element) ? schema.ns : std::string(), *name}});
        }
    }

    bool is_qualified(const Schema& schema, xml::Element declared) const {
        if (is_global(declared)) return true;
        const std::string standard = std::string(declared.local()) + "FormDefault";
        return declared.attribute("form").value_or(schema.root.element.attribute(standard).value_or("")) ==
               "qualified";
    }

    void note_type(const Schema& schema, xml::Element declared, const Name& made) {
        if (declared.attribute("type")) return note(schema, declared, "type", Kind::type, made);
        for (const xml::Element child : declared.children())
            if ((child.is(ns::xsd, "simpleType") || child.is(ns::xsd, "complexType")))
                return note_derivation(schema, child, made);
        note(schema, declared, "substitutionGroup", Kind::element, made);
    }

    // Of a simple type, or a complex one with simple content.
    void note_derivation(const Schema& schema, xml::Element type, const Name& made) {
        for (const xml::Element child : type.children()) {
            if (child.ns() != ns::xsd) continue;
            const std::string_view local = child.local();
            const bool derives =
                local == "restriction" || local == "extension" || local == "list" || local == "union";
            if (derives)
                for (const char* const attribute : {"base", "itemType", "memberTypes"})
                    note(schema, child, attribute, Kind::type, made);
            if (derives || local == "simpleType" || local == "simpleContent")
                note_derivation(schema, child, made);
        }
    }

    // `made` is made of the names in an attribute.
    void note(const Schema& schema, xml::Element at, const char* attribute, Kind kind, const Name& made) {
        const std::string written = at.attribute(attribute).value_or("");
        for (std::size_t i = 0; (i = written.find_first_not_of(" \t\r\n", i)) != std::string::npos;) {
            const std::size_t end = std::min(written.find_first_of(" \t\r\n", i), written.size());
            auto name = at.resolve(std::string_view(written).substr(i, end - i));
            i = end;
            if (name.has_error()) continue;
            // Inside a chameleon, names without a namespace mean the one it was included into.
            if (schema.chameleon && name->ns.empty()) name->ns = schema.ns;
            made_of_.emplace(Name{kind, std::move(*name)}, made);
        }
    }

    const Contract& contract_;
    std::multimap<Name, Name> made_of_;
    std::set<Name> found_;
    std::vector<Name> to_follow_;
};

}  // namespace

xml::QNameValues qname_values_of(const Contract& contract) {
    return Finder(contract).find();
}

}  // namespace hutong::wsdl
