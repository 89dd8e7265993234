#include "security/wssp/policy_reader.hpp"

#include <algorithm>
#include <array>

#include "base/xml/document.hpp"
#include "base/xml/soap.hpp"
#include "security/wssp/algorithms.hpp"
#include "security/wssp/names.hpp"

namespace hutong::security::wssp {

namespace {

void add(std::string_view uri, std::vector<std::string>& list) {
    if (!uri.empty() && std::find(list.begin(), list.end(), uri) == list.end()) list.emplace_back(uri);
}

bool is_operator(xml::Element element) {
    return element.ns() == names::wsp15 || element.ns() == names::wsp12;
}
bool is_security(xml::Element element) {
    const std::string_view ns = element.ns();
    return ns == names::sp11 || ns == names::sp_draft || ns == names::sp12 || ns == names::sp13;
}

// Assertions about addressing, optimisation and so on; and what XML allows anywhere.
bool is_no_matter_of_security(std::string_view ns) {
    constexpr std::string_view known[] = {
        "http://www.w3.org/2006/05/addressing/wsdl",
        "http://www.w3.org/2007/05/addressing/metadata",
        "http://www.w3.org/2005/08/addressing",
        "http://schemas.xmlsoap.org/ws/2004/08/addressing",
        "http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization",
        "http://www.w3.org/2007/08/soap12-mtom-policy",
    };
    return std::find(std::begin(known), std::end(known), ns) != std::end(known) || ns == soap::ns_hutong;
}

// One policy expression on its way through the table.
class Reading {
  public:
    Reading(Direction direction, Asked& asked) : direction_(direction), asked_(asked) {}

    void children(xml::Element element);
    void signed_parts(xml::Element element);
    void encrypted_parts(xml::Element element);
    void supporting(xml::Element element);
    void endorsing(xml::Element element);
    void suite(xml::Element element);
    void nothing(xml::Element) {}
    void x509(xml::Element) { asked_.request.tokens.x509 = true; }
    void username(xml::Element) { asked_.request.tokens.username = true; }
    void saml(xml::Element) { asked_.request.tokens.saml = true; }
    void timestamp(xml::Element) { asked_.request.timestamp = asked_.response.timestamp = true; }
    void https(xml::Element element);
    void client_certificate(xml::Element) { asked_.client_certificate = true; }
    void confirmation(xml::Element) { asked_.signature_confirmation = true; }
    void symmetric(xml::Element element);
    void not_enforced(xml::Element element) {
        warn("sp:" + std::string(element.local()) + " is asked for, but not enforced by this gateway");
    }

  private:
    void assertion(xml::Element element);
    void exact_algorithms(xml::Element element);
    void part(xml::Element part, bool MessagePolicy::*body, std::vector<xml::QName> MessagePolicy::*headers);
    template <class Change>
    void each_message(Change change) {
        if (direction_ != Direction::response) change(asked_.request);
        if (direction_ != Direction::request) change(asked_.response);
    }
    void warn(std::string text) { remark({true, std::move(text)}); }
    void note(std::string text) { remark({false, std::move(text)}); }
    void remark(Remark remark) {
        auto& all = asked_.remarks;
        if (std::find(all.begin(), all.end(), remark) == all.end()) all.push_back(std::move(remark));
    }

    Direction direction_;
    Asked& asked_;
};

struct Row {
    std::string_view assertion;
    void (Reading::*read)(xml::Element);
};

constexpr Row rows[] = {
    // bindings and their properties
    {"AsymmetricBinding", &Reading::children},
    {"SymmetricBinding", &Reading::symmetric},
    {"TransportBinding", &Reading::children},
    {"InitiatorToken", &Reading::children},
    {"InitiatorSignatureToken", &Reading::children},
    {"InitiatorEncryptionToken", &Reading::nothing},  // the gateway's own business
    {"RecipientToken", &Reading::nothing},
    {"RecipientSignatureToken", &Reading::nothing},
    {"RecipientEncryptionToken", &Reading::nothing},
    {"TransportToken", &Reading::children},
    {"AlgorithmSuite", &Reading::suite},
    {"Layout", &Reading::nothing},
    {"IncludeTimestamp", &Reading::timestamp},
    {"OnlySignEntireHeadersAndBody", &Reading::nothing},  // nothing else is ever accepted
    {"EncryptBeforeSigning", &Reading::nothing},          // both orders are accepted
    {"SignBeforeEncrypting", &Reading::nothing},
    {"EncryptSignature", &Reading::not_enforced},
    {"ProtectTokens", &Reading::not_enforced},
    // tokens
    {"X509Token", &Reading::x509},
    {"UsernameToken", &Reading::username},
    {"SamlToken", &Reading::saml},
    {"HttpsToken", &Reading::https},
    {"RequireClientCertificate", &Reading::client_certificate},
    {"SupportingTokens", &Reading::supporting},
    {"SignedSupportingTokens", &Reading::supporting},
    {"EncryptedSupportingTokens", &Reading::supporting},
    {"SignedEncryptedSupportingTokens", &Reading::supporting},
    {"EndorsingSupportingTokens", &Reading::endorsing},
    {"SignedEndorsingSupportingTokens", &Reading::endorsing},
    {"EndorsingEncryptedSupportingTokens", &Reading::endorsing},
    {"SignedEndorsingEncryptedSupportingTokens", &Reading::endorsing},
    // protection
    {"SignedParts", &Reading::signed_parts},
    {"EncryptedParts", &Reading::encrypted_parts},
    // options
    {"Wss10", &Reading::children},
    {"Wss11", &Reading::children},
    {"RequireSignatureConfirmation", &Reading::confirmation},
    {"MustSupportRefKeyIdentifier", &Reading::nothing},
    {"MustSupportRefIssuerSerial", &Reading::nothing},
    {"MustSupportRefExternalURI", &Reading::nothing},
    {"MustSupportRefEmbeddedToken", &Reading::nothing},
    {"MustSupportRefThumbprint", &Reading::nothing},
    {"MustSupportRefEncryptedKey", &Reading::nothing},
    {"Trust10", &Reading::nothing},  // about talking to a token service, not about these messages
    {"Trust13", &Reading::nothing},
};

// An assertion's nested policy, or the operators of the expression itself.
void Reading::children(xml::Element element) {
    const std::vector<xml::Element> all = element.children();
    if (element.local() == "ExactlyOne" && is_operator(element) && all.size() > 1)
        note("the policy has alternatives; what any of them asks is taken as asked");
    for (const xml::Element child : all) {
        if (is_operator(child))
            children(child);
        else if (is_security(child))
            assertion(child);
        else if (child.is(soap::ns_hutong, algorithms_element))
            exact_algorithms(child);
        else if (!is_no_matter_of_security(child.ns()))
            warn("assertion " + child.name().text() + " is not known, so what it asks is not enforced");
    }
}

void Reading::assertion(xml::Element element) {
    const auto row = std::find_if(std::begin(rows), std::end(rows),
                                  [&](const Row& r) { return r.assertion == element.local(); });
    if (row == std::end(rows)) return not_enforced(element);
    (this->*row->read)(element);
}

void Reading::part(xml::Element part, bool MessagePolicy::*body,
                   std::vector<xml::QName> MessagePolicy::*headers) {
    const std::string_view kind = part.local();
    if (kind == "Body") return each_message([&](MessagePolicy& m) { m.*body = true; });
    if (kind == "Attachments" && body == &MessagePolicy::sign_body)
        return each_message([](MessagePolicy& m) { m.sign_attachments = true; });
    if (kind != "Header") return not_enforced(part);
    const xml::QName name{part.attribute("Namespace").value_or(""), part.attribute("Name").value_or("")};
    const bool addressing = name.ns == soap::ns_wsa && body == &MessagePolicy::sign_body;
    if (addressing) return each_message([](MessagePolicy& m) { m.sign_addressing = true; });
    if (name.local.empty())
        return warn("every header of " + name.ns + " is to be protected; name them one by one in the policy");
    each_message([&](MessagePolicy& m) {
        auto& all = m.*headers;
        if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
    });
}

// Section 4.1.1: without parts, the Body and every header.
void Reading::signed_parts(xml::Element element) {
    const auto parts = element.children();
    for (const xml::Element one : parts) part(one, &MessagePolicy::sign_body, &MessagePolicy::sign_headers);
    if (!parts.empty()) return;
    each_message([](MessagePolicy& m) { m.sign_body = m.sign_addressing = true; });
    warn("every header is to be signed; the Body and wsa headers are, name others in the policy");
}

// Section 4.2.1: without parts, the Body.
void Reading::encrypted_parts(xml::Element element) {
    const auto parts = element.children();
    for (const xml::Element one : parts)
        part(one, &MessagePolicy::encrypt_body, &MessagePolicy::encrypt_headers);
    if (parts.empty()) each_message([](MessagePolicy& m) { m.encrypt_body = true; });
}

void Reading::supporting(xml::Element element) {
    note("sp:" + std::string(element.local()) +
         ": its tokens name the caller; beside a certificate's signature none is demanded");
    children(element);
}

void Reading::endorsing(xml::Element element) {
    not_enforced(element);
    children(element);
}

void Reading::https(xml::Element element) {
    asked_.transport = true;
    if (element.attribute("RequireClientCertificate").value_or("") == "true")  // WS-SecurityPolicy 1.1
        asked_.client_certificate = true;
    children(element);
}

void Reading::symmetric(xml::Element element) {
    warn("sp:SymmetricBinding is asked for; here each side signs with its own key");
    children(element);
}

// Ours, as another gateway of this kind publishes it; more exact than the suite beside it.
void Reading::exact_algorithms(xml::Element element) {
    if (direction_ == Direction::response) return;
    for (const MethodElement& kind : method_elements)
        for (const xml::Element method : element.children(soap::ns_hutong, kind.name))
            add(method.attribute("Algorithm").value_or(""), asked_.request.*kind.list);
    for (const xml::Element method : element.children(soap::ns_hutong, answers_element))
        asked_.response.signature_algorithm = method.attribute("Algorithm").value_or("");
}

void Reading::suite(xml::Element element) {
    for (const xml::Element policy : element.children()) {
        for (const xml::Element named : policy.children()) {
            if (!is_security(named)) continue;
            const auto known = std::find_if(std::begin(suites), std::end(suites),
                                            [&](const Suite& s) { return s.name == named.local(); });
            const std::string name = "algorithm suite " + std::string(named.local());
            if (named.local().starts_with("XPath") || named.local().starts_with("SOAPNorm") ||
                named.local().starts_with("STRTransform") || named.local() == "InclusiveC14N" ||
                named.local() == "InclusiveC14N11")
                continue;
            if (known == std::end(suites)) {
                warn(name + " is not known");
                continue;
            }
            for (const std::string_view uri : known->content) add(uri, asked_.by_suites.content_algorithms);
            for (const std::string_view uri : oaep) add(uri, asked_.by_suites.key_transports);
            if (known->content.front().empty())
                note(name + " encrypts with a cipher that is off here; AES of 256 or 128 bits is used");
            if (!known->sha256_digest) {
                note(name + " digests with SHA-1, which is off here; SHA-256 is used and demanded");
            } else if (known->rsa15) {
                note(name + " wraps keys with RSA 1.5, which is off here; RSA-OAEP is used and demanded");
            }
        }
    }
}

}  // namespace

Asked::Asked() {
    for (MessagePolicy* const message : {&request, &response}) {
        message->sign_body = message->timestamp = false;
        message->tokens = {false, false, false};
    }
}

const std::vector<std::string>& Asked::encrypted_by(std::vector<std::string> MessagePolicy::*list) const {
    const bool encrypts = request.encrypt_body || !request.encrypt_headers.empty();
    return (request.*list).empty() && encrypts ? by_suites.*list : request.*list;
}

Result<void> read_policy(std::string_view expression, Direction direction, Asked& into) {
    HUTONG_ASSIGN(const xml::Document document, xml::parse(expression));
    Reading(direction, into).children(document.root());
    return {};
}

}  // namespace hutong::security::wssp
