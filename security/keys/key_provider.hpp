// What holds private keys: a folder of files, a token, or a security product of another make.
//
// To add a product is to write one class of this kind and to give it a row in the table of
// keys/key_providers.cpp (docs/keys.md). Implementations are safe from any thread; everything may block.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "security/keys/key_uri.hpp"
#include "security/keys/private_key.hpp"

namespace hutong::security {

enum class KeyUse { sign, decrypt };

// What providers are made from.
struct KeySettings {
    std::filesystem::path home;    // what the options name is below it or absolute
    std::filesystem::path folder;  // of key files
    config::Keys options;
    std::string passphrase;  // of key files; empty: they are not encrypted
};

struct MadeKey {
    PrivateKeyPtr key;
    std::string uri;  // by which it is found again, and no other key is
};

class KeyProvider {
  public:
    virtual ~KeyProvider() = default;

    // The key at `uri` that belongs to `public_key`. A provider that may be away for a time answers all the
    // same, without asking it; the key then says what is wrong when it is used. Errors: not_found, invalid
    // (no such key can be there, or the configuration lacks something), refused (it is another key).
    virtual Result<PrivateKeyPtr> open(const KeyUri& uri, evp_pkey_st* public_key) = 0;

    // A new key, made where it will stay. Errors: as above, conflict, unavailable.
    virtual Result<MadeKey> make(const KeyUri& uri, KeyKind kind, KeyUse use) = 0;

    // Looks whether what was away is back, and whether the keys in use are still there. To be called every
    // second or so.
    virtual void look_after() {}
    // What is wrong with the provider or its keys in use, a line each.
    virtual std::vector<std::string> troubles() const { return {}; }
};

}  // namespace hutong::security
