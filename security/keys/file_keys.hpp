// Private keys as PEM files, encrypted where a passphrase is configured.
//
// PKCS #8 (RFC 5958) under PBES2 (RFC 8018) with scrypt (RFC 7914) and AES-256-CBC; mode 0600. Files that are
// not encrypted, or by another way of OpenSSL's, are read as well.
#pragma once

#include <filesystem>

#include "security/keys/key_provider.hpp"
#include "security/keys/pem.hpp"

namespace hutong::security {

class FileKeys final : public KeyProvider {
  public:
    explicit FileKeys(const KeySettings& settings)
        : folder_(settings.folder), passphrase_(settings.passphrase) {}

    Result<PrivateKeyPtr> open(const KeyUri& uri, evp_pkey_st* public_key) override;
    Result<MadeKey> make(const KeyUri& uri, KeyKind kind, KeyUse use) override;

    // What key files hold. `name` is for errors.
    Result<PrivateKeyPtr> open_pem(std::string_view pem, const std::string& name,
                                   evp_pkey_st* public_key) const;
    Result<KeyPtr> from_pem(std::string_view pem, const std::string& name) const;
    Result<std::string> to_pem(evp_pkey_st* key) const;
    const std::string& passphrase() const { return passphrase_; }  // for who must read such a file itself

  private:
    const std::filesystem::path folder_;
    const std::string passphrase_;
};

std::unique_ptr<KeyProvider> make_file_keys(const KeySettings& settings);

}  // namespace hutong::security
