#include "security/xmldsig/algorithms.hpp"

#include <algorithm>
#include <array>

#include <xmlsec/openssl/crypto.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

const std::array signatures{
    SignatureAlgorithm{names::rsa_sha256, KeyKind::rsa, xmlSecOpenSSLTransformRsaSha256GetKlass},
    SignatureAlgorithm{names::rsa_sha384, KeyKind::rsa, xmlSecOpenSSLTransformRsaSha384GetKlass},
    SignatureAlgorithm{names::rsa_sha512, KeyKind::rsa, xmlSecOpenSSLTransformRsaSha512GetKlass},
    SignatureAlgorithm{names::ecdsa_sha256, KeyKind::p256, xmlSecOpenSSLTransformEcdsaSha256GetKlass},
};

const std::array digests{
    DigestAlgorithm{names::sha256, 32, xmlSecOpenSSLTransformSha256GetKlass},
    DigestAlgorithm{names::sha384, 48, xmlSecOpenSSLTransformSha384GetKlass},
    DigestAlgorithm{names::sha512, 64, xmlSecOpenSSLTransformSha512GetKlass},
};

const std::array canonicalisations{
    C14nAlgorithm{names::exc_c14n, true, xmlSecTransformExclC14NGetKlass},
    C14nAlgorithm{names::c14n10, false, xmlSecTransformInclC14NGetKlass},
    C14nAlgorithm{names::c14n11, false, xmlSecTransformInclC14N11GetKlass},
};

template <class Table>
auto find_in(const Table& table, std::string_view uri) -> decltype(table.data()) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.uri == uri; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::span<const SignatureAlgorithm> signature_algorithms() {
    return signatures;
}
std::span<const DigestAlgorithm> digest_algorithms() {
    return digests;
}
std::span<const C14nAlgorithm> c14n_algorithms() {
    return canonicalisations;
}

const SignatureAlgorithm* find_signature_algorithm(std::string_view uri) {
    return find_in(signatures, uri);
}
const DigestAlgorithm* find_digest_algorithm(std::string_view uri) {
    return find_in(digests, uri);
}
const C14nAlgorithm* find_c14n_algorithm(std::string_view uri) {
    return find_in(canonicalisations, uri);
}

}  // namespace hutong::security
