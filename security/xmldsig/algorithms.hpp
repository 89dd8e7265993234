// The one table of algorithms a signature may use; what is not in it does not exist for this gateway.
//
// XML Signature 1.1 section 6. HMAC, SHA-1, MD5, DSA and every canonicalisation with comments are absent on
// purpose. Immutable, safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "security/keys/signing_key.hpp"

// What xmlsec1 calls a transform class.
struct _xmlSecTransformKlass;

namespace hutong::security {

using XmlsecTransform = const _xmlSecTransformKlass*;

struct SignatureAlgorithm {
    std::string_view uri;
    KeyKind key;
    XmlsecTransform (*transform)();
};

struct DigestAlgorithm {
    std::string_view uri;
    std::size_t bytes;
    XmlsecTransform (*transform)();
};

struct C14nAlgorithm {
    std::string_view uri;
    bool exclusive;  // takes an InclusiveNamespaces child
    XmlsecTransform (*transform)();
};

std::span<const SignatureAlgorithm> signature_algorithms();
std::span<const DigestAlgorithm> digest_algorithms();
std::span<const C14nAlgorithm> c14n_algorithms();

// nullptr: not allowed.
const SignatureAlgorithm* find_signature_algorithm(std::string_view uri);
const DigestAlgorithm* find_digest_algorithm(std::string_view uri);
const C14nAlgorithm* find_c14n_algorithm(std::string_view uri);

}  // namespace hutong::security
