#include "registry/soap/rest.hpp"

#include <array>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/form.hpp"
#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

namespace json = boost::json;

OrFault<std::vector<FormParameter>> parameters_of(std::string_view query) {
    auto all = read_form(query);
    if (all.has_error())
        return Fault(failure::fatal, "The query holds a % that two hexadecimal digits do not follow.");
    std::erase_if(*all, [](const FormParameter& one) { return one.name.empty(); });
    return std::move(*all);
}

struct EntityRow {
    std::string_view parameter, operation;
};
constexpr std::array entities{
    EntityRow{"businessKey", "get_businessDetail"}, EntityRow{"serviceKey", "get_serviceDetail"},
    EntityRow{"bindingKey", "get_bindingDetail"}, EntityRow{"tModelKey", "get_tModelDetail"},
    EntityRow{"entityKey", "get_operationalInfo"}};
constexpr std::array<std::string_view, 4> finds{"find_business", "find_service", "find_binding",
                                                "find_tModel"};
constexpr std::string_view find_related = "find_relatedBusinesses";

std::string request_text(std::string_view operation, const std::string& content,
                         const std::string& attributes = {}) {
    const std::string tag(operation);
    return "<" + tag + " xmlns=\"" + std::string(ns) + "\"" + attributes + ">" + content + "</" + tag + ">";
}

// TMODELKEY|VALUE|KEYNAME
std::string reference_of(const std::string& text) {
    const std::size_t first = std::min(text.find('|'), text.size());
    const std::size_t second = std::min(text.find('|', first + 1), text.size());
    std::string said = "<keyedReference" + attribute("tModelKey", text.substr(0, first));
    if (second < text.size()) said += attribute("keyName", text.substr(second + 1));
    if (first < text.size()) said += attribute("keyValue", text.substr(first + 1, second - first - 1));
    return said + "/>";
}

std::string bag(std::string_view name, const std::string& content) {
    return content.empty() ? std::string() : enclosed(name, content);
}

Fault no_parameter(const std::string& name, std::string_view operation) {
    return Fault(failure::unsupported, "There is no parameter \"" + name + "\" of " + std::string(operation) +
                                           "; see docs/registry.md.");
}

OrFault<std::string> find_request(std::string_view operation, const std::vector<FormParameter>& parameters) {
    std::string qualifiers, names, identifiers, categories, tmodels, urls, attributes;
    for (const FormParameter& one : parameters) {
        if (one.name == operation || one.name == "format") continue;
        if (one.name == "findQualifier") {
            qualifiers += element("findQualifier", one.value);
        } else if (one.name == "name") {
            names += element("name", one.value);
        } else if (one.name.starts_with("name.")) {
            names += "<name" + attribute("xml:lang", one.name.substr(5)) + ">" + xml::escape(one.value) +
                     "</name>";
        } else if (one.name == "category") {
            categories += reference_of(one.value);
        } else if (one.name == "identifier") {
            identifiers += reference_of(one.value);
        } else if (one.name == "tModelKey") {
            tmodels += element("tModelKey", one.value);
        } else if (one.name == "discoveryURL") {
            urls += element("discoveryURL", one.value);
        } else if (one.name == "businessKey" || one.name == "serviceKey" || one.name == "maxRows" ||
                   one.name == "listHead") {
            attributes += attribute(one.name, one.value);
        } else {
            return no_parameter(one.name, operation);
        }
    }
    // In the order of the schema, which differs for find_binding.
    const bool binding = operation == "find_binding";
    std::string content = bag("findQualifiers", qualifiers) + names + bag("identifierBag", identifiers);
    if (!binding) content += bag("categoryBag", categories);
    content += bag("tModelBag", tmodels);
    if (binding) content += bag("categoryBag", categories);
    content += bag("discoveryURLs", urls);
    return request_text(operation, content, attributes);
}

// One of the three keys, which the contract asks for, and the relationship.
OrFault<std::string> related_request(const std::vector<FormParameter>& parameters) {
    std::string qualifiers, keys, relationship, attributes;
    for (const FormParameter& one : parameters) {
        if (one.name == find_related || one.name == "format") continue;
        if (one.name == "findQualifier") {
            qualifiers += element("findQualifier", one.value);
        } else if (one.name == "businessKey" || one.name == "fromKey" || one.name == "toKey") {
            keys += element(one.name, one.value);
        } else if (one.name == "relationship") {
            relationship += reference_of(one.value);
        } else if (one.name == "maxRows" || one.name == "listHead") {
            attributes += attribute(one.name, one.value);
        } else {
            return no_parameter(one.name, find_related);
        }
    }
    return request_text(find_related, bag("findQualifiers", qualifiers) + keys + relationship, attributes);
}

json::value value_of(const xml::Element& element) {
    json::object object;
    for (const xml::Attribute& one : element.attributes()) object[one.local] = one.value;
    const xml::Element first = element.first_child();
    if (!first) {
        const std::string text = element.text();
        if (object.empty()) return json::value(text);
        if (!text.empty()) object["value"] = text;
        return object;
    }
    for (xml::Element child = first; child; child = child.next_sibling()) {
        json::value& list = object[std::string(child.local())];
        if (!list.is_array()) list = json::array();
        list.get_array().push_back(value_of(child));
    }
    return object;
}

}  // namespace

bool is_rest_query(std::string_view query) {
    const std::string_view first = query.substr(0, query.find_first_of("=&"));
    for (const EntityRow& row : entities)
        if (row.parameter == first) return true;
    return first.starts_with("find_");
}

OrFault<RestQuery> read_query(std::string_view query, std::string_view accept) {
    HUTONG_ASSIGN(const auto parameters, parameters_of(query));
    RestQuery asked;
    asked.json = accept.find("application/json") != std::string_view::npos;
    for (const FormParameter& one : parameters) {
        if (one.name != "format") continue;
        if (one.value != "json" && one.value != "xml")
            return Fault(failure::unsupported, "format is xml or json, not \"" + one.value + "\".");
        asked.json = one.value == "json";
    }
    for (const std::string_view operation : finds) {
        if (parameters.front().name != operation) continue;
        HUTONG_ASSIGN(asked.request, find_request(operation, parameters));
        return asked;
    }
    if (parameters.front().name == find_related) {
        HUTONG_ASSIGN(asked.request, related_request(parameters));
        return asked;
    }
    for (const EntityRow& row : entities) {
        if (parameters.front().name != row.parameter) continue;
        for (std::size_t i = 1; i < parameters.size(); ++i)
            if (parameters[i].name != "format") return no_parameter(parameters[i].name, row.parameter);
        asked.entity = true;
        asked.request = request_text(row.operation, element(row.parameter, parameters.front().value));
        return asked;
    }
    return Fault(failure::unsupported,
                 "There is no find \"" + parameters.front().name + "\"; see docs/registry.md.");
}

std::string json_of(const xml::Element& element) {
    json::object whole;
    whole[std::string(element.local())] = value_of(element);
    return json::serialize(whole);
}

}  // namespace hutong::registry::uddi
