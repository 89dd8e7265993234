#include "security/xmlenc/content_cipher.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "security/keys/pem.hpp"

namespace hutong::security {

namespace {

using CipherPtr = std::unique_ptr<EVP_CIPHER, OpensslDeleter<EVP_CIPHER, EVP_CIPHER_free>>;
using CipherContextPtr = std::unique_ptr<EVP_CIPHER_CTX, OpensslDeleter<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;

constexpr std::size_t block = 16;

Error does_not_open() {
    ERR_clear_error();
    return refused("the ciphertext does not open with its key");
}

// A context with the cipher, direction, key and IV set.
CipherContextPtr begin(const ContentCipher& cipher, ByteView key, const std::uint8_t* iv, bool encrypt) {
    const CipherPtr evp(EVP_CIPHER_fetch(nullptr, cipher.openssl_name, nullptr));
    CipherContextPtr context(EVP_CIPHER_CTX_new());
    if (!evp || !context ||
        EVP_CipherInit_ex2(context.get(), evp.get(), key.data(), iv, encrypt ? 1 : 0, nullptr) != 1)
        return nullptr;
    // The padding of XML Encryption is not that of PKCS#7: only its last octet means something.
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    return context;
}

std::string padded(std::string_view plaintext) {
    const std::size_t count = block - plaintext.size() % block;
    std::string text(plaintext);
    text.append(count - 1, '\0');
    text.push_back(static_cast<char>(count));
    return text;
}

bool strip_padding(std::string& text) {
    const std::size_t count = text.empty() ? 0 : static_cast<unsigned char>(text.back());
    if (count == 0 || count > block || count > text.size()) return false;
    text.resize(text.size() - count);
    return true;
}

}  // namespace

Result<Bytes> seal(const ContentCipher& cipher, ByteView key, std::string_view plaintext) {
    if (key.size() != cipher.key_bytes) return internal("a content key of the wrong size");
    const std::string text = cipher.authenticated() ? std::string(plaintext) : padded(plaintext);
    Bytes sealed = random_bytes(cipher.iv_bytes);
    const CipherContextPtr context = begin(cipher, key, sealed.data(), true);
    sealed.resize(cipher.iv_bytes + text.size() + cipher.tag_bytes);
    std::uint8_t* const out = sealed.data() + cipher.iv_bytes;
    int size = 0;
    int rest = 0;
    if (!context ||
        EVP_CipherUpdate(context.get(), out, &size, as_bytes(text).data(), static_cast<int>(text.size())) !=
            1 ||
        EVP_CipherFinal_ex(context.get(), out + size, &rest) != 1 ||
        static_cast<std::size_t>(size + rest) != text.size())
        return openssl_error("encrypting");
    if (cipher.authenticated() &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(cipher.tag_bytes),
                            out + text.size()) != 1)
        return openssl_error("encrypting");
    return sealed;
}

Result<std::string> unseal(const ContentCipher& cipher, ByteView key, ByteView sealed) {
    const std::size_t around = cipher.iv_bytes + cipher.tag_bytes;
    if (key.size() != cipher.key_bytes || sealed.size() <= around) return does_not_open();
    const ByteView body = sealed.subspan(cipher.iv_bytes, sealed.size() - around);
    if (!cipher.authenticated() && body.size() % block != 0) return does_not_open();
    const CipherContextPtr context = begin(cipher, key, sealed.data(), false);
    if (!context) return openssl_error("decrypting");
    std::string text(body.size(), '\0');
    auto* const out = reinterpret_cast<std::uint8_t*>(text.data());
    int size = 0;
    int rest = 0;
    if (EVP_CipherUpdate(context.get(), out, &size, body.data(), static_cast<int>(body.size())) != 1)
        return does_not_open();
    if (cipher.authenticated()) {
        Bytes tag(sealed.end() - static_cast<std::ptrdiff_t>(cipher.tag_bytes), sealed.end());
        if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                                tag.data()) != 1)
            return does_not_open();
    }
    if (EVP_CipherFinal_ex(context.get(), out + size, &rest) != 1 ||
        static_cast<std::size_t>(size + rest) != text.size() ||
        (!cipher.authenticated() && !strip_padding(text)))
        return does_not_open();
    return text;
}

}  // namespace hutong::security
