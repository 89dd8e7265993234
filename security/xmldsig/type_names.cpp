#include "security/xmldsig/type_names.hpp"

#include <algorithm>

#include <libxml/tree.h>

namespace hutong::security {

namespace {

constexpr std::string_view xsi = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema";

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

std::string_view prefix_of(std::string_view qname) {
    const auto begin = std::min(qname.find_first_not_of(" \t\r\n"), qname.size());
    const auto colon = qname.find(':', begin);
    return colon == std::string_view::npos ? std::string_view() : qname.substr(begin, colon - begin);
}

Error not_covered(std::string_view type) {
    return refused("the signature does not cover what the prefix in xsi:type=\"" +
                   std::string(type.substr(0, 100)) + "\" stands for; list it in InclusiveNamespaces");
}

struct Binding {
    std::string_view prefix;
    std::string_view uri;
};

class Walk {
  public:
    explicit Walk(const std::vector<std::string>& inclusive) : inclusive_(inclusive) {}

    // The parser limits the depth, so recursion is bounded.
    Result<void> check(xmlNode* element) {
        const std::size_t around = written_.size();
        write(element->ns);
        for (const xmlAttr* a = element->properties; a != nullptr; a = a->next)
            if (a->ns != nullptr) write(a->ns);
        HUTONG_TRY(check_type_of(element));
        for (xmlNode* child = element->children; child != nullptr; child = child->next)
            if (child->type == XML_ELEMENT_NODE) HUTONG_TRY(check(child));
        written_.resize(around);
        return {};
    }

  private:
    void write(const xmlNs* ns) {
        if (ns != nullptr) written_.push_back({view(ns->prefix), view(ns->href)});
    }

    Result<void> check_type_of(xmlNode* element) const {
        const auto type = xml::Element(element).attribute("type", xsi);
        if (!type) return {};
        const std::string prefix(prefix_of(*type));
        const std::string listed = prefix.empty() ? "#default" : prefix;
        if (std::find(inclusive_.begin(), inclusive_.end(), listed) != inclusive_.end()) return {};
        const xmlNs* const bound =
            xmlSearchNs(element->doc, element,
                        prefix.empty() ? nullptr : reinterpret_cast<const xmlChar*>(prefix.c_str()));
        const std::string_view uri = bound == nullptr ? std::string_view{} : view(bound->href);
        if (uri == xsd) return {};
        // The innermost binding of the prefix that canonicalisation writes, if there is one.
        const auto written = std::find_if(written_.rbegin(), written_.rend(),
                                          [&](const Binding& binding) { return binding.prefix == prefix; });
        if (written != written_.rend() && written->uri == uri) return {};
        return not_covered(*type);
    }

    const std::vector<std::string>& inclusive_;
    std::vector<Binding> written_;
};

}  // namespace

Result<void> check_type_names(xml::Element apex, const std::vector<std::string>& inclusive) {
    return Walk(inclusive).check(apex.raw());
}

Result<void> TypeNames::check(const xml::StartTag& tag, const CanonicalWriter& writer) const {
    for (const xml::AttributeEvent& attribute : tag.attributes) {
        if (attribute.local != "type" || attribute.ns != xsi) continue;
        const std::string_view prefix = prefix_of(attribute.value);
        const auto bound = std::find_if(in_scope_.rbegin(), in_scope_.rend(),
                                        [&](const auto& ns) { return ns.prefix == prefix; });
        const std::string_view uri = bound == in_scope_.rend() ? std::string_view() : bound->uri;
        if (uri != xsd && !writer.shows(prefix, uri)) return not_covered(attribute.value);
    }
    return {};
}

}  // namespace hutong::security
