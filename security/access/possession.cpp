#include "security/access/possession.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "security/keys/pem.hpp"

namespace hutong::security {

namespace {

using Context = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX, EVP_MD_CTX_free>>;

// Ed25519 has its digest within, SM2 goes with SM3 (GB/T 32918.2); the others are signed over SHA-256.
Result<const EVP_MD*> digest_for(const EVP_PKEY* key) {
    HUTONG_ASSIGN(const KeyKind kind, kind_of(key));
    if (kind == KeyKind::ed25519) return nullptr;
    return kind == KeyKind::sm2 ? EVP_sm3() : EVP_sha256();
}

}  // namespace

std::string certificate_statement(std::string_view officer, std::string_view thumbprint) {
    return "hutong officer " + std::string(officer) + " signs in with certificate " + std::string(thumbprint);
}

Result<void> check_possession(ByteView certificate, std::string_view statement, ByteView signature) {
    HUTONG_ASSIGN(const X509Ptr read, read_certificate(certificate));
    EVP_PKEY* const key = X509_get0_pubkey(read.get());
    if (!key) return refused("the certificate's key cannot be read");
    HUTONG_ASSIGN(const EVP_MD* const digest, digest_for(key));
    const Context context(EVP_MD_CTX_new());
    const bool holds = EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
                       EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                        as_bytes(statement).data(), statement.size()) == 1;
    ERR_clear_error();
    if (holds) return {};
    return refused("the certificate's key did not sign \"" + std::string(statement) + "\"");
}

Result<Bytes> prove_possession(std::string_view key_pem, const std::string& name,
                               std::string_view statement) {
    HUTONG_ASSIGN(const KeyPtr key, key_from_pem(key_pem, name));
    HUTONG_ASSIGN(const EVP_MD* const digest, digest_for(key.get()));
    const Context context(EVP_MD_CTX_new());
    const ByteView text = as_bytes(statement);
    std::size_t size = 0;
    if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, text.data(), text.size()) != 1)
        return openssl_error("the statement cannot be signed");
    Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, text.data(), text.size()) != 1)
        return openssl_error("the statement cannot be signed");
    signature.resize(size);
    return signature;
}

}  // namespace hutong::security
