#include "wsdl/model/schema_sources.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "wsdl/model/names.hpp"
#include "wsdl/model/rpc_wrappers.hpp"
#include "wsdl/model/text_map.hpp"
#include "wsdl/model/well_known.hpp"

namespace hutong::wsdl {

namespace {

std::string numbered(const char* letter, std::size_t number) {
    std::string digits = std::to_string(number);
    return letter + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + ".xsd";
}

xml::Element enclosing_schema(xml::Element element) {
    while (element && !element.is(ns::xsd, "schema")) element = element.parent();
    return element;
}

// The namespace declarations of the elements around `inner`, nearest first, without those it makes itself.
std::string declarations_in_scope(const TextMap& map, const std::vector<std::size_t>& around,
                                  const ElementSpan& inner) {
    std::string result;
    std::set<std::string_view> seen;
    const auto take = [&](const ElementSpan& element, bool write) {
        for (const AttributeSpan& attribute : map.attributes(element)) {
            if (attribute.name != "xmlns" && !attribute.name.starts_with("xmlns:")) continue;
            if (!seen.insert(attribute.name).second || !write) continue;
            const char quote = map.text()[attribute.end];
            result += std::string(" ") + std::string(attribute.name) + "=" + quote +
                      std::string(map.text().substr(attribute.begin, attribute.end - attribute.begin)) +
                      quote;
        }
    };
    take(inner, false);
    for (auto outer = around.rbegin(); outer != around.rend(); ++outer) take(map.elements()[*outer], true);
    return result;
}

}  // namespace

SchemaSources::SchemaSources(const Contract& contract) : contract_(contract) {
    name_documents();
    for (const SchemaIndex::Reference& reference : contract.schemas.references())
        if (reference.resolved && !reference.namespace_imported)
            missing_imports_[enclosing_schema(reference.from.element).raw()].insert(reference.name.ns);
    write_rpc_wrappers();
    name_namespaces();
    for (const SourceFile& file : contract.closure.files) write_file(file);
    write_namespaces();
}

void SchemaSources::name_documents() {
    for (const Schema& schema : contract_.closure.schemas) {
        const auto [known, fresh] =
            name_of_.try_emplace(schema.root.element.raw(), numbered("s", name_of_.size()));
        if (fresh) path_of_[known->second] = schema.root.file->path;
        if (!schema.included) documents_[schema.ns].push_back(known->second);
    }
}

void SchemaSources::name_namespaces() {
    // One document stands for itself; of several, write_namespaces() makes one that includes them all.
    std::size_t number = 0;
    for (auto& [ns, documents] : documents_) {
        if (documents.size() == 1) continue;
        std::string markup = "<xs:schema xmlns:xs=\"" + std::string(ns::xsd) + "\"";
        if (!ns.empty()) markup += " targetNamespace=\"" + xml::escape(ns) + "\"";
        markup += ">\n";
        for (const std::string& document : documents)
            markup += "<xs:include schemaLocation=\"" + document + "\"/>\n";
        const std::string name = numbered("n", number++);
        files_[name] = markup + "</xs:schema>\n";
        documents = {name};
    }
}

void SchemaSources::add_well_known(const std::string& ns) {
    const std::string_view text = well_known_schema(ns);
    if (text.empty() || documents_.contains(ns)) return;
    const std::string name = numbered("w", documents_.size());
    files_[name] = text;
    documents_[ns] = {name};
}

std::string SchemaSources::target_for(const std::string& ns) {
    add_well_known(ns);
    const auto found = documents_.find(ns);
    return found == documents_.end() ? std::string{} : found->second.front();
}

std::string SchemaSources::import_markup(const std::string& ns) {
    std::string markup = "<xs:import xmlns:xs=\"" + std::string(ns::xsd) + "\"";
    if (!ns.empty()) markup += " namespace=\"" + xml::escape(ns) + "\"";
    if (const std::string target = target_for(ns); !target.empty())
        markup += " schemaLocation=\"" + target + "\"";
    return markup + "/>";
}

// Cuts the schemas out of one file, with their imports and includes pointed at the made-up names.
void SchemaSources::write_file(const SourceFile& file) {
    std::map<const void*, const Link*> links;
    for (const Link& link : contract_.closure.links)
        if (link.from.file == &file) links[link.from.element.raw()] = &link;
    const TextMap map(file.text);
    Splices splices(map);
    struct Cut {
        const ElementSpan* span;
        std::string name;
        int line;
    };
    std::vector<Cut> cuts;
    std::vector<std::size_t> around;
    walk(file.document.root(), [&](xml::Element element, std::size_t number) {
        const ElementSpan& span = map.elements()[number];
        while (!around.empty() && map.elements()[around.back()].end <= span.begin) around.pop_back();
        if (const auto name = name_of_.find(element.raw()); name != name_of_.end()) {
            cuts.push_back({&span, name->second, element.line()});
            if (const std::string scope = declarations_in_scope(map, around, span); !scope.empty())
                splices.add_to_start_tag(span, scope);
            std::string imports;
            if (const auto missing = missing_imports_.find(element.raw()); missing != missing_imports_.end())
                for (const std::string& ns : missing->second) imports += import_markup(ns);
            if (!imports.empty() && !span.empty_tag) splices.replace(span.tag_end, span.tag_end, imports);
        }
        if (const auto link = links.find(element.raw()); link != links.end()) {
            const Link& at = *link->second;
            if (at.kind == LinkKind::schema_import) {
                splices.remove_attribute(span, "schemaLocation");
                if (const std::string target = target_for(at.ns); !target.empty())
                    splices.add_to_start_tag(span, "schemaLocation=\"" + target + "\"");
            } else if (at.to != nullptr) {
                if (const auto target = name_of_.find(at.to->document.root().raw()); target != name_of_.end())
                    splices.set_attribute(span, "schemaLocation", target->second);
            }
        }
        around.push_back(number);
    });
    for (const Cut& cut : cuts) {
        const auto above = std::count(file.text.begin(),
                                      file.text.begin() + static_cast<std::ptrdiff_t>(cut.span->begin), '\n');
        files_[cut.name] = std::string(static_cast<std::size_t>(above), '\n') +
                           splices.apply(cut.span->begin, cut.span->end);
    }
}

void SchemaSources::write_rpc_wrappers() {
    for (const auto& [ns, wrappers] : rpc_wrappers(contract_.description, contract_.schemas)) {
        const std::string name = numbered("r", wrapper_imports_.size());
        documents_[ns].push_back(name);
        files_[name] =
            wrappers.declarations;  // its imports are put in when all namespaces have their document
        path_of_[name] = contract_.closure.files.front().path;
        wrapper_imports_[name] = wrappers.namespaces;
    }
}

void SchemaSources::write_namespaces() {
    for (const auto& [name, namespaces] : wrapper_imports_) {
        std::string imports;
        for (const std::string& ns : namespaces) imports += import_markup(ns);
        files_[name].insert(files_[name].find('>') + 1, imports);
    }
    // A namespace of its own, since only then may it import what has none.
    std::string markup =
        "<xs:schema xmlns:xs=\"" + std::string(ns::xsd) + "\" targetNamespace=\"urn:hutong:contract\">\n";
    for (const auto& [ns, documents] : documents_) markup += import_markup(ns) + "\n";
    files_[main_] = markup + "</xs:schema>\n";
}

Finding SchemaSources::finding(const Error& error) const {
    // "s0003.xsd:12: reason"; made-up names may stand in the reason as well.
    std::string text = error.detail;
    Place place{contract_.closure.files.front().path, 1};
    const std::size_t colon = text.find(':');
    if (const auto path = path_of_.find(text.substr(0, colon));
        colon != std::string::npos && path != path_of_.end()) {
        place = {path->second, std::max(1, std::atoi(text.c_str() + colon + 1))};
        std::size_t reason = text.find(": ", colon);
        if (reason != std::string::npos) text.erase(0, reason + 2);
    }
    for (const auto& [name, path] : path_of_)
        for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += path.size())
            text.replace(at, name.size(), path);
    for (std::size_t at = 0; (at = text.find("bundle:///")) != std::string::npos;) text.erase(at, 10);
    return {Severity::warning, "HT-WSDL-013",
            "the schemas do not compile, so messages are not validated: " + text, std::move(place)};
}

}  // namespace hutong::wsdl
