// Puts the right digests and signature value into a message that was changed, as a signer who means it would.
//
// For what foreign signers cannot make, and for the fuzzer. Canonical forms are libxml2's; works on the
// bytes, so that nothing else changes.
#pragma once

#include <map>
#include <string>

#include "security/keys/signing_key.hpp"

namespace hutong::test {

// `attachments`: what the SwA Profile digests of a part, by Content-ID. A text that cannot be signed again is
// returned as it is.
std::string resigned(std::string text, const security::SigningKey& key,
                     const std::map<std::string, std::string>& attachments = {});

}  // namespace hutong::test
