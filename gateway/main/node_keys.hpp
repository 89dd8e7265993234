// The keys a node has: names, kinds and what they are certified for. And where they lie in HOME/keys.
#pragma once

#include <array>
#include <span>
#include <string>

#include "base/home.hpp"
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

bool has_key(const Home& home, std::string_view name);  // certified, that is

Result<security::SigningKeys> load_signing_keys(const Home& home);

// Has the CA certify one key of the node `node`, reached at `public_url`. `machine`: its host name, where
// known.
Result<security::Issued> certify(const security::Authority& authority, const NodeKey& key,
                                 const std::string& csr, const std::string& node,
                                 const std::string& public_url, const std::string& machine);

}  // namespace hutong
