#include "gateway/main/node_keys.hpp"

#include "gateway/main/pem.hpp"
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

std::string former_name(std::string_view name) {
    return std::string(name) + "-former";
}

bool has_key(const Home& home, std::string_view name) {
    std::error_code failed;
    return std::filesystem::exists(chain_file(home, name), failed);
}

std::string KeyPlaces::of(std::string_view name) const {
    const auto found = uri.find(std::string(name));
    return found == uri.end() ? std::string() : found->second;
}

bool KeyPlaces::fits(const Home& home, std::string_view name) const {
    const std::string wanted = of(name), present = security::uri_in(key_file(home, name));
    if (wanted.empty() || present.empty()) return wanted.empty() && present.empty();
    const auto there = security::parse_key_uri(present), here = security::parse_key_uri(wanted);
    return there.has_value() && here.has_value() && security::matches(*there, *here);
}

std::string KeyPlaces::told(const Home& home, std::string_view name) {
    const std::string uri = security::uri_in(key_file(home, name));
    return uri.empty() ? "file " + key_file(home, name).string() : uri;
}

Result<KeyPlaces> key_places(const Home& home, const config::Keys& options) {
    for (const auto& [name, uri] : options.uri) {
        const std::string where = "keys.uri." + name;
        if (find_node_key(name) == nullptr) {
            std::string known;
            for (const NodeKey& key : node_keys()) known += std::string(known.empty() ? "" : ", ") + key.name;
            return invalid(where + ": no key of a node has that name; known are " + known);
        }
        const auto parsed = security::parse_key_uri(uri);
        if (parsed.has_error()) return parsed.error().at(where);
        if (parsed->scheme == "file")
            return invalid(where + ": keys in files lie in HOME/keys; leave this out");
        if (name == "tls") return invalid(where + ": the key of TLS lies in a file, which may be encrypted");
    }
    HUTONG_ASSIGN(auto providers, security::KeyProviders::make(home, options));
    return KeyPlaces{std::move(providers), options.uri};
}

Result<void> check_key_uri(const std::string& uri) {
    if (uri.empty()) return {};
    HUTONG_ASSIGN(const security::KeyUri place, security::parse_key_uri(uri));
    if (place.scheme == "file")
        return invalid("a key in a file has a name given by the platform; leave uri out");
    if (!place.pin_source.empty()) return invalid("pin-source is for the configuration only: keys.pin_file");
    return {};
}

Result<std::string> make_node_key(const Home& home, const NodeKey& key, const KeyPlaces& places) {
    const bool decrypts = key.profile == Profile::gateway_encryption;
    return security::make_key_and_csr(home, key.name, key.kind,
                                      decrypts ? security::KeyUse::decrypt : security::KeyUse::sign,
                                      *places.providers, places.of(key.name));
}

Result<security::SigningKeys> load_signing_keys(const Home& home, const KeyPlaces& places, TimePoint now) {
    const auto load = [&](std::string_view name) {
        return places.providers->signing_key(key_file(home, name), chain_file(home, name));
    };
    security::SigningKeys keys;
    HUTONG_ASSIGN(keys.rsa, load("sign-rsa"));
    HUTONG_ASSIGN(keys.p256, load("sign-p256"));
    const auto load_decryption = [&](std::string_view name) {
        return security::DecryptionKey::load(*places.providers, key_file(home, name), chain_file(home, name));
    };
    HUTONG_ASSIGN(keys.decryption.rsa, load_decryption("encrypt-rsa"));
    // What cannot be read of a former key is no reason to be without the new one.
    const auto load_former = [&](std::string_view name) -> std::shared_ptr<const security::DecryptionKey> {
        const std::string former = former_name(name);
        if (!has_key(home, former)) return nullptr;
        auto key = load_decryption(former);
        if (key.has_error()) return nullptr;
        const auto facts = certificate_facts((*key)->certificate());
        return facts && facts->not_after > now ? *key : nullptr;
    };
    keys.decryption.former_rsa = load_former("encrypt-rsa");
    keys.decryption.former_sm2 = load_former("encrypt-sm2");
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
