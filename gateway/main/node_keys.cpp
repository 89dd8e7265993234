#include "gateway/main/node_keys.hpp"

#include "gateway/main/public_url.hpp"
#include "security/xmlenc/decryption_key.hpp"

namespace hutong {

namespace {

using security::KeyKind;
using security::Profile;

}  // namespace

std::span<const NodeKey> node_keys() {
    static constexpr std::array keys{
        NodeKey{"tls", KeyKind::p256, Profile::tls_server},
        NodeKey{"sign-rsa", KeyKind::rsa, Profile::gateway_signing},
        NodeKey{"sign-p256", KeyKind::p256, Profile::gateway_signing},
        NodeKey{"encrypt-rsa", KeyKind::rsa, Profile::gateway_encryption},
    };
    return keys;
}

std::string profile_name(const NodeKey& key) {
    return std::string(security::row_of(key.profile).name);
}

const NodeKey* find_node_key(std::string_view name) {
    for (const NodeKey& key : node_keys())
        if (name == key.name) return &key;
    return nullptr;
}

std::filesystem::path key_file(const Home& home, std::string_view name) {
    return home.keys() / (std::string(name) + ".key");
}

std::filesystem::path chain_file(const Home& home, std::string_view name) {
    return home.keys() / (std::string(name) + ".pem");
}

Result<security::SigningKeys> load_signing_keys(const Home& home) {
    const auto load = [&](std::string_view name) {
        return security::load_pem_key(key_file(home, name).string(), chain_file(home, name).string());
    };
    security::SigningKeys keys;
    HUTONG_ASSIGN(keys.rsa, load("sign-rsa"));
    HUTONG_ASSIGN(keys.p256, load("sign-p256"));
    HUTONG_ASSIGN(keys.decryption, security::DecryptionKey::load(key_file(home, "encrypt-rsa").string(),
                                                                 chain_file(home, "encrypt-rsa").string()));
    return keys;
}

Result<security::Issued> certify(const security::Authority& authority, const NodeKey& key,
                                 const std::string& csr, const std::string& node,
                                 const std::string& public_url, const std::string& machine) {
    const bool tls = key.profile == security::Profile::tls_server;
    const std::string host = host_of(public_url);
    const std::string common_name = tls && !host.empty() ? host : "gateway " + node;
    const std::vector<std::string> names = tls ? tls_names(public_url, machine) : std::vector<std::string>();
    return authority.issue(csr, key.profile, common_name, "Hutong", names,
                           security::row_of(key.profile).lifetime);
}

}  // namespace hutong
