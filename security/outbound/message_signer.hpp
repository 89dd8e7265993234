// Signs an outgoing SOAP message: wsu:Timestamp and Body, BinarySecurityToken, exclusive c14n, SHA-256, or
// SM3 with an SM2 key, by the names, form and id of the receiver's trust domain.
//
// WS-Security 1.1.1. Adds one Security header to the bytes given and changes nothing else but a wsu:Id on
// Body when it has none. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/policy.hpp"
#include "security/keys/signing_key.hpp"
#include "security/outbound/receiver_form.hpp"
#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

// A header block that is signed and added beside the Security header. Its text must be its own exclusive
// canonical form.
struct SignedBlock {
    std::string id;  // its wsu:Id
    std::string text;
};

struct SignOptions {
    std::chrono::seconds lifetime{300};
    TimePoint now;
    std::vector<SignedBlock> blocks{};
    // The SignatureValue of each signature of the request that this answers; nullopt: not to be confirmed. An
    // empty list confirms that there was none (WS-Security 1.1.1 section 8.5).
    std::optional<std::vector<std::string>> confirm{};
    ReceiverForm form{};  // of SM2 signatures
};

// One element that is signed: its canonical form's digest, with the Id by which it is referenced, and how it
// gets that Id where it has none.
struct SignedPart {
    std::string id;
    std::optional<soap::Edit> identify;
    Bytes digest;
};

// What is signed of a message that is there already: its Body, and header blocks where policy names them.
struct SignedBody : SignedPart {
    const DigestAlgorithm* method{nullptr};
    std::vector<SignedPart> headers;
};

// What has to be changed in a message so that it is signed.
struct Signing {
    std::string header;                 // a Security header, to be added as the last but the signed blocks
    std::vector<soap::Range> replaces;  // headers to be cut, which would compete with it
};

// Of an envelope that is text in memory. `policy` names the header blocks; null: none.
Result<SignedBody> digest_body(std::string_view utf8, const DigestAlgorithm& method,
                               const MessagePolicy* policy = nullptr);
// What gives those parts their Ids that have none.
std::vector<soap::Edit> identifying_edits(const SignedBody& body);
// `body` must be digested by reference_digest() of the key's kind.
Result<Signing> sign_body(const SignedBody& body, const soap::Layout& layout, const SigningKey& key,
                          const SignOptions& options);

// A value as the text of an element in canonical form (Canonical XML 1.0 section 2.3).
std::string canonical_value(std::string_view value);

// All of it, on a text.
Result<std::string> sign_message(std::string_view utf8, const soap::Layout& layout, const SigningKey& key,
                                 const SignOptions& options);

}  // namespace hutong::security
