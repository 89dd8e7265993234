#include "security/tokens/saml_assertion.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "security/tokens/names.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"
#include "security/xmldsig/signature_check.hpp"
#include "security/xmldsig/signature_shape.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_certificate_bytes = 64u << 10;
constexpr std::size_t max_name_bytes = 1024;

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text.substr(0, 200)) + "\"";
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

Result<xml::Element> only(xml::Element parent, std::string_view ns, std::string_view local) {
    const auto found = parent.children(ns, local);
    if (found.size() == 1) return found.front();
    return refused("the " + std::string(parent.local()) + " has " +
                   (found.empty() ? "no " : "more than one ") + std::string(local));
}
Result<xml::Element> only(xml::Element parent, std::string_view local) {
    return only(parent, names::saml20, local);
}

Result<std::string> name_in(xml::Element element) {
    const auto text = plain_text(element);
    std::string name = text ? trimmed(*text) : std::string();
    if (name.empty() || name.size() > max_name_bytes)
        return refused("the assertion's " + std::string(element.local()) + " is not a plain text");
    return name;
}

Result<void> only_known_children(xml::Element parent, std::span<const std::string_view> saml,
                                 bool signature = false) {
    for (xml::Element child = parent.first_child(); child; child = child.next_sibling()) {
        const bool known =
            child.ns() == names::saml20 && std::find(saml.begin(), saml.end(), child.local()) != saml.end();
        if (!known && !(signature && child.is(names::ds, "Signature")))
            return refused("the assertion's " + std::string(parent.local()) + " holds " +
                           in_quotes(child.name().text()) + ", which is not supported");
    }
    return {};
}

// NotBefore and NotOnOrAfter of Conditions or SubjectConfirmationData, where they are given.
Result<std::optional<TimePoint>> judge_times(xml::Element element, std::chrono::seconds clock_skew,
                                             TimePoint now) {
    if (const auto text = element.attribute("NotBefore")) {
        const auto from = parse_utc(*text);
        if (from.has_error()) return refused("the assertion's NotBefore is " + from.error().detail);
        if (*from > now + clock_skew)
            return refused("the assertion is not valid before " + *text + ", now " + format_utc(now));
    }
    const auto text = element.attribute("NotOnOrAfter");
    if (!text) return std::optional<TimePoint>();
    const auto until = parse_utc(*text);
    if (until.has_error()) return refused("the assertion's NotOnOrAfter is " + until.error().detail);
    if (*until + clock_skew <= now)
        return refused("the assertion expired at " + *text + ", now " + format_utc(now));
    return std::optional<TimePoint>(*until);
}

// One assertion on its way through the checks; nothing of it is believed before its signature is.
class Judgement {
  public:
    Judgement(xml::Element assertion, const IdIndex& ids, const SamlIssuers& issuers,
              std::chrono::seconds clock_skew, TimePoint now)
        : assertion_(assertion), ids_(ids), issuers_(issuers), clock_skew_(clock_skew), now_(now) {}

    Result<SamlAssertion> run() {
        HUTONG_TRY(check_head());
        HUTONG_TRY(check_signature());
        HUTONG_TRY(check_conditions());
        HUTONG_TRY(read_subject());
        return std::move(result_);
    }

  private:
    Result<void> check_head();
    Result<void> check_signature();
    Result<void> check_conditions();
    Result<void> check_audience(xml::Element restriction) const;
    Result<void> read_subject();
    Result<void> check_confirmation_data(xml::Element data) const;
    Result<void> read_holder(xml::Element data);

    const xml::Element assertion_;
    const IdIndex& ids_;
    const SamlIssuers& issuers_;
    const std::chrono::seconds clock_skew_;
    const TimePoint now_;
    SamlAssertion result_;
};

Result<void> Judgement::check_head() {
    static constexpr std::array<std::string_view, 8> allowed{
        "Issuer",    "Subject",        "Conditions",         "Advice",
        "Statement", "AuthnStatement", "AttributeStatement", "AuthzDecisionStatement"};
    if (!only_elements_and_text(assertion_))
        return refused("the assertion holds a comment, processing instruction or CDATA section");
    HUTONG_TRY(only_known_children(assertion_, allowed, true));
    if (assertion_.attribute("Version") != "2.0") return refused("the assertion's Version is not 2.0");
    const auto issued = parse_utc(assertion_.attribute("IssueInstant").value_or(""));
    if (issued.has_error()) return refused("the assertion's IssueInstant is " + issued.error().detail);
    if (*issued > now_ + clock_skew_)
        return refused("the assertion was issued in the future: " + format_utc(*issued));
    result_.id = assertion_.attribute("ID").value_or("");
    HUTONG_ASSIGN(const xml::Element issuer, only(assertion_, "Issuer"));
    HUTONG_ASSIGN(result_.issuer, name_in(issuer));
    return {};
}

// SAML 2.0 Core section 5.4: one reference, to the assertion itself, enveloped and exclusive.
Result<void> Judgement::check_signature() {
    HUTONG_ASSIGN(const xml::Element element, only(assertion_, names::ds, "Signature"));
    const auto shape = read_signature(element, {1, 2});
    if (shape.has_error()) return shape.error().at("the assertion");
    if (!shape->names_of_the_table())
        return refused("the assertion's signature names its algorithms as only a trust domain does");
    const ReferenceShape& reference = shape->references.front();
    if (reference.id != result_.id)
        return refused("the assertion's signature is over #" + reference.id + " and not over the assertion");
    if (!reference.enveloped || reference.str_transform)
        return refused("the assertion's signature is not an enveloped one");
    const auto transforms =
        element.child(names::ds, "SignedInfo").child(names::ds, "Reference").child(names::ds, "Transforms");
    const auto steps = transforms ? transforms.children() : std::vector<xml::Element>();
    if (steps.size() != 2 || steps[1].attribute("Algorithm") != names::exc_c14n)
        return refused("the assertion's signature does not use enveloped-signature and exclusive c14n");
    HUTONG_ASSIGN(const xml::Element referenced, ids_.find(result_.id));
    if (referenced != assertion_) return refused("the assertion's ID does not mean the assertion");
    ids_.register_id(result_.id);
    const std::vector<PublicKey> keys = issuers_.keys_of(result_.issuer, now_);
    if (keys.empty())
        return refused("the assertion's issuer " + in_quotes(result_.issuer) +
                       " is not trusted, or its certificate is not valid now");
    Result<void> outcome;
    for (const PublicKey& key : keys) {
        outcome = security::check_signature(*shape, key);
        if (outcome.has_value()) return outcome;
    }
    return outcome.error().at("the assertion");
}

Result<void> Judgement::check_audience(xml::Element restriction) const {
    const auto audiences = restriction.children(names::saml20, "Audience");
    const bool ours = std::any_of(audiences.begin(), audiences.end(), [&](xml::Element audience) {
        const auto name = name_in(audience);
        return name.has_value() && *name == issuers_.audience();
    });
    if (ours) return {};
    return refused("the assertion is not meant for the audience " + in_quotes(issuers_.audience()));
}

Result<void> Judgement::check_conditions() {
    static constexpr std::array<std::string_view, 3> known{"AudienceRestriction", "OneTimeUse",
                                                           "ProxyRestriction"};
    HUTONG_ASSIGN(const xml::Element conditions, only(assertion_, "Conditions"));
    // SAML 2.0 Core section 2.5.1: a condition that is not understood makes the assertion indeterminate.
    HUTONG_TRY(only_known_children(conditions, known));
    HUTONG_ASSIGN(const std::optional<TimePoint> until, judge_times(conditions, clock_skew_, now_));
    if (!until) return refused("the assertion's Conditions have no NotOnOrAfter");
    result_.until = *until;
    const auto restrictions = conditions.children(names::saml20, "AudienceRestriction");
    if (restrictions.empty()) return refused("the assertion has no AudienceRestriction");
    for (const xml::Element restriction : restrictions) HUTONG_TRY(check_audience(restriction));
    result_.one_time = static_cast<bool>(conditions.child(names::saml20, "OneTimeUse"));
    return {};
}

Result<void> Judgement::read_subject() {
    static constexpr std::array<std::string_view, 2> in_subject{"NameID", "SubjectConfirmation"};
    static constexpr std::array<std::string_view, 1> in_confirmation{"SubjectConfirmationData"};
    HUTONG_ASSIGN(const xml::Element subject, only(assertion_, "Subject"));
    HUTONG_TRY(only_known_children(subject, in_subject));
    HUTONG_ASSIGN(const xml::Element name, only(subject, "NameID"));
    // A qualified name is a name in another space than the one that consumers are registered with.
    if (const auto qualifier = name.attribute("NameQualifier"); qualifier && *qualifier != result_.issuer)
        return refused("the NameID is qualified by " + in_quotes(*qualifier) + ", not by its issuer");
    if (const auto qualifier = name.attribute("SPNameQualifier");
        qualifier && *qualifier != issuers_.audience())
        return refused("the NameID is meant for " + in_quotes(*qualifier));
    HUTONG_ASSIGN(result_.subject, name_in(name));

    HUTONG_ASSIGN(const xml::Element confirmation, only(subject, "SubjectConfirmation"));
    HUTONG_TRY(only_known_children(confirmation, in_confirmation));
    const xml::Element data = confirmation.child(names::saml20, "SubjectConfirmationData");
    if (data) HUTONG_TRY(check_confirmation_data(data));
    const std::string method = confirmation.attribute("Method").value_or("");
    result_.holder_of_key = method == names::holder_of_key;
    if (result_.holder_of_key)
        return data ? read_holder(data) : refused("the holder-of-key assertion names no key");
    if (method == names::sender_vouches) return {};
    return refused("the assertion is confirmed by " + in_quotes(method) +
                   "; only holder-of-key and sender-vouches are accepted");
}

Result<void> Judgement::check_confirmation_data(xml::Element data) const {
    HUTONG_TRY(judge_times(data, clock_skew_, now_));
    if (const auto recipient = data.attribute("Recipient"); recipient && *recipient != issuers_.audience())
        return refused("the assertion is meant for the recipient " + in_quotes(*recipient));
    if (data.attribute("InResponseTo")) return refused("the assertion answers a request that was never made");
    return {};
}

// SAML 2.0 Core section 3.1 of the profiles: whoever proves possession of the key is the subject.
Result<void> Judgement::read_holder(xml::Element data) {
    HUTONG_ASSIGN(const xml::Element key_info, only(data, names::ds, "KeyInfo"));
    if (data.children().size() != 1)
        return refused("the SubjectConfirmationData holds more than one ds:KeyInfo");
    const xml::Element x509 = key_info.first_child();
    const xml::Element certificate = x509 ? x509.first_child() : xml::Element();
    if (!x509 || x509.next_sibling() || !x509.is(names::ds, "X509Data") || !certificate ||
        certificate.next_sibling() || !certificate.is(names::ds, "X509Certificate"))
        return refused("the holder's ds:KeyInfo must hold one X509Data with one X509Certificate");
    auto der = from_base64(plain_text(certificate).value_or("?"));
    if (der.has_error() || der->empty() || der->size() > max_certificate_bytes)
        return refused("the holder's X509Certificate is not base64 of a certificate of a sane size");
    result_.certificate = std::move(*der);
    return {};
}

}  // namespace

Result<SamlAssertion> judge_assertion(xml::Element assertion, const IdIndex& ids, const SamlIssuers& issuers,
                                      std::chrono::seconds clock_skew, TimePoint now) {
    return Judgement(assertion, ids, issuers, clock_skew, now).run();
}

}  // namespace hutong::security
