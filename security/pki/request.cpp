#include "security/pki/request.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "security/keys/key_kind.hpp"
#include "security/trust/sm2_id.hpp"

namespace hutong::security {

namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ, X509_REQ_free>>;

std::string entry_of(const X509_NAME* name, int nid) {
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) {
        (void)openssl_error("");
        return {};
    }
    std::string entry(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return entry;
}

}  // namespace

std::string key_thumbprint(EVP_PKEY* key) {
    if ((EVP_PKEY_is_a(key, "EC") == 1 || EVP_PKEY_is_a(key, "SM2") == 1) &&
        EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") != 1)
        (void)openssl_error("");
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    std::string thumbprint;
    if (size > 0) thumbprint = to_hex(sha256(ByteView(der, static_cast<std::size_t>(size))));
    OPENSSL_free(der);
    return thumbprint;
}

Result<RequestFacts> read_request(std::string_view csr_pem) {
    if (csr_pem.size() > longest_request)
        return invalid("the request is longer than " + std::to_string(longest_request) + " bytes");
    const BioPtr in = reading(csr_pem);
    const RequestPtr request(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    RequestFacts facts;
    facts.key.reset(request ? X509_REQ_get_pubkey(request.get()) : nullptr);
    if (!facts.key) {
        (void)openssl_error("");
        return invalid("not a certificate request in PEM (-----BEGIN CERTIFICATE REQUEST-----)");
    }
    const auto kind = kind_of(facts.key.get());
    if (kind.has_error())
        return refused("the request's key cannot be certified; make a new one: " + kind.error().detail);
    if (!set_signer_id(request.get())) return openssl_error("the request cannot be read");
    if (X509_REQ_verify(request.get(), facts.key.get()) != 1) {
        (void)openssl_error("");
        return refused(
            "the request is not signed by its own key: it was altered, or the key is somebody else's");
    }
    facts.kind = *kind;
    facts.key_text = to_string(*kind);
    if (*kind == KeyKind::rsa) facts.key_text += " " + std::to_string(EVP_PKEY_get_bits(facts.key.get()));
    facts.common_name = entry_of(X509_REQ_get_subject_name(request.get()), NID_commonName);
    facts.thumbprint = key_thumbprint(facts.key.get());
    if (facts.thumbprint.empty()) return openssl_error("the request's key cannot be written");
    return facts;
}

Result<KeyPtr> key_of_request(std::string_view csr_pem) {
    HUTONG_ASSIGN(RequestFacts facts, read_request(csr_pem));
    return std::move(facts.key);
}

std::string organisation_of(const X509* certificate) {
    return entry_of(X509_get_subject_name(certificate), NID_organizationName);
}

}  // namespace hutong::security
