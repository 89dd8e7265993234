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
        NodeKey{"sign-sm2", KeyKind::sm2, Profile::gateway_signing, true},
        NodeKey{"encrypt-sm2", KeyKind::sm2, Profile::gateway_encryption, true},
        NodeKey{"tsa", KeyKind::p256, Profile::tsa},
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

bool has_key(const Home& home, std::string_view name) {
    std::error_code failed;
    return std::filesystem::exists(chain_file(home, name), failed);
}

Result<security::SigningKeys> load_signing_keys(const Home& home) {
    const auto load = [&](std::string_view name) {
        return security::load_pem_key(key_file(home, name).string(), chain_file(home, name).string());
    };
    security::SigningKeys keys;
    HUTONG_ASSIGN(keys.rsa, load("sign-rsa"));
    HUTONG_ASSIGN(keys.p256, load("sign-p256"));
    const auto load_decryption = [&](std::string_view name) {
        return security::DecryptionKey::load(key_file(home, name).string(), chain_file(home, name).string());
    };
    HUTONG_ASSIGN(keys.decryption.rsa, load_decryption("encrypt-rsa"));
    if (has_key(home, "sign-sm2")) {
        HUTONG_ASSIGN(keys.sm2, load("sign-sm2"));
    }
    if (has_key(home, "encrypt-sm2")) {
        HUTONG_ASSIGN(keys.decryption.sm2, load_decryption("encrypt-sm2"));
    }
    return keys;
}

Result<security::Issued> certify(const security::Authority& authority, const NodeKey& key,
                                 const std::string& csr, const std::string& node,
                                 const std::string& public_url, const std::string& machine) {
    const bool tls = key.profile == security::Profile::tls_server;
    const std::string host = host_of(public_url);
    const bool tsa = key.profile == security::Profile::tsa;
    const std::string common_name =
        tls && !host.empty() ? host : (tsa ? "timestamps of " : "gateway ") + node;
    const std::vector<std::string> names = tls ? tls_names(public_url, machine) : std::vector<std::string>();
    return authority.issue(csr, key.profile, common_name, "Hutong", names,
                           security::row_of(key.profile).lifetime);
}

}  // namespace hutong
