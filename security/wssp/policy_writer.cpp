#include "security/wssp/policy_writer.hpp"

#include <algorithm>

#include "base/xml/soap.hpp"
#include "security/wssp/algorithms.hpp"
#include "security/wssp/names.hpp"

namespace hutong::security::wssp {

namespace {

std::string element(const std::string& name, const std::string& content, const std::string& attributes = {}) {
    return "<" + name + attributes + (content.empty() ? "/>" : ">" + content + "</" + name + ">");
}
std::string nested(const std::string& content) {
    return element("wsp:Policy", content);
}
std::string assertion(const std::string& name, const std::string& content,
                      const std::string& attributes = {}) {
    return element("sp:" + name, nested(content), attributes);
}

// One alternative in normal form.
std::string policy(const std::string& assertions) {
    return "<wsp:Policy xmlns:wsp=\"" + std::string(names::wsp15) + "\" xmlns:sp=\"" +
           std::string(names::sp12) + "\"><wsp:ExactlyOne><wsp:All>" + assertions +
           "</wsp:All></wsp:ExactlyOne></wsp:Policy>";
}

std::string include_token(std::string_view when) {
    return " sp:IncludeToken=\"" + std::string(names::sp12) + "/IncludeToken/" + std::string(when) + "\"";
}

std::string x509_token(std::string_view when) {
    return assertion("X509Token", element("sp:WssX509V3Token10", ""), include_token(when));
}

// One that has all the ciphers taken, else the strongest. Ciphers of ours that are in none have no word in
// the standard.
std::string_view suite_for(const MessagePolicy& request) {
    const auto& taken = request.content_algorithms;
    const auto fits = [&](const Suite& suite) {
        return suite.sha256_digest && !suite.rsa15 &&
               std::all_of(taken.begin(), taken.end(), [&](const std::string& uri) {
                   return std::find(suite.content.begin(), suite.content.end(), uri) != suite.content.end();
               });
    };
    const auto found = std::find_if(std::begin(suites), std::end(suites), fits);
    return found == std::end(suites) ? suites[0].name : found->name;
}

std::string common_properties(const MessagePolicy& request, bool timestamp) {
    return assertion("AlgorithmSuite", element("sp:" + std::string(suite_for(request)), "")) +
           assertion("Layout", element("sp:Lax", "")) +
           (timestamp ? element("sp:IncludeTimestamp", "") : std::string());
}

std::string asymmetric_binding(const Statement& s) {
    return assertion("AsymmetricBinding",
                     assertion("InitiatorToken", x509_token("AlwaysToRecipient")) +
                         assertion("RecipientToken", x509_token("AlwaysToInitiator")) +
                         common_properties(s.request, s.request.timestamp || s.response.timestamp) +
                         element("sp:OnlySignEntireHeadersAndBody", ""));
}

std::string transport_binding(const Statement& s) {
    const std::string https = assertion("HttpsToken", element("sp:RequireClientCertificate", ""));
    return assertion("TransportBinding",
                     assertion("TransportToken", https) + common_properties(s.request, s.request.timestamp));
}

std::string wss_options(const Statement& s) {
    if (!s.signature_confirmation) return assertion("Wss10", "");
    return assertion("Wss11", element("sp:RequireSignatureConfirmation", ""));
}

// Tokens beside a certificate's signature. Where a certificate alone is enough, they are optional.
std::string supporting_tokens(const AcceptedTokens& tokens) {
    const std::string when = include_token("AlwaysToRecipient");
    std::string all;
    if (tokens.username)
        all += assertion("UsernameToken",
                         element("sp:HashPassword", "") + element("sp:WssUsernameToken11", ""), when);
    if (tokens.saml) all += assertion("SamlToken", element("sp:WssSamlV20Token11", ""), when);
    if (all.empty()) return {};
    return assertion("SignedSupportingTokens", all, tokens.x509 ? " wsp:Optional=\"true\"" : "");
}

std::string method(std::string_view name, const std::string& uri) {
    return element("hutong:" + std::string(name), "", " Algorithm=\"" + xml::escape(uri) + "\"");
}

// Where policy takes all there are, those that everybody has are named.
MessagePolicy with_usual_algorithms(const Statement& s) {
    MessagePolicy request = s.request;
    if (request.asks_for_signature() && request.signature_algorithms.empty())
        request.signature_algorithms = {std::string(security::names::rsa_sha256),
                                        std::string(security::names::ecdsa_sha256)};
    if (request.content_algorithms.empty() && (request.encrypt_body || s.response.encrypt_body))
        request.content_algorithms = {std::string(security::names::aes256_gcm)};
    return request;
}

std::string algorithms(const Statement& s) {
    const MessagePolicy request = with_usual_algorithms(s);
    std::string methods;
    for (const MethodElement& kind : method_elements)
        for (const std::string& uri : request.*kind.list) methods += method(kind.name, uri);
    if (!s.response.signature_algorithm.empty())
        methods += method(answers_element, s.response.signature_algorithm);
    if (methods.empty()) return {};
    return element("hutong:" + std::string(algorithms_element), methods,
                   " xmlns:hutong=\"" + std::string(soap::ns_hutong) + "\" wsp:Ignorable=\"true\"");
}

std::string header(const xml::QName& name) {
    return element("sp:Header", "",
                   (name.local.empty() ? "" : " Name=\"" + xml::escape(name.local) + "\"") +
                       std::string(" Namespace=\"") + xml::escape(name.ns) + "\"");
}

std::string signed_parts(const MessagePolicy& message) {
    std::string parts = message.sign_body ? element("sp:Body", "") : "";
    if (message.sign_addressing) parts += header({std::string(soap::ns_wsa), {}});
    for (const xml::QName& name : message.sign_headers) parts += header(name);
    if (message.signs_attachments()) parts += element("sp:Attachments", "");
    return parts.empty() ? parts : element("sp:SignedParts", parts);
}

std::string encrypted_parts(const MessagePolicy& message) {
    std::string parts = message.encrypt_body ? element("sp:Body", "") : "";
    for (const xml::QName& name : message.encrypt_headers) parts += header(name);
    return parts.empty() ? parts : element("sp:EncryptedParts", parts);
}

std::string message_policy(const MessagePolicy& message) {
    const std::string parts = signed_parts(message) + encrypted_parts(message);
    return parts.empty() ? parts : policy(parts);
}

}  // namespace

Policies write_policies(const Statement& s) {
    if (!s.request.asks_for_signature())
        return {policy(transport_binding(s) + supporting_tokens(s.request.tokens) + algorithms(s)),
                {},
                message_policy(s.response)};
    return {
        policy(asymmetric_binding(s) + wss_options(s) + supporting_tokens(s.request.tokens) + algorithms(s)),
        message_policy(s.request), message_policy(s.response)};
}

std::set<std::string> replaced_namespaces() {
    return {std::string(names::sp11), std::string(names::sp_draft), std::string(names::sp12),
            std::string(names::sp13), std::string(soap::ns_hutong)};
}

}  // namespace hutong::security::wssp
