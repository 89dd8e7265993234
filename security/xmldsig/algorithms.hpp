// The one table of algorithms a signature may use; what is not in it does not exist for this gateway.
//
// XML Signature 1.1 section 6, RFC 9231 sections 2.3.2 to 2.3.12. HMAC, SHA-1, MD5, DSA and every
// canonicalisation with comments are absent on purpose, and no configuration adds a row: it can only give
// further names to those of the national algorithms (GM/T 0003, 0004, 0006), which have no registered ones.
// Immutable, safe from any thread. docs/algorithms.md says what each row was checked against.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "security/keys/key_kind.hpp"

// What xmlsec1 calls a transform class.
struct _xmlSecTransformKlass;
struct evp_md_st;

namespace hutong::security {

using XmlsecTransform = const _xmlSecTransformKlass*;

struct DigestAlgorithm {
    std::string_view uri;
    std::size_t bytes;
    XmlsecTransform (*transform)();  // null: it has none, and xmlsec_digest makes one
    const evp_md_st* md;             // fetched from OpenSSL once, for good
};

// How a key and a digest make a signature.
enum class Scheme {
    rsa_pkcs1,  // RSASSA-PKCS1-v1_5, RFC 8017 section 8.2
    rsa_pss,    // RSASSA-PSS, section 8.1: MGF1 with the same digest, a salt as long as it, trailer 0xbc
    ecdsa,      // FIPS 186-5 section 6, as r‖s, each padded to the length of the curve's order; read also
                // where zeros that both begin with were left out, as Apache Santuario does
    eddsa,      // RFC 8032, pure: over the text itself, without context
    sm2sig      // GB/T 32918.2, with the signer's id; the value as r‖s of 32 bytes each
};

struct SignatureAlgorithm {
    std::string_view uri;
    KeyKind key;  // the only kind of key it goes with
    Scheme scheme;
    const DigestAlgorithm* digest;   // null: the scheme digests by itself
    XmlsecTransform (*transform)();  // xmlsec1's own; null: it has none, and xmlsec_signature makes one
};

struct C14nAlgorithm {
    std::string_view uri;
    bool exclusive;  // takes an InclusiveNamespaces child
    XmlsecTransform (*transform)();
};

std::span<const SignatureAlgorithm> signature_algorithms();
std::span<const DigestAlgorithm> digest_algorithms();
std::span<const C14nAlgorithm> c14n_algorithms();

// By the table's own URIs only. nullptr: not allowed.
const SignatureAlgorithm* find_signature_row(std::string_view uri);
const DigestAlgorithm* find_digest_row(std::string_view uri);

// Also by the further names of the configuration (xmldsig/algorithm_names). nullptr: not allowed.
const SignatureAlgorithm* find_signature_algorithm(std::string_view uri);
const DigestAlgorithm* find_digest_algorithm(std::string_view uri);
const C14nAlgorithm* find_c14n_algorithm(std::string_view uri);

// Why a ds:SignatureMethod that is not in the table is refused, and what to use instead.
std::string refusal_of_signature_method(std::string_view uri);

// The digest of what a key of this kind signs for this platform: SM3 for SM2, else SHA-256.
const DigestAlgorithm& reference_digest(KeyKind kind);

// The row by which this platform signs with a key of this kind: the first of its kind.
const SignatureAlgorithm& default_signature_algorithm(KeyKind kind);

}  // namespace hutong::security
