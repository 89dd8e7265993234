// The two tables of what encryption may use; what is not in them does not exist for this gateway.
//
// XML Encryption 1.1 sections 5.2 (content) and 5.5 (key transport). RSA 1.5 is absent on purpose, and so are
// symmetric key wrapping and 3DES. Immutable, safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "security/keys/key_kind.hpp"

namespace hutong::security {

// RSA-OAEP (RFC 8017 section 7.1) with one choice of hashes and an empty label; or SM2 (GB/T 32918.4), the
// ciphertext as GM/T 0009 section 7.3 has it: point, SM3 digest and encrypted octets in one SEQUENCE (C1 C3
// C2).
struct KeyTransport {
    std::string_view uri;
    KeyKind key;
    std::string_view digest;     // URI of the DigestMethod; empty: there must be none
    std::string_view mask;       // URI of the MGF; empty: it is implied by `uri` and must not be given
    const char* openssl_digest;  // null for SM2, as the next
    const char* openssl_mask;    // the hash of MGF1
    bool sha1;                   // only where the configuration allows it
};

struct ContentCipher {
    std::string_view uri;
    std::size_t key_bytes;
    std::size_t iv_bytes;
    std::size_t tag_bytes;  // 0: not authenticated, so only for ciphertext that was signed
    const char* openssl_name;
    bool authenticated() const { return tag_bytes != 0; }
};

std::span<const KeyTransport> key_transports();  // the one we use first
std::span<const ContentCipher> content_ciphers();

// nullptr: not allowed. An absent DigestMethod or MGF is given as empty and means SHA-1 for RSA
// (section 5.5.2).
const KeyTransport* find_key_transport(std::string_view uri, std::string_view digest, std::string_view mask);
const KeyTransport& default_key_transport(KeyKind kind);  // of rsa or sm2
const ContentCipher* find_content_cipher(std::string_view uri);

}  // namespace hutong::security
