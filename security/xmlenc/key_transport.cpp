#include "security/xmlenc/key_transport.hpp"

#include <openssl/evp.h>

#include "security/keys/oaep.hpp"
#include "security/keys/pem.hpp"

namespace hutong::security {

namespace {

using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

Oaep oaep_of(const KeyTransport& transport) {
    return {transport.openssl_digest, transport.openssl_mask};
}

bool set_up(EVP_PKEY_CTX* context, const KeyTransport& transport) {
    return transport.key == KeyKind::sm2 || set_oaep(context, oaep_of(transport));
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
    return decrypt_with(key, oaep_of(transport), wrapped);
}

}  // namespace hutong::security
