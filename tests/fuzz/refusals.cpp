#include "tests/fuzz/refusals.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>

namespace hutong::test {

namespace {

struct Refusal {
    std::string_view part;  // of the reason
    Whose whose;
    unsigned long count{0};
};

// The first that fits counts.
Refusal refusals[] = {
    // What xmlsec1 is there for.
    {"digest of #", Whose::stocks},
    {"signature value does not fit", Whose::stocks},
    {"could not be digested", Whose::stocks},
    {"xmlsec1: ", Whose::stocks},
    {"does not go with the certificate's kind of key", Whose::stocks},
    {"a signature of this key has", Whose::stocks},
    // Where parts stand, and how often.
    {"no wsse:Security header is addressed", Whose::ours},
    {"more than one Security header", Whose::ours},
    {"reads differently in two passes", Whose::ours},
    {"holds more than one Timestamp", Whose::ours},
    {"holds more than one SAML assertion", Whose::ours},
    {"holds more than one UsernameToken", Whose::ours},
    {"the Security header holds no signature", Whose::ours},
    {"the Security header holds more than 4 signatures", Whose::ours},
    {"the Security header holds the same signature twice", Whose::ours},
    {"several signatures cover all", Whose::ours},
    // What an Id means.
    {"occurs more than once in the message", Whose::ours},
    {"points at nothing that may be signed by Id", Whose::ours},
    {"contains the signature itself", Whose::ours},
    {"is no SecurityTokenReference of our header", Whose::ours},
    // The form of a ds:Signature, and algorithms that we do not take.
    {" lacks ds:", Whose::ours},
    {"where nothing more is allowed", Whose::ours},
    {"ds:Reference has no URI", Whose::ours},
    {"is not a same-document", Whose::ours},
    {"Attachment-Content-Signature-Transform", Whose::ours},
    {"is no attachment of this message", Whose::ours},
    {"PrefixList", Whose::ours},
    {"is not allowed in ds:", Whose::ours},
    {"TransformationParameters", Whose::ours},
    {"has more than 5 transforms", Whose::ours},
    {"ds:Transforms", Whose::ours},
    {"a transform follows the canonicalisation", Whose::ours},
    {"of type Manifest", Whose::ours},
    {"digest method", Whose::ours},
    {"signature method", Whose::ours},
    {"is not a digest of its method in base64", Whose::ours},
    {"ds:SignatureMethod has parameters", Whose::ours},
    {"more than 10 references", Whose::ours},
    {"is referenced twice", Whose::ours},
    {"the signature has no ds:Reference", Whose::ours},
    {"the ds:Signature holds a comment", Whose::ours},
    {"ds:SignatureValue is not base64", Whose::ours},
    {"is no name of an algorithm in the trust domain", Whose::ours},
    // What canonical text leaves out, or cannot be made of.
    {"has a comment in the middle of text", Whose::ours},
    {"xsi:type", Whose::ours},
    {"a namespace URI is relative", Whose::ours},
    // Policy and time.
    {"is not signed", Whose::ours},
    {"more than one wsa:MessageID", Whose::ours},
    {"wsa:MessageID is not a plain text", Whose::ours},
    {"there is no wsu:Timestamp", Whose::ours},
    {"the Timestamp", Whose::ours},
    {"Envelope/Body is not encrypted", Whose::ours},
    // Tokens and keys: stock xmlsec1 is given the key.
    {"ds:KeyInfo", Whose::ours},
    {"ds:X509Data", Whose::ours},
    {"X509Data", Whose::ours},
    {"X509Issuer", Whose::ours},
    {"X509Serial", Whose::ours},
    {"wsse:Reference", Whose::ours},
    {"SecurityTokenReference", Whose::ours},
    {"BinarySecurityToken", Whose::ours},
    {"X509PKIPathv1", Whose::ours},
    {"KeyIdentifier", Whose::ours},
    {"no registered certificate has this", Whose::ours},
    {"not one DER certificate", Whose::ours},
    {"a certificate of a sane size", Whose::ours},
    {"the public key cannot be read", Whose::ours},
    {"the curve", Whose::ours},
    // Encryption, of which there is none here but what only says so.
    {"EncryptedKey", Whose::ours},
    {"EncryptedData", Whose::ours},
    {"ReferenceList", Whose::ours},
    // The text is no envelope for us.
    {"not well-formed XML", Whose::ours},
    {"SOAP Envelope", Whose::ours},
    {"the Envelope", Whose::ours},
    {"hold no processing instructions", Whose::ours},
    {"document type declaration", Whose::ours},
    {"over the configured limit", Whose::ours},
    {"elements nest deeper", Whose::ours},
    {"different names", Whose::ours},
    {"the text is not UTF-8", Whose::ours},
    {"the text is not XML 1.0", Whose::ours},
};

}  // namespace

Whose whose_refusal(std::string_view reason) {
    const auto found = std::ranges::find_if(
        refusals, [&](const Refusal& one) { return reason.find(one.part) != std::string_view::npos; });
    if (found == std::end(refusals)) return Whose::nobody;
    ++found->count;
    return found->whose;
}

void print_refusals() {
    for (const Refusal& one : refusals)
        if (one.count > 0) std::cerr << "  refused " << one.count << " times: …" << one.part << "…\n";
}

}  // namespace hutong::test
