#include "gateway/pipeline/service_keys.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "security/keys/pem.hpp"

namespace hutong::gateway {

namespace {

using registry::KeyPurpose;

// The URI of a key file in HOME/keys, which may lead on to a token; its certificate chain lies beside it.
Result<void> open(const Home& home, const security::KeyProviders& providers, UsableKey& usable) {
    constexpr std::string_view scheme = "file:";
    if (!usable.key.uri.starts_with(scheme))
        return invalid("the URI " + usable.key.uri + " is not known here");
    const std::string key_file = (home.keys() / usable.key.uri.substr(scheme.size())).string();
    const std::string chain_file = std::filesystem::path(key_file).replace_extension(".pem").string();
    if (usable.key.purpose == KeyPurpose::sign) {
        HUTONG_ASSIGN(usable.signing, providers.signing_key(key_file, chain_file));
        if (usable.thumbprint == to_hex(sha256(ByteView(usable.signing->certificates().front())))) return {};
    } else {
        HUTONG_ASSIGN(usable.decryption, security::DecryptionKey::load(providers, key_file, chain_file));
        if (usable.thumbprint == to_hex(sha256(ByteView(usable.decryption->certificate())))) return {};
    }
    usable.signing.reset();
    usable.decryption.reset();
    return invalid(key_file + " is not the key of the registered certificate");
}

UsableKey usable(const Home& home, const security::KeyProviders& providers, const registry::ServiceKey& key) {
    UsableKey made;
    made.key = key;
    const auto chain = security::certificates_from_pem(key.chain, "the certificate of " + key.name);
    Result<void> opened;
    if (chain.has_error()) {
        opened = chain.error();
    } else {
        made.thumbprint = to_hex(sha256(ByteView(security::to_der(chain->front().get()))));
        opened = open(home, providers, made);
    }
    if (opened.has_error()) {
        made.problem = opened.error().detail;
        log(MessageId::HT4081, {{"key", key.name}, {"reason", made.problem}});
    }
    return made;
}

}  // namespace

std::shared_ptr<const ServiceKeys> ServiceKeys::load(const Home& home,
                                                     const security::KeyProviders& providers,
                                                     const std::vector<registry::ServiceKey>& keys,
                                                     const ServiceKeys* previous) {
    auto made = std::make_shared<ServiceKeys>();
    for (const registry::ServiceKey& key : keys) {
        const UsableKey* known = nullptr;
        if (previous != nullptr)
            if (const auto found = previous->keys_.find(key.name); found != previous->keys_.end())
                known = &found->second;
        if (known != nullptr && known->problem.empty() && known->key.uri == key.uri &&
            known->key.chain == key.chain) {
            UsableKey kept = *known;
            kept.key = key;
            made->keys_.emplace(key.name, std::move(kept));
        } else {
            made->keys_.emplace(key.name, usable(home, providers, key));
        }
    }
    return made;
}

const UsableKey* ServiceKeys::find(const std::string& name, const std::string& org) const {
    const auto found = keys_.find(name);
    if (found == keys_.end()) return nullptr;
    const std::vector<std::string>& granted = found->second.key.granted;
    return std::find(granted.begin(), granted.end(), org) == granted.end() ? nullptr : &found->second;
}

const UsableKey* ServiceKeys::by_certificate(const std::string& thumbprint) const {
    for (const auto& [name, key] : keys_)
        if (key.thumbprint == thumbprint) return &key;
    return nullptr;
}

}  // namespace hutong::gateway
