#include "wsdl/publish/policy_splices.hpp"

#include "wsdl/model/binding_reader.hpp"
#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

constexpr std::string_view policy_tag = "<wsp:Policy";

bool is_policy(xml::Element element) {
    return element.is(ns::policy15, "Policy") || element.is(ns::policy12, "Policy");
}

bool within_policy(xml::Element element) {
    for (xml::Element up = element.parent(); up; up = up.parent())
        if (is_policy(up)) return true;
    return false;
}

bool is_soap_binding(xml::Element element) {
    return element && element.is(ns::wsdl, "binding") && soap_child(element, "binding");
}

bool has_soap_binding(xml::Element definitions) {
    for (const xml::Element binding : definitions.children(ns::wsdl, "binding"))
        if (is_soap_binding(binding)) return true;
    return false;
}

}  // namespace

std::string PolicySplices::Attached::reference() const {
    if (id.empty()) return {};
    return "<wsp:PolicyReference xmlns:wsp=\"" + std::string(ns::policy15) + "\" URI=\"#" + id + "\"/>";
}

PolicySplices::Attached PolicySplices::attached(const std::string& policy, const std::string& id) const {
    if (!policy.starts_with(policy_tag)) return {};
    std::string own = id;
    while (file_.text.find(own) != std::string::npos) own += "-";
    std::string markup = policy;
    markup.insert(policy_tag.size(), " xmlns:wsu=\"" + std::string(ns::wsu) + "\" wsu:Id=\"" + own + "\"");
    return {std::move(own), std::move(markup)};
}

PolicySplices::PolicySplices(const PublishedPolicies& policies, const SourceFile& file, const TextMap& map,
                             Splices& splices)
    : policies_(policies), file_(file), map_(map), splices_(splices) {
    binding_ = attached(policies.binding, "HutongBinding");
    input_ = attached(policies.input, "HutongRequest");
    output_ = attached(policies.output, "HutongResponse");
}

// WSDL 1.1 wants extensions before its own elements, and documentation before those.
void PolicySplices::insert_first(xml::Element element, std::size_t number, const std::string& markup) {
    if (markup.empty()) return;
    const ElementSpan& span = map_.elements()[number];
    if (span.empty_tag) return splices_.append_child(span, markup);
    const xml::Element first = element.first_child();
    const bool documented = first && first.is(ns::wsdl, "documentation");
    const std::size_t at = documented ? map_.elements()[number + 1].end : span.tag_end;
    splices_.replace(at, at, markup);
}

bool PolicySplices::take(xml::Element element, std::size_t number) {
    const ElementSpan& span = map_.elements()[number];
    if (span.begin < cut_until_) return true;
    if (policies_.replaced.contains(std::string(element.ns())) && within_policy(element)) {
        splices_.replace(span.begin, span.end, {});
        cut_until_ = span.end;
        return true;
    }
    const xml::Element parent = element.parent();
    if (number == 0 && has_soap_binding(element)) {
        insert_first(element, number, binding_.markup + input_.markup + output_.markup);
    } else if (is_soap_binding(element)) {
        insert_first(element, number, binding_.reference());
    } else if (parent && parent.is(ns::wsdl, "operation") && is_soap_binding(parent.parent())) {
        if (element.is(ns::wsdl, "input")) insert_first(element, number, input_.reference());
        if (element.is(ns::wsdl, "output") || element.is(ns::wsdl, "fault"))
            insert_first(element, number, output_.reference());
    }
    return false;
}

}  // namespace hutong::wsdl
