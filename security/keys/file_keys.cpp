#include "security/keys/file_keys.hpp"

#include "security/keys/private_file.hpp"

namespace hutong::security {

Result<KeyPtr> FileKeys::from_pem(std::string_view pem, const std::string& name) const {
    return key_from_pem(pem, name, passphrase_);
}

Result<std::string> FileKeys::to_pem(EVP_PKEY* key) const {
    return key_to_pem(key, passphrase_);
}

Result<PrivateKeyPtr> FileKeys::open_pem(std::string_view pem, const std::string& name,
                                         EVP_PKEY* public_key) const {
    HUTONG_ASSIGN(const KeyPtr key, from_pem(pem, name));
    if (EVP_PKEY_eq(key.get(), public_key) != 1) {
        static_cast<void>(openssl_error(""));
        return invalid(name + ": the certificate is not that of the key in it");
    }
    return make_private_key(key.get());
}

Result<PrivateKeyPtr> FileKeys::open(const KeyUri& uri, EVP_PKEY* public_key) {
    const std::filesystem::path file = folder_ / uri.path;
    HUTONG_ASSIGN(const std::string pem, read_private_file(file));
    return open_pem(pem, file.string(), public_key);
}

Result<MadeKey> FileKeys::make(const KeyUri& uri, KeyKind kind, KeyUse) {
    const std::filesystem::path file = folder_ / uri.path;
    HUTONG_ASSIGN(const KeyPtr key, make_key(kind));
    HUTONG_ASSIGN(const std::string pem, to_pem(key.get()));
    HUTONG_TRY(write_private_file(file, pem));
    HUTONG_ASSIGN(PrivateKeyPtr made, make_private_key(key.get()));
    return MadeKey{std::move(made), uri.text};
}

std::unique_ptr<KeyProvider> make_file_keys(const KeySettings& settings) {
    return std::make_unique<FileKeys>(settings);
}

}  // namespace hutong::security
