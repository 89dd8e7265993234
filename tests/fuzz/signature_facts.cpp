// The facts of MessageFacts that are about the signatures below our header.
#include <algorithm>

#include "tests/fuzz/fuzz_keys.hpp"
#include "tests/fuzz/message_facts.hpp"

namespace hutong::test {

namespace {

const std::string x509v3 =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
const std::string base64_binary =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

// The children, each as long as it is of ds, in this order; a name may begin with '?' (once or not at all) or
// '+' (at least once).
bool has_children(const xmlNode* node, std::initializer_list<std::string_view> expected) {
    const std::vector<xmlNode*> all = children_of(node);
    auto at = all.begin();
    for (std::string_view name : expected) {
        const char how = name[0];
        if (how == '?' || how == '+') name.remove_prefix(1);
        const auto fits = [&] { return at != all.end() && named(*at, ds_ns, name); };
        if (!fits()) {
            if (how == '?') continue;
            return false;
        }
        ++at;
        while (how == '+' && fits()) ++at;
    }
    return at == all.end();
}

bool method_departs(const xmlNode* method) {
    const std::vector<xmlNode*> all = children_of(method);
    if (attribute_of(method, "Algorithm") == str_transform_uri)
        return all.size() != 1 || !named(all[0], wsse_ns, "TransformationParameters") ||
               !has_children(all[0], {"CanonicalizationMethod"}) || method_departs(children_of(all[0])[0]);
    if (attribute_of(method, "Algorithm") != exc_ns) return !all.empty();
    return all.size() > 1 || (all.size() == 1 && !named(all[0], exc_ns, "InclusiveNamespaces"));
}

}  // namespace

bool MessageFacts::any_signature(const std::function<bool(xmlNode*)>& holds) const {
    return header() != nullptr && any_element([&](xmlNode* element) {
               return named(element, ds_ns, "Signature") && is_below(element, header()) && holds(element);
           });
}

bool MessageFacts::any_reference(const std::function<bool(xmlNode*)>& holds) const {
    return any_signature([&](const xmlNode* signature) {
        const auto all = children_of(child_of(signature, ds_ns, "SignedInfo"), ds_ns, "Reference");
        return std::ranges::any_of(all, holds);
    });
}

bool MessageFacts::any_method(const std::function<bool(xmlNode*)>& holds) const {
    return any_signature([&](const xmlNode* signature) {
        return any_element([&](xmlNode* element) {
            return (named(element, ds_ns, "CanonicalizationMethod") || named(element, ds_ns, "Transform")) &&
                   is_below(element, signature) && holds(element);
        });
    });
}

bool MessageFacts::shape_departs() const {
    return any_signature([](const xmlNode* signature) {
               const xmlNode* const info = child_of(signature, ds_ns, "SignedInfo");
               return !has_children(signature, {"SignedInfo", "SignatureValue", "KeyInfo"}) ||
                      !has_children(info, {"CanonicalizationMethod", "SignatureMethod", "+Reference"}) ||
                      method_departs(child_of(info, ds_ns, "CanonicalizationMethod")) ||
                      child_of(info, ds_ns, "SignatureMethod")->children != nullptr;
           }) ||
           any_reference([](const xmlNode* reference) {
               const xmlNode* const transforms = child_of(reference, ds_ns, "Transforms");
               const auto all = children_of(transforms);
               return !has_children(reference, {"?Transforms", "DigestMethod", "DigestValue"}) ||
                      !children_of(child_of(reference, ds_ns, "DigestMethod")).empty() ||
                      (transforms != nullptr && (!has_children(transforms, {"+Transform"}) ||
                                                 std::ranges::any_of(all, method_departs)));
           });
}

bool MessageFacts::is_plain_token(const xmlNode* reference) const {
    const xmlNode* const token = standard_target(attribute_of(reference, "URI"));
    if (!named(token, wsse_ns, "BinarySecurityToken") || token->parent != header()) return false;
    for (const xmlNode* node = token->children; node != nullptr; node = node->next)
        if (node->type != XML_TEXT_NODE) return false;
    const auto is_or_lacks = [](const xmlNode* node, const char* name, const std::string& value) {
        return !has_attribute(node, name) || attribute_of(node, name) == value;
    };
    const std::string text = without_space(text_of(token));
    return attribute_of(token, "ValueType") == x509v3 && is_or_lacks(reference, "ValueType", x509v3) &&
           is_or_lacks(token, "EncodingType", base64_binary) &&
           (text == p256_key().certificate() || text == rsa_key().certificate());
}

bool MessageFacts::signers_are_plain() const {
    return header() != nullptr && !any_signature([&](const xmlNode* signature) {
               if (signature->parent != header()) return false;
               const auto infos = children_of(child_of(signature, ds_ns, "KeyInfo"));
               const auto inner = infos.size() == 1 && named(infos[0], wsse_ns, "SecurityTokenReference")
                                      ? children_of(infos[0])
                                      : std::vector<xmlNode*>();
               return inner.size() != 1 || !named(inner[0], wsse_ns, "Reference") ||
                      !is_plain_token(inner[0]);
           });
}

bool MessageFacts::signed_tokens_are_plain() const {
    return !any_reference([&](const xmlNode* reference) {
        const auto transforms = children_of(child_of(reference, ds_ns, "Transforms"));
        if (std::ranges::none_of(transforms, [](const xmlNode* one) {
                return attribute_of(one, "Algorithm") == str_transform_uri;
            }))
            return false;
        const xmlNode* const str = standard_target(attribute_of(reference, "URI"));
        const auto inner = str == nullptr ? std::vector<xmlNode*>() : children_of(str);
        if (inner.size() != 1) return true;
        if (named(inner[0], wsse_ns, "Reference")) return !is_plain_token(inner[0]);
        const xmlNode* const assertion = standard_target("#" + text_of(inner[0]));
        return !named(inner[0], wsse_ns, "KeyIdentifier") || !children_of(inner[0]).empty() ||
               attribute_of(inner[0], "ValueType") != saml_id_uri ||
               !named(assertion, saml_ns, "Assertion") || assertion->parent != header();
    });
}

}  // namespace hutong::test
