// Rules about files and how they import each other (BP 1.1 sections 4.1 to 4.3).
#include "wsdl/check/checks.hpp"
#include "wsdl/model/names.hpp"
#include "wsdl/model/text_map.hpp"
#include "wsdl/model/well_known.hpp"

namespace hutong::wsdl {

namespace {

void for_each_link(const Contract& contract, LinkKind kind, const std::function<void(const Link&)>& visit) {
    for (const Link& link : contract.closure.links)
        if (link.kind == kind) visit(link);
}

void wsdl_import_of_schema(const Contract& contract, const Report& report) {
    for_each_link(contract, LinkKind::wsdl_import, [&](const Link& link) {
        if (link.to != nullptr && link.to->is_schema())
            report(link.from.place(),
                   "wsdl:import of a schema; import " + link.location + " in an xs:schema of wsdl:types");
    });
}

void schema_import_outside_schema(const Contract& contract, const Report& report) {
    for (const Node& definitions : contract.closure.definitions) {
        for (const xml::Element child : definitions.element.children()) {
            if (child.is(ns::xsd, "import"))
                report({definitions.file->path, child.line()}, "xs:import outside of xs:schema");
            if (!child.is(ns::wsdl, "types")) continue;
            for (const xml::Element import : child.children(ns::xsd, "import"))
                report({definitions.file->path, import.line()}, "xs:import outside of xs:schema");
        }
    }
}

void schema_import_of_wsdl(const Contract& contract, const Report& report) {
    for_each_link(contract, LinkKind::schema_import, [&](const Link& link) {
        if (link.to != nullptr && !link.to->is_schema())
            report(link.from.place(), "xs:import of " + link.location + ", which is a WSDL and not a schema");
    });
}

void import_of_other_namespace(const Contract& contract, const Report& report) {
    for_each_link(contract, LinkKind::wsdl_import, [&](const Link& link) {
        if (link.to == nullptr) return;
        const std::string is = link.to->document.root().attribute("targetNamespace").value_or("");
        if (is != link.ns)
            report(link.from.place(), "wsdl:import says namespace \"" + link.ns + "\", but " + link.to->path +
                                          " has \"" + is + "\"");
    });
}

void import_without_location(const Contract& contract, const Report& report) {
    for_each_link(contract, LinkKind::wsdl_import, [&](const Link& link) {
        if (link.location.empty()) report(link.from.place(), "wsdl:import without location");
    });
}

// R2022: imports come first; R2023: then types. Documentation may stand anywhere.
void late_element(const Contract& contract, std::string_view late, bool imports_may_precede,
                  const Report& report) {
    for (const Node& definitions : contract.closure.definitions) {
        bool others = false;
        for (const xml::Element child : definitions.element.children()) {
            if (child.ns() != ns::wsdl || child.local() == "documentation") continue;
            if (child.local() == late) {
                if (others)
                    report({definitions.file->path, child.line()},
                           "wsdl:" + std::string(late) + " after other elements");
            } else if (!imports_may_precede || child.local() != "import") {
                others = true;
            }
        }
    }
}

void late_import(const Contract& contract, const Report& report) {
    late_element(contract, "import", false, report);
}
void late_types(const Contract& contract, const Report& report) {
    late_element(contract, "types", true, report);
}

void required_extension(const Contract& contract, const Report& report) {
    for (const Node& definitions : contract.closure.definitions)
        walk(definitions.element, [&](xml::Element element, std::size_t) {
            const std::string required = element.attribute("required", ns::wsdl).value_or("");
            if (required == "true" || required == "1")
                report({definitions.file->path, element.line()},
                       "extension " + element.name().text() +
                           " is marked wsdl:required; clients may not know it");
        });
}

void other_encoding(const Contract& contract, const Report& report) {
    for (const SourceFile& file : contract.closure.files)
        if (!file.encoding.starts_with("UTF-8") && !file.encoding.starts_with("UTF-16") &&
            file.encoding != "US-ASCII")
            report({file.path, 1}, "the file is in " + file.encoding + "; it is published in UTF-8");
}

void doctype(const Contract& contract, const Report& report) {
    for (const SourceFile& file : contract.closure.files)
        if (file.had_doctype)
            report({file.path, 1}, "the document type declaration is ignored and not published");
}

void namespace_nobody_defines(const Contract& contract, const Report& report) {
    for_each_link(contract, LinkKind::schema_import, [&](const Link& link) {
        if (!link.location.empty() || link.ns == ns::xsd || link.ns == ns::wsdl ||
            link.ns == ns::soap_encoding)
            return;
        if (contract.closure.defines_namespace(link.ns) || !well_known_schema(link.ns).empty()) return;
        report(link.from.place(),
               "namespace \"" + link.ns + "\" is imported without a location and no schema here defines it");
    });
}

constexpr Rule rules[] = {
    {"R2001", Severity::warning, wsdl_import_of_schema},
    {"R2003", Severity::warning, schema_import_outside_schema},
    {"R2004", Severity::warning, schema_import_of_wsdl},
    {"R2005", Severity::warning, import_of_other_namespace},
    {"R2007", Severity::warning, import_without_location},
    {"R2022", Severity::note, late_import},
    {"R2023", Severity::note, late_types},
    {"R2026", Severity::note, required_extension},
    {"R4003", Severity::note, other_encoding},
    {"HT-WSDL-006", Severity::note, doctype},
    {"HT-WSDL-015", Severity::warning, namespace_nobody_defines},
};

}  // namespace

void check_documents(const Contract& contract, std::vector<Finding>& findings) {
    run_rules(rules, contract, findings);
}

}  // namespace hutong::wsdl
