#include "security/xmlenc/key_transport.hpp"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "security/keys/pem.hpp"

namespace hutong::security {

namespace {

using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

bool set_up(EVP_PKEY_CTX* context, const KeyTransport& transport) {
    // OpenSSL's SM2 uses SM3 and the ASN.1 of GM/T 0009 unless it is told otherwise.
    if (transport.key == KeyKind::sm2) return true;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md_name(context, transport.openssl_digest, nullptr) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, transport.openssl_mask, nullptr) == 1;
}

}  // namespace

Result<Bytes> wrap_key(const KeyTransport& transport, evp_pkey_st* key, ByteView content_key) {
    const KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    std::size_t size = 0;
    Bytes wrapped;
    bool good = context && EVP_PKEY_encrypt_init(context.get()) == 1 && set_up(context.get(), transport) &&
                EVP_PKEY_encrypt(context.get(), nullptr, &size, content_key.data(), content_key.size()) == 1;
    wrapped.resize(size);
    if (!good ||
        EVP_PKEY_encrypt(context.get(), wrapped.data(), &size, content_key.data(), content_key.size()) != 1)
        return openssl_error("wrapping a content key");
    wrapped.resize(size);
    return wrapped;
}

Result<Bytes> unwrap_key(const KeyTransport& transport, evp_pkey_st* key, ByteView wrapped) {
    const KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    std::size_t size = std::max(static_cast<std::size_t>(EVP_PKEY_get_size(key)), wrapped.size());
    Bytes content_key(size);
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 || !set_up(context.get(), transport))
        return openssl_error("unwrapping a content key");
    const int done =
        EVP_PKEY_decrypt(context.get(), content_key.data(), &size, wrapped.data(), wrapped.size());
    ERR_clear_error();
    if (done != 1) return refused("the EncryptedKey does not open with our key");
    content_key.resize(size);
    return content_key;
}

}  // namespace hutong::security
