#include "security/xmldsig/bound_names.hpp"

#include <algorithm>

#include <libxml/tree.h>

namespace hutong::security {

namespace {

constexpr std::string_view xsi = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema";

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

constexpr std::string_view white = " \t\r\n";

std::string_view prefix_of(std::string_view qname) {
    const auto begin = std::min(qname.find_first_not_of(white), qname.size());
    const auto colon = qname.find(':', begin);
    return colon == std::string_view::npos ? std::string_view() : qname.substr(begin, colon - begin);
}

std::string_view local_part_of(std::string_view qname) {
    qname.remove_prefix(std::min(qname.find_last_of(':') + 1, qname.size()));  // npos + 1 is 0
    const auto begin = std::min(qname.find_first_not_of(white), qname.size());
    return qname.substr(begin, std::min(qname.find_first_of(white, begin), qname.size()) - begin);
}

bool names_qname_type(std::string_view type, const xml::QNameValues& values) {
    return std::any_of(values.types.begin(), values.types.end(),
                       [local = local_part_of(type)](const xml::QName& one) { return one.local == local; });
}

// Every name of a list.
template <class Check>
Result<void> each_name(std::string_view value, const Check& check) {
    for (std::size_t i = 0; (i = value.find_first_not_of(white, i)) != std::string_view::npos;) {
        const std::size_t end = std::min(value.find_first_of(white, i), value.size());
        HUTONG_TRY(check(value.substr(i, end - i)));
        i = end;
    }
    return {};
}

Error not_bound(std::string_view name) {
    return refused(
        "the signature does not cover what the prefix of \"" + std::string(name.substr(0, 100)) +
        "\" stands for, which is a qualified name by the contract; list it in InclusiveNamespaces");
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
    Walk(const std::vector<std::string>& inclusive, const xml::QNameValues* values)
        : inclusive_(inclusive), values_(values) {}

    // The parser limits the depth, so recursion is bounded.
    Result<void> check(xmlNode* element) {
        const std::size_t around = written_.size();
        write(element->ns);
        for (const xmlAttr* a = element->properties; a != nullptr; a = a->next)
            if (a->ns != nullptr) write(a->ns);
        HUTONG_TRY(check_type_of(element));
        if (values_ != nullptr) HUTONG_TRY(check_values_of(element));
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
        const std::string_view uri = bound_to(element, prefix);
        if (uri == xsd || is_listed(prefix) || is_written(prefix, uri)) return {};
        return not_covered(*type);
    }

    Result<void> check_values_of(xmlNode* raw) const {
        const xml::Element element(raw);
        for (const xmlAttr* a = raw->properties; a != nullptr; a = a->next) {
            const std::string_view ns = a->ns == nullptr ? std::string_view{} : view(a->ns->href);
            if (xml::QNameValues::has(values_->attributes, ns, view(a->name)))
                HUTONG_TRY(check_value(raw, element.attribute(view(a->name), ns).value_or("")));
        }
        if (element.first_child()) return {};  // what holds elements is no simple value
        const auto type = element.attribute("type", xsi);
        if (xml::QNameValues::has(values_->elements, element.ns(), element.local()) ||
            (type && names_qname_type(*type, *values_)))
            return check_value(raw, element.text());
        return {};
    }

    Result<void> check_value(xmlNode* element, std::string_view value) const {
        return each_name(value, [&](std::string_view name) -> Result<void> {
            const std::string prefix(prefix_of(name));
            const std::string_view uri = bound_to(element, prefix);
            const bool prefixed = element->ns != nullptr && element->ns->prefix != nullptr;
            if (is_listed(prefix) || (prefix.empty() && !prefixed) || (!prefix.empty() && uri.empty()) ||
                is_written(prefix, uri))
                return {};
            return not_bound(name);
        });
    }

    bool is_listed(const std::string& prefix) const {
        const std::string listed = prefix.empty() ? "#default" : prefix;
        return std::find(inclusive_.begin(), inclusive_.end(), listed) != inclusive_.end();
    }

    static std::string_view bound_to(xmlNode* element, const std::string& prefix) {
        const xmlNs* const bound =
            xmlSearchNs(element->doc, element,
                        prefix.empty() ? nullptr : reinterpret_cast<const xmlChar*>(prefix.c_str()));
        return bound == nullptr ? std::string_view{} : view(bound->href);
    }

    // By the innermost binding of the prefix that canonicalisation writes, if there is one.
    bool is_written(const std::string& prefix, std::string_view uri) const {
        const auto written = std::find_if(written_.rbegin(), written_.rend(),
                                          [&](const Binding& binding) { return binding.prefix == prefix; });
        return written != written_.rend() && written->uri == uri;
    }

    const std::vector<std::string>& inclusive_;
    const xml::QNameValues* const values_;
    std::vector<Binding> written_;
};

}  // namespace

Result<void> check_bound_names(xml::Element apex, const std::vector<std::string>& inclusive,
                               const xml::QNameValues* values) {
    return Walk(inclusive, values).check(apex.raw());
}

bool has_qname_type(std::span<const xml::AttributeEvent> attributes, const xml::QNameValues& values) {
    return std::any_of(attributes.begin(), attributes.end(), [&](const xml::AttributeEvent& attribute) {
        return attribute.local == "type" && attribute.ns == xsi && names_qname_type(attribute.value, values);
    });
}

std::string_view BoundNames::bound_to(std::string_view prefix) const {
    const auto bound = std::find_if(in_scope_.rbegin(), in_scope_.rend(),
                                    [&](const auto& ns) { return ns.prefix == prefix; });
    return bound == in_scope_.rend() ? std::string_view() : bound->uri;
}

Result<void> BoundNames::check(const xml::StartTag& tag, const CanonicalWriter& writer) const {
    for (const xml::AttributeEvent& attribute : tag.attributes) {
        if (attribute.local != "type" || attribute.ns != xsi) continue;
        const std::string_view prefix = prefix_of(attribute.value);
        const std::string_view uri = bound_to(prefix);
        if (uri != xsd && !writer.shows(prefix, uri)) return not_covered(attribute.value);
    }
    return {};
}

Result<void> BoundNames::check_value(std::string_view value, bool prefixed,
                                     const CanonicalWriter& writer) const {
    return each_name(value, [&](std::string_view name) -> Result<void> {
        const std::string_view prefix = prefix_of(name);
        const std::string_view uri = bound_to(prefix);
        // An element without a prefix shows what none stands for. With one that is not declared it is no
        // name.
        if ((prefix.empty() && !prefixed) || (!prefix.empty() && uri.empty()) || writer.shows(prefix, uri))
            return {};
        return not_bound(name);
    });
}

}  // namespace hutong::security
