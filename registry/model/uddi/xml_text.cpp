#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_key(std::string_view name) {
    return name == "tModelKey" || name == "businessKey" || name == "serviceKey" || name == "bindingKey" ||
           name == "fromKey" || name == "toKey" || name == "subscriptionKey";
}

}  // namespace

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + xml::escape(value) + "\"";
}

std::string element(std::string_view name, std::string_view text) {
    return enclosed(name, xml::escape(text));
}

std::string enclosed(std::string_view name, const std::string& content) {
    const std::string tag(name);
    return "<" + tag + ">" + content + "</" + tag + ">";
}

std::string collapsed(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    for (const char c : text) {
        if (!is_space(c))
            line.push_back(c);
        else if (!line.empty() && line.back() != ' ')
            line.push_back(' ');
    }
    if (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

std::string fold_key(std::string_view key) {
    std::string folded = collapsed(key);
    for (char& c : folded)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
}

std::string language_of(const xml::Element& element) {
    return fold_key(element.attribute("lang", ns_xml).value_or(""));
}

std::string key_attribute(const xml::Element& element, std::string_view name) {
    return fold_key(element.attribute(name).value_or(""));
}

std::string child_text(const xml::Element& element, std::string_view name) {
    const xml::Element found = element.child(ns, name);
    return found ? collapsed(found.text()) : std::string();
}

std::string normal_text(const xml::Element& element) {
    if (element.ns() != ns) return element.serialize();
    const std::string name(element.local());
    std::string text = "<" + name;
    for (const xml::Attribute& one : element.attributes()) {
        if (one.ns == ns_xml && one.local == "lang") {
            text += attribute("xml:lang", collapsed(one.value));
        } else if (one.ns.empty()) {
            text += attribute(one.local, is_key(one.local) ? fold_key(one.value) : collapsed(one.value));
        }
    }
    const xml::Element first = element.first_child();
    std::string content;
    if (first) {
        for (xml::Element child = first; child; child = child.next_sibling()) content += normal_text(child);
    } else {
        const std::string own = element.text();
        content = xml::escape(is_key(name) ? fold_key(own) : name == "instanceParms" ? own : collapsed(own));
    }
    return content.empty() ? text + "/>" : text + ">" + content + "</" + name + ">";
}

}  // namespace hutong::registry::uddi
