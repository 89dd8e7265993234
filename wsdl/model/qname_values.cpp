#include "wsdl/model/qname_values.hpp"

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

using Names = std::vector<QName>;

bool has(const Names& names, const QName& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

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

class Finder {
  public:
    explicit Finder(const Contract& contract) : contract_(contract) {
        found_.types = {{std::string(ns::xsd), "QName"},
                        {std::string(ns::xsd), "NOTATION"},
                        {std::string(ns::soap_encoding), "QName"}};
    }

    xml::QNameValues find() {
        // A type may be made of one that is declared later, and an element have that of its group's head.
        while (look_through_schemas()) continue;
        for (const Message& message : contract_.description.messages)
            for (const Part& part : message.parts)
                if (part.element.local.empty() && has(found_.types, part.type))
                    add(found_.elements, {{}, part.name});
        return std::move(found_);
    }

  private:
    // Whether anything new was found.
    bool look_through_schemas() {
        grown_ = false;
        for (const Schema& schema : contract_.closure.schemas)
            each_below(schema.root.element, [&](xml::Element element) { look_at(schema, element); });
        return grown_;
    }

    void look_at(const Schema& schema, xml::Element element) {
        const auto name = element.attribute("name");
        if (element.ns() != ns::xsd || !name) return;
        const std::string_view kind = element.local();
        if (kind == "simpleType" || kind == "complexType") {
            if (made_of_qnames(schema, element)) add(found_.types, {schema.ns, *name});
        } else if (kind == "element" || kind == "attribute") {
            if (has_qname_type(schema, element))
                add(kind == "element" ? found_.elements : found_.attributes,
                    {is_qualified(schema, element) ? schema.ns : std::string(), *name});
        }
    }

    bool is_qualified(const Schema& schema, xml::Element declared) const {
        if (is_global(declared)) return true;
        const std::string standard = std::string(declared.local()) + "FormDefault";
        return declared.attribute("form").value_or(schema.root.element.attribute(standard).value_or("")) ==
               "qualified";
    }

    bool has_qname_type(const Schema& schema, xml::Element declared) const {
        if (declared.attribute("type")) return refers(schema, declared, "type", found_.types);
        for (const xml::Element child : declared.children())
            if ((child.is(ns::xsd, "simpleType") || child.is(ns::xsd, "complexType")))
                return made_of_qnames(schema, child);
        return refers(schema, declared, "substitutionGroup", found_.elements);
    }

    // Of a simple type, or a complex one with simple content.
    bool made_of_qnames(const Schema& schema, xml::Element type) const {
        for (const xml::Element child : type.children()) {
            if (child.ns() != ns::xsd) continue;
            const std::string_view local = child.local();
            const bool derives =
                local == "restriction" || local == "extension" || local == "list" || local == "union";
            if (derives && (refers(schema, child, "base", found_.types) ||
                            refers(schema, child, "itemType", found_.types) ||
                            refers(schema, child, "memberTypes", found_.types)))
                return true;
            if ((derives || local == "simpleType" || local == "simpleContent") &&
                made_of_qnames(schema, child))
                return true;
        }
        return false;
    }

    // Whether one of the names in an attribute is among these.
    bool refers(const Schema& schema, xml::Element at, const char* attribute, const Names& names) const {
        const std::string written = at.attribute(attribute).value_or("");
        for (std::size_t i = 0; (i = written.find_first_not_of(" \t\r\n", i)) != std::string::npos;) {
            const std::size_t end = std::min(written.find_first_of(" \t\r\n", i), written.size());
            auto name = at.resolve(std::string_view(written).substr(i, end - i));
            i = end;
            if (name.has_error()) continue;
            // Inside a chameleon, names without a namespace mean the one it was included into.
            if (schema.chameleon && name->ns.empty()) name->ns = schema.ns;
            if (has(names, *name)) return true;
        }
        return false;
    }

    void add(Names& names, QName name) {
        if (has(names, name)) return;
        names.push_back(std::move(name));
        grown_ = true;
    }

    const Contract& contract_;
    xml::QNameValues found_;
    bool grown_{false};
};

}  // namespace

xml::QNameValues qname_values_of(const Contract& contract) {
    return Finder(contract).find();
}

}  // namespace hutong::wsdl
