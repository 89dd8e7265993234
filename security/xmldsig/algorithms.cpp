#include "security/xmldsig/algorithms.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include "security/xmldsig/algorithm_names.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

const EVP_MD* fetched(const char* name) {
    return EVP_MD_fetch(nullptr, name, nullptr);
}

// Tables are made at their first use, when OpenSSL is surely there.
const auto& digests() {
    static const std::array table{
        DigestAlgorithm{names::sha256, 32, xmlSecOpenSSLTransformSha256GetKlass, fetched("SHA2-256")},
        DigestAlgorithm{names::sha384, 48, xmlSecOpenSSLTransformSha384GetKlass, fetched("SHA2-384")},
        DigestAlgorithm{names::sha512, 64, xmlSecOpenSSLTransformSha512GetKlass, fetched("SHA2-512")},
        DigestAlgorithm{names::sm3, 32, nullptr, fetched("SM3")},
    };
    return table;
}

// A curve goes with the digest of its own strength and no other: a shorter digest would weaken the curve, a
// longer one is cut, and with one row per kind of key nobody can choose between two for the same key.
const auto& signatures() {
    static const DigestAlgorithm* const sha256 = find_digest_row(names::sha256);
    static const DigestAlgorithm* const sha384 = find_digest_row(names::sha384);
    static const DigestAlgorithm* const sha512 = find_digest_row(names::sha512);
    static const DigestAlgorithm* const sm3 = find_digest_row(names::sm3);
    using enum KeyKind;
    using enum Scheme;
    static const std::array table{
        SignatureAlgorithm{names::rsa_sha256, rsa, rsa_pkcs1, sha256,
                           xmlSecOpenSSLTransformRsaSha256GetKlass},
        SignatureAlgorithm{names::rsa_sha384, rsa, rsa_pkcs1, sha384,
                           xmlSecOpenSSLTransformRsaSha384GetKlass},
        SignatureAlgorithm{names::rsa_sha512, rsa, rsa_pkcs1, sha512,
                           xmlSecOpenSSLTransformRsaSha512GetKlass},
        SignatureAlgorithm{names::pss_sha256, rsa, rsa_pss, sha256, nullptr},
        SignatureAlgorithm{names::pss_sha384, rsa, rsa_pss, sha384, nullptr},
        SignatureAlgorithm{names::pss_sha512, rsa, rsa_pss, sha512, nullptr},
        SignatureAlgorithm{names::ecdsa_sha256, p256, ecdsa, sha256,
                           xmlSecOpenSSLTransformEcdsaSha256GetKlass},
        SignatureAlgorithm{names::ecdsa_sha384, p384, ecdsa, sha384,
                           xmlSecOpenSSLTransformEcdsaSha384GetKlass},
        SignatureAlgorithm{names::ecdsa_sha512, p521, ecdsa, sha512,
                           xmlSecOpenSSLTransformEcdsaSha512GetKlass},
        SignatureAlgorithm{names::eddsa_ed25519, ed25519, eddsa, nullptr, nullptr},
        SignatureAlgorithm{names::sm2_sm3, KeyKind::sm2, Scheme::sm2sig, sm3, nullptr},
    };
    return table;
}

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
    return signatures();
}
std::span<const DigestAlgorithm> digest_algorithms() {
    return digests();
}
std::span<const C14nAlgorithm> c14n_algorithms() {
    return canonicalisations;
}

const SignatureAlgorithm* find_signature_row(std::string_view uri) {
    return find_in(signatures(), uri);
}
const DigestAlgorithm* find_digest_row(std::string_view uri) {
    return find_in(digests(), uri);
}
const SignatureAlgorithm* find_signature_algorithm(std::string_view uri) {
    if (const auto* row = find_signature_row(uri)) return row;
    for (const AlgorithmName& name : algorithm_names())
        if (!name.digest && name.uri == uri) return find_signature_row(name.row);
    return nullptr;
}
const DigestAlgorithm* find_digest_algorithm(std::string_view uri) {
    if (const auto* row = find_digest_row(uri)) return row;
    for (const AlgorithmName& name : algorithm_names())
        if (name.digest && name.uri == uri) return find_digest_row(name.row);
    return nullptr;
}
const C14nAlgorithm* find_c14n_algorithm(std::string_view uri) {
    return find_in(canonicalisations, uri);
}

std::string refusal_of_signature_method(std::string_view uri) {
    if (uri == names::pss_with_parameters)
        return "RSA-PSS with ds:SignatureMethod parameters is not accepted; " +
               std::string(names::pss_sha256) + " says by its name what the parameters would";
    return "signature method \"" + std::string(uri.substr(0, 120)) +
           "\" is not allowed; use RSA, RSA-PSS or ECDSA with SHA-256, Ed25519, or SM2 with SM3";
}

const DigestAlgorithm& reference_digest(KeyKind kind) {
    return *find_digest_row(kind == KeyKind::sm2 ? names::sm3 : names::sha256);
}

const SignatureAlgorithm& default_signature_algorithm(KeyKind kind) {
    return *std::ranges::find(signatures(), kind, &SignatureAlgorithm::key);
}

}  // namespace hutong::security
