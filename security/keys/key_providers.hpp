// The table of key providers of this process: finds the one that a key's URI or key file names.
//
// A key file (NAME.key, mode 0600) holds the key itself, in PEM, or one line: the URI at which it lies. So
// wherever a key file is expected, a key in any provider will do. One for the process, as a PKCS #11 library
// has one state for each; keys that were opened keep what they need alive. Safe from any thread; may block.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "base/home.hpp"
#include "security/keys/file_keys.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

class KeyProviders {
  public:
    KeyProviders() : KeyProviders(KeySettings()) {}  // files only, not encrypted
    // Errors: of the passphrase's file.
    static Result<std::shared_ptr<const KeyProviders>> make(const Home& home, const config::Keys& options);

    // Errors: of the file (refused, not_found, invalid) and of the provider.
    Result<PrivateKeyPtr> open(const std::filesystem::path& key_file, evp_pkey_st* public_key) const;
    Result<PrivateKeyPtr> open(const KeyUri& uri, evp_pkey_st* public_key) const;

    // A key that signs, with its certificate chain (PEM). Errors: also invalid, when it is none of the kinds
    // we sign with, or the certificate is not the key's or is for encryption only.
    Result<std::shared_ptr<const SigningKey>> signing_key(const std::filesystem::path& key_file,
                                                          const std::filesystem::path& chain_file) const;

    // A new key at `uri`, or in the key file itself where that is empty; the key file, whichever it is, is on
    // disk, whole, when this returns.
    Result<PrivateKeyPtr> make_key(const std::filesystem::path& key_file, const std::string& uri,
                                   KeyKind kind, KeyUse use) const;

    // How key files hold keys: encrypted, where a passphrase is configured.
    const FileKeys& files() const { return files_; }

    void look_after() const;
    std::vector<std::string> troubles() const;

  private:
    explicit KeyProviders(const KeySettings& settings);
    Result<KeyProvider*> provider_of(const KeyUri& uri) const;

    const FileKeys files_;
    std::vector<std::pair<std::string_view, std::unique_ptr<KeyProvider>>> providers_;  // by scheme
};

using KeyProvidersPtr = std::shared_ptr<const KeyProviders>;

// The URI in a key file; empty, when the key itself is in it or it cannot be read.
std::string uri_in(const std::filesystem::path& key_file);

}  // namespace hutong::security
