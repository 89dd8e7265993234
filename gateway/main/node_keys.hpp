// The keys a node has: names, kinds and what they are certified for. And where they lie in HOME/keys.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>

#include "base/home.hpp"
#include "security/keys/key_providers.hpp"
#include "security/keys/signing_key.hpp"
#include "security/pki/authorities.hpp"

namespace hutong {

struct NodeKey {
    const char* name;
    security::KeyKind kind;
    security::Profile profile;
    bool sm2_only{false};  // had only by nodes that speak the national algorithms
};

std::span<const NodeKey> node_keys();
std::string profile_name(const NodeKey& key);         // in the register of certificates
const NodeKey* find_node_key(std::string_view name);  // nullptr: no such key

std::filesystem::path key_file(const Home& home, std::string_view name);
std::filesystem::path chain_file(const Home& home, std::string_view name);

// A key for decryption that was renewed: who holds its certificate is still understood, until that ends.
std::string former_name(std::string_view name);

bool has_key(const Home& home, std::string_view name);  // certified, that is

// Who holds the keys of this node, and where the configuration wants which.
struct KeyPlaces {
    security::KeyProvidersPtr providers{std::make_shared<const security::KeyProviders>()};
    std::map<std::string, std::string> uri{};  // by the key's name; not in it: the file

    std::string of(std::string_view name) const;
    // Whether the key that is there is at the place that the configuration has.
    bool fits(const Home& home, std::string_view name) const;
    // For people: "file …/sign-rsa.key", or the URI in it.
    static std::string told(const Home& home, std::string_view name);
};

// Errors: invalid, for a name that is no key's, a URI that is none, or a key that cannot lie elsewhere.
Result<KeyPlaces> key_places(const Home& home, const config::Keys& options);

// Of a URI that an officer gives: which file is written and which PIN is tried are not his to say.
Result<void> check_key_uri(const std::string& uri);

// A new key of this node, where it is to lie, and the request for its certificate.
Result<std::string> make_node_key(const Home& home, const NodeKey& key, const KeyPlaces& places);

// With the former keys for decryption whose certificates have not ended.
Result<security::SigningKeys> load_signing_keys(const Home& home, const KeyPlaces& places = {},
                                                TimePoint now = system_clock().now());

// Has the CA certify one key of the node `node`, reached at `public_url`. `machine`: its host name, where
// known.
Result<security::Issued> certify(const security::Authority& authority, const NodeKey& key,
                                 const std::string& csr, const std::string& node,
                                 const std::string& public_url, const std::string& machine);

}  // namespace hutong
