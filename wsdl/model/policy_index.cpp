#include "wsdl/model/policy_index.hpp"

#include "wsdl/model/names.hpp"
#include "wsdl/model/text_map.hpp"

namespace hutong::wsdl {

namespace {

bool is_policy(xml::Element element, std::string_view local) {
    return element.is(ns::policy15, local) || element.is(ns::policy12, local);
}

bool is_mtom_assertion(xml::Element element) {
    return element.is(ns::mtom_policy10, "OptimizedMimeSerialization") ||
           element.is(ns::mtom_policy11, "MTOM");
}

bool holds_mtom_assertion(xml::Element policy) {
    bool found = false;
    walk(policy, [&](xml::Element element, std::size_t) { found = found || is_mtom_assertion(element); });
    return found;
}

}  // namespace

PolicyIndex::PolicyIndex(const Closure& closure) {
    for (const Node& definitions : closure.definitions) {
        walk(definitions.element, [&](xml::Element element, std::size_t) {
            if (is_policy(element, "PolicyReference")) any_ = true;
            if (!is_policy(element, "Policy")) return;
            any_ = true;
            const auto id = element.attribute("Id", ns::wsu);
            if (id && holds_mtom_assertion(element)) mtom_ids_.insert(*id);
        });
    }
}

bool PolicyIndex::asks_for_mtom(xml::Element scope) const {
    if (!any_) return false;
    bool found = false;
    walk(scope, [&](xml::Element element, std::size_t) {
        if (is_mtom_assertion(element)) found = true;
        if (!is_policy(element, "PolicyReference")) return;
        const std::string uri = element.attribute("URI").value_or("");
        const std::size_t hash = uri.find('#');
        if (hash != std::string::npos && mtom_ids_.contains(uri.substr(hash + 1))) found = true;
    });
    return found;
}

}  // namespace hutong::wsdl
