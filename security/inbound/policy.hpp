// What the messages of one direction of a service must carry: the verifier's yardstick and the signer's
// recipe.
//
// WS-SecurityPolicy 1.3 sections 4 (protection assertions), 5 (tokens), 7 (algorithm suites); parts are named
// by absolute position, never by Id. Values.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "base/xml/document.hpp"
#include "base/xml/soap.hpp"

namespace hutong::security {

// How long what a sender dated is good, and how far its clock may be off.
struct TimeLimits {
    std::chrono::seconds clock_skew;
    std::chrono::seconds freshness;
};

// The ways in which a caller may prove who it is.
struct AcceptedTokens {
    bool x509{true};       // a signature by the key of a certificate
    bool username{false};  // UsernameToken Profile 1.1.1
    bool saml{false};      // SAML Token Profile 1.1.1, assertions of SAML 2.0
};

struct MessagePolicy {
    bool sign_body{true};
    bool timestamp{true};                  // there must be a wsu:Timestamp, and it must be signed
    bool sign_addressing{false};           // wsa:* blocks, where present, must be signed
    std::vector<xml::QName> sign_headers;  // likewise every block of these names
    // With the Body every MIME part: by the SwA profile 1.1.1, or as content of the Body by XOP.
    bool sign_attachments{false};
    bool encrypt_body{false};  // the Body's content must come encrypted
    std::vector<xml::QName> encrypt_headers;
    AcceptedTokens tokens;
    std::vector<std::string> signature_algorithms;  // URIs; empty: every one of the table
    std::vector<std::string> content_algorithms;    // likewise, by which content may come encrypted
    std::vector<std::string> key_transports;        // likewise, by which its key may
    std::string signature_algorithm;  // URI by which we sign; empty: as fits the other side's kind of key
    std::optional<std::chrono::seconds> clock_skew;  // empty: the configuration's
    std::optional<std::chrono::seconds> freshness;

    // What policy leaves open is the configuration's to say.
    TimeLimits times(const config::Security& options) const {
        return {clock_skew.value_or(options.clock_skew), freshness.value_or(options.freshness)};
    }
    // Whether a header block of this name, where present, is to be signed.
    bool signs_header(const xml::QName& name) const {
        return (sign_addressing && name.ns == soap::ns_wsa) ||
               std::find(sign_headers.begin(), sign_headers.end(), name) != sign_headers.end();
    }
    bool signs_attachments() const { return sign_body && sign_attachments; }
    // Whether the Security header has to be read at all.
    bool asks_for_claims() const { return asks_for_signature() || tokens.username || tokens.saml; }
    bool asks_for_signature() const { return sign_body || timestamp || !sign_headers.empty(); }
};

}  // namespace hutong::security
