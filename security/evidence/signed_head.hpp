// A journal's head with its node's signature: the statement that leaves the node every few seconds.
//
// Whoever keeps it elsewhere can tell later that the journal was altered or shortened. What is signed is a
// text of a few lines, so that `openssl dgst -verify` checks it. Values; pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "security/journal/journal.hpp"
#include "security/keys/signing_key.hpp"
#include "security/trust/trust_store.hpp"

namespace hutong::security::evidence {

struct HeadStatement {
    std::string node;
    TimePoint time;
    JournalHead head;
};

std::string to_text(const HeadStatement& statement);
// Error: corrupt, for anything but what to_text() writes.
Result<HeadStatement> head_from_text(std::string_view text);

struct SignedHead {
    std::string text;
    Bytes signature;                  // DER: ECDSA-Sig-Value, or RSA PKCS#1; with SHA-256
    std::vector<Bytes> certificates;  // DER, the signer's first
};

Result<SignedHead> sign_head(const HeadStatement& statement, const SigningKey& key);
bool signature_holds(const SignedHead& head);  // by the first certificate, which may be anybody's

// Whether a certificate is named as the platform names its nodes' signing certificates. Who gave it that name
// is not looked at.
bool names_node(ByteView certificate, std::string_view node);

// Whether who signed speaks for the node: a certificate that is believed, and that is named as the platform
// names its nodes' signing certificates (docs/evidence.md); no other of its certificates does. Error:
// refused, saying who signed.
Result<void> speaks_for_node(const HeadStatement& statement, ByteView certificate,
                             const TrustVerdict& verdict);

// One line of JSON, without an end of line: how it is kept in files and sent.
std::string to_line(const SignedHead& head);
Result<SignedHead> head_from_line(std::string_view line);  // error: corrupt

}  // namespace hutong::security::evidence
