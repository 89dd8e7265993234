#include "security/keys/oaep.hpp"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "security/keys/pem.hpp"

namespace hutong::security {

bool set_oaep(EVP_PKEY_CTX* context, const Oaep& oaep) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md_name(context, oaep.digest, nullptr) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, oaep.mask, nullptr) == 1;
}

Result<Bytes> decrypt_with(EVP_PKEY* key, const Oaep& oaep, ByteView wrapped) {
    using Context = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    std::size_t size = std::max(static_cast<std::size_t>(EVP_PKEY_get_size(key)), wrapped.size());
    Bytes content_key(size);
    // OpenSSL's SM2 uses SM3 and the ASN.1 of GM/T 0009 unless it is told otherwise.
    const bool plain = EVP_PKEY_is_a(key, "RSA") != 1;
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 || !(plain || set_oaep(context.get(), oaep)))
        return openssl_error("unwrapping a content key");
    const int done =
        EVP_PKEY_decrypt(context.get(), content_key.data(), &size, wrapped.data(), wrapped.size());
    ERR_clear_error();
    if (done != 1) return refused("the EncryptedKey does not open with our key");
    content_key.resize(size);
    return content_key;
}

}  // namespace hutong::security
