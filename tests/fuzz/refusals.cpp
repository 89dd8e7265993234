#include "tests/fuzz/refusals.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>

namespace hutong::test {

namespace {

using Facts = MessageFacts;
constexpr std::string_view more = "http://www.w3.org/2001/04/xmldsig-more#";

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> all) {
    return std::ranges::find(all, text) != all.end();
}

std::string uri_of(const xmlNode* reference) {
    return attribute_of(reference, "URI");
}

bool is_plain_fragment(const std::string& uri) {
    const auto name_char = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '.';
    };
    return uri.size() > 1 && uri.size() <= 256 && uri[0] == '#' && name_char(uri[1]) &&
           std::string_view("0123456789-.").find(uri[1]) == std::string_view::npos &&
           std::all_of(uri.begin() + 1, uri.end(), name_char);
}

std::size_t transforms_of(const xmlNode* reference) {
    return children_of(child_of(reference, ds_ns, "Transforms")).size();
}

// It is not the one way to write so many octets (0: any number) in base64, white space aside.
bool is_no_base64(const xmlNode* value, std::size_t octets) {
    if (!children_of(value).empty()) return true;
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::string text = without_space(text_of(value));
    const std::size_t digits = std::min(text.find('='), text.size());
    const std::size_t padding = text.size() - digits;
    if (digits == 0 || text.size() % 4 != 0 || padding > 2 || text.find_first_not_of(alphabet) < digits ||
        text.find_first_not_of('=', digits) < text.size())
        return true;
    const std::size_t last = alphabet.find(text[digits - 1]);
    const bool stray = padding != 0 && last % (padding == 1 ? 4 : 16) != 0;
    return stray || (octets != 0 && text.size() / 4 * 3 - padding != octets);
}

std::size_t digest_bytes(const xmlNode* reference) {
    const std::string uri = attribute_of(child_of(reference, ds_ns, "DigestMethod"), "Algorithm");
    return uri.ends_with("384") ? 48 : uri.ends_with("512") ? 64 : 32;
}

bool has_unlisted_digest(const xmlNode* reference) {
    const xmlNode* const method = child_of(reference, ds_ns, "DigestMethod");
    return !is_one_of(attribute_of(method, "Algorithm"),
                      {"http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512",
                       "http://www.w3.org/2001/04/xmldsig-more#sha384"}) ||
           !children_of(method).empty();
}

bool has_unlisted_method(const xmlNode* signature) {
    const std::string uri = attribute_of(
        child_of(child_of(signature, ds_ns, "SignedInfo"), ds_ns, "SignatureMethod"), "Algorithm");
    return !uri.starts_with(more) || uri.find("hmac") != std::string::npos ||
           (!uri.ends_with("-sha256") && !uri.ends_with("-sha384") && !uri.ends_with("-sha512"));
}

bool is_unlisted_c14n(const xmlNode* method) {
    return !is_one_of(
        attribute_of(method, "Algorithm"),
        {exc_ns, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"});
}

bool has_odd_prefix_list(const xmlNode* method) {
    const xmlNode* const list = child_of(method, exc_ns, "InclusiveNamespaces");
    const std::string text = attribute_of(list, "PrefixList");
    return list != nullptr &&
           (!has_attribute(list, "PrefixList") || text.starts_with(' ') ||
            text.find("  ") != std::string::npos || text.find_first_of("\t\r\n") != std::string::npos);
}

bool holds_more_than_text(const xmlNode* node) {
    for (const xmlNode* child = node->children; child != nullptr; child = child->next)
        if (child->type != XML_TEXT_NODE && (child->type != XML_ELEMENT_NODE || holds_more_than_text(child)))
            return true;
    return false;
}

bool repeats_uri(const xmlNode* signature) {
    std::set<std::string> seen;
    const auto all = children_of(child_of(signature, ds_ns, "SignedInfo"), ds_ns, "Reference");
    return std::ranges::any_of(all, [&](const xmlNode* one) { return !seen.insert(uri_of(one)).second; });
}

bool has_many_references(const xmlNode* signature) {
    const std::size_t most = named(signature->parent, saml_ns, "Assertion") ? 1 : 10;
    return children_of(child_of(signature, ds_ns, "SignedInfo"), ds_ns, "Reference").size() > most;
}

bool is_attachment(const xmlNode* reference) {
    return uri_of(reference).starts_with("cid:");
}

bool is_odd_attachment(const xmlNode* reference) {
    const auto all = children_of(child_of(reference, ds_ns, "Transforms"));
    return is_attachment(reference) &&
           (all.size() != 1 || attribute_of(all[0], "Algorithm") != swa_transform_uri ||
            !children_of(all[0]).empty());
}

bool has_str_transform(const xmlNode* reference) {
    for (const xmlNode* one : children_of(child_of(reference, ds_ns, "Transforms")))
        if (attribute_of(one, "Algorithm") == str_transform_uri) return true;
    return false;
}

bool has_assertion(const Facts& m) {
    return m.in_header(saml_ns, "Assertion") > 0;
}

// Every rule below that needs a predicate has one; `by_name` is for what stock xmlsec1 cannot know and no
// digest depends on: the clock, and whom an assertion is from and for.
bool by_name(const Facts&) {
    return true;
}
bool never(const Facts&) {
    return false;
}

struct Rule {
    std::string_view reason;  // a part of it
    bool (*holds)(const Facts&);
    unsigned long given{0}, needed{0};
};

bool signers_differ(const Facts& m) {
    return !m.signers_are_plain() || !m.signed_tokens_are_plain();
}
bool shape_departs(const Facts& m) {
    return m.shape_departs();
}
bool has_encryption(const Facts& m) {
    return m.has_encryption();
}
bool parts_depart(const Facts& m) {
    return m.parts_depart();
}
bool has_user(const Facts& m) {
    return m.in_header(wsse_ns, "UsernameToken") > 0;
}
bool tokens_differ(const Facts& m) {
    return signers_differ(m) || has_user(m);
}
bool not_covered(const Facts& m) {
    return !m.covers_required();
}
bool beyond_limits(const Facts& m) {
    return m.beyond_limits();
}

// The first that fits counts.
Rule rules[] = {
    // This reason may quote any name; it may be said of a part.
    {"not well-formed XML", [](const Facts& m) { return !m.well_formed() || m.parts_depart(); }},
    // What xmlsec1 is there for: where it finds every signature of ours good, the key must be another one.
    {"digest of ", never},
    {"could not be digested", never},
    {"xmlsec1", never},
    {"signature value does not fit", signers_differ},
    {"does not go with the certificate's kind of key", signers_differ},
    {"a signature of this key has", signers_differ},
    // Where parts stand, and how often.
    {"no wsse:Security header is addressed",
     [](const Facts& m) { return m.headers_for_us() == 0 || m.body_comes_first(); }},
    {"more than one Security header", [](const Facts& m) { return m.headers_for_us() > 1; }},
    {"reads differently in two passes", never},
    {"holds more than one Timestamp", [](const Facts& m) { return m.in_header(wsu_ns, "Timestamp") > 1; }},
    {"holds more than one SAML assertion",
     [](const Facts& m) { return m.in_header(saml_ns, "Assertion") > 1; }},
    {"holds more than one UsernameToken",
     [](const Facts& m) { return m.in_header(wsse_ns, "UsernameToken") > 1; }},
    {"the Security header holds no signature",
     [](const Facts& m) { return m.in_header(ds_ns, "Signature") == 0; }},
    {"the Security header holds more than 4 signatures",
     [](const Facts& m) { return m.in_header(ds_ns, "Signature") > 4; }},
    {"the Security header holds the same signature twice",
     [](const Facts& m) { return m.repeats_signature_value(); }},
    {"several signatures cover all", [](const Facts& m) { return m.in_header(ds_ns, "Signature") > 1; }},
    // What an Id means.
    {"occurs more than once in the message", [](const Facts& m) { return m.repeats_id(); }},
    {"points at nothing that may be signed by Id",
     [](const Facts& m) { return m.refers_to_no_standard_id(); }},
    {"contains the signature itself", [](const Facts& m) { return m.refers_to_ancestor(); }},
    {"is no SecurityTokenReference of our header",
     [](const Facts& m) {
         return m.any_reference([&](xmlNode* one) { return has_str_transform(one) && m.is_no_token(one); });
     }},
    // The form of a ds:Signature, and algorithms that we do not take.
    {"the ds:Signature holds a comment",
     [](const Facts& m) { return m.any_signature(holds_more_than_text); }},
    {" lacks ds:", shape_departs},
    {"where nothing more is allowed", shape_departs},
    {"TransformationParameters", shape_departs},
    {"ds:Transforms", shape_departs},
    {"ds:SignatureMethod has parameters", shape_departs},
    {"the signature has no ds:Reference", shape_departs},
    {"ds:Reference has no URI",
     [](const Facts& m) { return m.any_reference([](xmlNode* one) { return !has_attribute(one, "URI"); }); }},
    {"is not a same-document",
     [](const Facts& m) {
         return m.any_reference([](xmlNode* one) { return !is_plain_fragment(uri_of(one)); });
     }},
    {"is not that of a whole document",
     [](const Facts& m) {
         return m.any_reference([](xmlNode* one) { return !is_plain_fragment(uri_of(one)); });
     }},
    {"Attachment-Content-Signature-Transform",
     [](const Facts& m) { return m.any_reference(is_odd_attachment) || m.shape_departs(); }},
    {"is no cid: URI", [](const Facts& m) { return m.any_reference(is_attachment); }},
    // Stock finds none there either.
    {"is no attachment of this message", never},
    {"is not exactly one attachment of this message", never},
    {"PrefixList", [](const Facts& m) { return m.any_method(has_odd_prefix_list); }},
    {"is not allowed in ds:", [](const Facts& m) { return m.any_method(is_unlisted_c14n); }},
    {"has more than 5 transforms",
     [](const Facts& m) { return m.any_reference([](xmlNode* one) { return transforms_of(one) > 5; }); }},
    {"has more than 2 transforms",
     [](const Facts& m) { return m.any_reference([](xmlNode* one) { return transforms_of(one) > 2; }); }},
    {"a transform follows the canonicalisation",
     [](const Facts& m) { return m.any_reference([](xmlNode* one) { return transforms_of(one) > 1; }); }},
    {"of type Manifest",
     [](const Facts& m) {
         return m.any_reference(
             [](xmlNode* one) { return attribute_of(one, "Type").ends_with("#Manifest"); });
     }},
    {"digest method", [](const Facts& m) { return m.any_reference(has_unlisted_digest); }},
    {"signature method", [](const Facts& m) { return m.any_signature(has_unlisted_method); }},
    {"is no name of an algorithm in the trust domain",
     [](const Facts& m) { return m.any_signature(has_unlisted_method); }},
    {"is not a digest of its method in base64",
     [](const Facts& m) {
         return m.any_reference([](xmlNode* one) {
             return is_no_base64(child_of(one, ds_ns, "DigestValue"), digest_bytes(one)) ||
                    holds_more_than_text(child_of(one, ds_ns, "DigestValue"));
         });
     }},
    {"ds:SignatureValue is not base64",
     [](const Facts& m) {
         return m.any_signature(
             [](xmlNode* one) { return is_no_base64(child_of(one, ds_ns, "SignatureValue"), 0); });
     }},
    {" references", [](const Facts& m) { return m.any_signature(has_many_references); }},
    {"is referenced twice", [](const Facts& m) { return m.any_signature(repeats_uri); }},
    // What canonical text leaves out, or cannot be made of.
    {"has a comment in the middle of text", [](const Facts& m) { return m.has_comment_beside_text(); }},
    {"does not cover what the prefix", [](const Facts& m) { return m.has_unbound_name(); }},
    {"a namespace URI is relative", [](const Facts& m) { return m.has_relative_namespace(); }},
    // Policy.
    {"does not vouch for the assertion", has_assertion},
    {"not signed by the holder of the assertion", has_assertion},
    {"is not signed", not_covered},
    {"more than one wsa:MessageID", [](const Facts& m) { return m.addressing("MessageID") > 1; }},
    {"wsa:MessageID is not a plain text", [](const Facts& m) { return m.message_id_departs(); }},
    {"there is no wsu:Timestamp", [](const Facts& m) { return m.in_header(wsu_ns, "Timestamp") == 0; }},
    {"the Timestamp", by_name},
    // Assertions: who made one, for whom, when, and whether it is of a form that SAML 2.0 has. Their own
    // signature and what they digest fall under the rules above.
    {"the key is that of a SAML assertion", signers_differ},
    {"the SAMLID", signers_differ},
    {"assertion", has_assertion},
    {"the Subject", has_assertion},
    {"the holder's", has_assertion},
    {"the NameID", has_assertion},
    {"the Conditions", has_assertion},
    // Tokens and keys: stock xmlsec1 is given the key.
    {"ds:KeyInfo", signers_differ},
    {"X509Data", signers_differ},
    {"X509Issuer", signers_differ},
    {"X509Serial", signers_differ},
    {"wsse:Reference", signers_differ},
    {"SecurityTokenReference", signers_differ},
    {"BinarySecurityToken", signers_differ},
    {"X509PKIPathv1", signers_differ},
    {"KeyIdentifier", signers_differ},
    {"no registered certificate has this", signers_differ},
    {"not one DER certificate", signers_differ},
    {"a certificate of a sane size", signers_differ},
    {"the public key cannot be read", signers_differ},
    {"the key is", signers_differ},
    {"the curve", signers_differ},
    {"holds more than text", tokens_differ},
    // Encryption, of which there is none here but what only says so.
    {"EncryptedKey", has_encryption},
    {"EncryptedData", has_encryption},
    {"ReferenceList", has_encryption},
    {"encrypted", has_encryption},
    // Parts.
    {"xop:Include", parts_depart},
    {"is included more than once", parts_depart},
    {"an attachment has no Content-ID", [](const Facts& m) { return m.has_unnamed_part(); }},
    {"a signed XML attachment", parts_depart},
    {"xml:base where an attachment is signed",
     [](const Facts& m) { return m.any_reference(is_attachment) && m.has_xml_base(); }},
    {"cid:", parts_depart},
    // The text is no envelope for us.
    {"SOAP Envelope", [](const Facts& m) { return m.envelope_departs(); }},
    {"the Envelope", [](const Facts& m) { return m.envelope_departs(); }},
    {"hold no processing instructions", [](const Facts& m) { return m.has_instruction(); }},
    {"document type declaration", [](const Facts& m) { return m.has_doctype(); }},
    {"over the configured limit", beyond_limits},
    {"over the limit: a reference", [](const Facts& m) { return m.has_long_reference(); }},
    {"over the limit", beyond_limits},
    {"elements nest deeper", beyond_limits},
    {"different names", beyond_limits},
    {"the text is not UTF-8", [](const Facts& m) { return !m.plain_text(); }},
    {"the text is not XML 1.0", [](const Facts& m) { return !m.plain_text(); }},
    // Of names and passwords: none is known here.
    {"UsernameToken", has_user},
    {"Username", has_user},
    {"Nonce", has_user},
    {"assword", has_user},
};

// Whether stock xmlsec1 would let it pass: all signatures that the gateway reads are good, and one has the
// Body.
bool stock_accepts(const StockVerdict& stock) {
    return stock.body_covered && std::ranges::all_of(stock.signatures, [](const SignatureVerdict& one) {
               return one.verified || (!one.in_header && !one.of_assertion);
           });
}

}  // namespace

std::string check_refusal_reason(std::string_view reason, const FuzzMessage& message,
                                 const StockVerdict& stock) {
    const auto rule = std::ranges::find_if(
        rules, [&](const Rule& one) { return reason.find(one.reason) != std::string_view::npos; });
    if (rule == std::end(rules)) return "refused for a reason that no rule knows";
    ++rule->given;
    if (!stock_accepts(stock)) return {};
    ++rule->needed;
    if (rule->holds(MessageFacts(message))) return {};
    return "refused by us alone, and what the reason says is not so";
}

void print_refusals() {
    for (const Rule& one : rules)
        if (one.given > 0)
            std::cerr << "  refused " << one.given << " times, " << one.needed << " of them by us alone: …"
                      << one.reason << "…\n";
}

}  // namespace hutong::test
