#include "security/keys/secret_box.hpp"

#include <algorithm>
#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "security/keys/private_file.hpp"

namespace hutong::security {

namespace {

// A sealed secret: which key, nonce, ciphertext, tag.
constexpr std::size_t key_bytes = 32;
constexpr std::size_t id_bytes = 8;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Bytes id_of(const Bytes& key) {
    const Sha256Digest digest = sha256(ByteView(key));
    return {digest.begin(), digest.begin() + id_bytes};
}

// One direction of AES-256-GCM up to the tag; false on any failure.
bool run(EVP_CIPHER_CTX* context, const Bytes& key, const std::uint8_t* nonce, std::string_view belongs_to,
         ByteView in, std::uint8_t* out, bool encrypt) {
    int length = 0;
    return context != nullptr &&
           EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nullptr, key.data(), nonce, encrypt ? 1 : 0) == 1 &&
           EVP_CipherUpdate(context, nullptr, &length,
                            reinterpret_cast<const unsigned char*>(belongs_to.data()),
                            static_cast<int>(belongs_to.size())) == 1 &&
           EVP_CipherUpdate(context, out, &length, in.data(), static_cast<int>(in.size())) == 1;
}

}  // namespace

std::filesystem::path SecretBox::file_of(const Home& home) {
    return home.keys() / "passwords.key";
}

Result<SecretBox> SecretBox::load(const Home& home) {
    HUTONG_ASSIGN(const std::string text, read_private_file(file_of(home)));
    if (text.size() != key_bytes)
        return Error{ErrorCode::corrupt, file_of(home).string() + " does not hold a key of 32 bytes"};
    return SecretBox(Bytes(text.begin(), text.end()));
}

Result<SecretBox> SecretBox::make(const Home& home) {
    if (std::filesystem::exists(file_of(home)))
        return Error{ErrorCode::conflict, file_of(home).string() + " is there already"};
    const Bytes key = random_bytes(key_bytes);
    HUTONG_TRY(write_private_file(file_of(home), as_text(key)));
    return SecretBox(key);
}

Result<Bytes> SecretBox::seal(std::string_view secret, std::string_view belongs_to) const {
    const Bytes nonce = random_bytes(nonce_bytes);
    Bytes sealed = id_of(key_);
    sealed.insert(sealed.end(), nonce.begin(), nonce.end());
    const std::size_t text_at = sealed.size();
    sealed.resize(text_at + secret.size() + tag_bytes);
    const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int length = 0;
    std::uint8_t* const tag = sealed.data() + text_at + secret.size();
    if (!run(context.get(), key_, nonce.data(), belongs_to, as_bytes(secret), sealed.data() + text_at,
             true) ||
        EVP_CipherFinal_ex(context.get(), tag, &length) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag) != 1)
        return internal("AES-256-GCM failed");
    return sealed;
}

Result<std::string> SecretBox::open(ByteView sealed, std::string_view belongs_to) const {
    const Error changed{ErrorCode::corrupt, "the sealed secret was changed or belongs to something else"};
    if (sealed.size() < id_bytes + nonce_bytes + tag_bytes) return changed;
    const Bytes id = id_of(key_);
    if (!std::equal(id.begin(), id.end(), sealed.begin()))
        return not_found(
            "it was sealed under the key of another node: copy HOME/keys/passwords.key from there");
    const std::size_t text_at = id_bytes + nonce_bytes;
    std::string secret(sealed.size() - text_at - tag_bytes, '\0');
    Bytes tag(sealed.end() - tag_bytes, sealed.end());
    const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int length = 0;
    auto* const out = reinterpret_cast<std::uint8_t*>(secret.data());
    if (!run(context.get(), key_, sealed.data() + id_bytes, belongs_to,
             sealed.subspan(text_at, secret.size()), out, false) ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) != 1 ||
        EVP_CipherFinal_ex(context.get(), out + secret.size(), &length) != 1) {
        ERR_clear_error();
        return changed;
    }
    return secret;
}

}  // namespace hutong::security
