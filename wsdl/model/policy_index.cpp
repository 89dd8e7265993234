#include "wsdl/model/policy_index.hpp"

#include <sstream>

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

// wsu:Id and xml:id make "#id", Name an absolute URI (WS-Policy 1.5 section 4.2).
std::vector<std::string> names_of(xml::Element policy) {
    std::vector<std::string> names;
    for (const auto& id : {policy.attribute("Id", ns::wsu), policy.attribute("id", ns::xml)})
        if (id) names.push_back("#" + *id);
    if (const auto name = policy.attribute("Name")) names.push_back(*name);
    return names;
}

AttachedPolicy::Scope scope_of(xml::Element subject) {
    if (subject.local() == "input") return AttachedPolicy::Scope::request;
    if (subject.local() == "output" || subject.local() == "fault") return AttachedPolicy::Scope::response;
    return AttachedPolicy::Scope::both;
}

}  // namespace

// Goes over everything that may have a policy, and follows references, each once for a scope.
class AttachmentWalk {
  public:
    explicit AttachmentWalk(const PolicyIndex& index) : index_(index) {}

    std::vector<AttachedPolicy> run() {
        for (const Node& definitions : index_.definitions_)
            walk(definitions.element, [&](xml::Element element, std::size_t) {
                if (element == definitions.element || element.ns() != ns::wsdl) return;
                attachments({element, definitions.file}, scope_of(element));
            });
        return std::move(found_);
    }

  private:
    void attachments(const Node& subject, AttachedPolicy::Scope scope) {
        for (const xml::Element child : subject.element.children()) {
            const Node node{child, subject.file};
            if (is_policy(child, "Policy")) add(node, scope, {}, node.place());
            if (is_policy(child, "PolicyReference")) follow(node, scope);
        }
        for (const std::string_view ns : {ns::policy15, ns::policy12}) {
            std::istringstream uris(subject.element.attribute("PolicyURIs", ns).value_or(""));
            for (std::string uri; uris >> uri;) follow(subject, uri, scope);
        }
    }

    void follow(const Node& reference, AttachedPolicy::Scope scope) {
        follow(reference, reference.element.attribute("URI").value_or(""), scope);
    }

    void follow(const Node& from, const std::string& uri, AttachedPolicy::Scope scope) {
        const auto target = index_.by_reference_.find({from.file, uri});
        if (target != index_.by_reference_.end()) return add(target->second, scope, uri, from.place());
        found_.push_back({scope, {}, uri, from.place()});
    }

    void add(const Node& policy, AttachedPolicy::Scope scope, const std::string& uri, const Place& place) {
        if (!seen_.emplace(policy.element.raw(), scope).second) return;
        found_.push_back({scope, policy.element.serialize(), uri, place});
        // An expression may include others by reference.
        walk(policy.element, [&](xml::Element element, std::size_t) {
            if (is_policy(element, "PolicyReference")) follow({element, policy.file}, scope);
        });
    }

    const PolicyIndex& index_;
    std::vector<AttachedPolicy> found_;
    std::set<std::pair<const void*, AttachedPolicy::Scope>> seen_;
};

std::vector<AttachedPolicy> PolicyIndex::attached() const {
    return AttachmentWalk(*this).run();
}

PolicyIndex::PolicyIndex(const Closure& closure) {
    definitions_ = closure.definitions;
    for (const Node& definitions : closure.definitions) {
        walk(definitions.element, [&](xml::Element element, std::size_t) {
            if (is_policy(element, "PolicyReference")) any_ = true;
            if (!is_policy(element, "Policy")) return;
            any_ = true;
            for (const std::string& name : names_of(element))
                by_reference_.try_emplace({definitions.file, name}, Node{element, definitions.file});
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
