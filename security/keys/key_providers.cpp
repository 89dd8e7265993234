#include "security/keys/key_providers.hpp"

#include <algorithm>

#include <openssl/x509v3.h>

#include "security/keys/pkcs11/tokens.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::security {

namespace {

// One row for each product that holds keys, by the scheme of its URIs.
struct Row {
    std::string_view scheme;
    std::unique_ptr<KeyProvider> (*make)(const KeySettings& settings);
};
constexpr Row table[] = {
    {"file", make_file_keys},
    {"pkcs11", pkcs11::make_tokens},
};

class CertifiedKey final : public SigningKey {
  public:
    CertifiedKey(PrivateKeyPtr key, std::vector<Bytes> certificates)
        : key_(std::move(key)), certificates_(std::move(certificates)) {}

    KeyKind kind() const override { return key_->kind(); }
    const std::vector<Bytes>& certificates() const override { return certificates_; }
    Result<Bytes> sign(ByteView data) const override { return key_->sign(data); }
    Result<Bytes> sign_as(std::string_view sm2_id, ByteView data) const override {
        return key_->sign_as(sm2_id, data);
    }
    bool may_block() const override { return key_->may_block(); }
    std::string trouble() const override { return key_->trouble(); }

  private:
    const PrivateKeyPtr key_;
    const std::vector<Bytes> certificates_;
};

// Of the kinds we verify, the gateway itself signs with three (SigningKeys).
Result<void> check_kind_to_sign_with(const EVP_PKEY* key, const std::string& file) {
    const auto kind = kind_of(key);
    if (kind.has_error()) return invalid(file + ": " + kind.error().detail);
    if (*kind == KeyKind::rsa || *kind == KeyKind::p256 || *kind == KeyKind::sm2) return {};
    return invalid(file + ": neither an RSA nor a P-256 nor an SM2 key");
}

// A key that others encrypt for is not one to sign with: a CA that issues pairs of certificates keeps a copy
// of it (GM/T 0034).
bool is_for_encryption(X509* certificate) {
    // All bits are set where the certificate has no key usage.
    const std::uint32_t usage = X509_get_key_usage(certificate);
    constexpr std::uint32_t signs = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_CERT_SIGN;
    return (usage & signs) == 0;
}

// The one line of a key file that is no PEM; empty: it is PEM, or anything else.
std::string uri_of(std::string_view content) {
    const std::string_view line = content.substr(0, content.find_first_of("\r\n"));
    const std::size_t colon = line.find(':');
    const bool scheme = colon != std::string_view::npos && colon > 1 &&
                        std::ranges::all_of(line.substr(0, colon), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                        });
    return scheme ? std::string(line) : std::string();
}

// The first line of the file at `name`, which is relative to the home or absolute.
Result<std::string> read_passphrase(const Home& home, const std::string& name) {
    if (name.empty()) return std::string();
    auto content = read_private_file(home.root / name);
    if (content.has_error()) return content.error().at("keys.passphrase_file");
    std::string line = content->substr(0, content->find_first_of("\r\n"));
    OPENSSL_cleanse(content->data(), content->size());
    if (line.empty()) return invalid("keys.passphrase_file: the first line of " + name + " is empty");
    return line;
}

}  // namespace

KeyProviders::KeyProviders(const KeySettings& settings) : files_(settings) {
    for (const Row& row : table) providers_.emplace_back(row.scheme, row.make(settings));
}

Result<KeyProvidersPtr> KeyProviders::make(const Home& home, const config::Keys& options) {
    HUTONG_ASSIGN(std::string passphrase, read_passphrase(home, options.passphrase_file));
    return KeyProvidersPtr(new KeyProviders({home.root, home.keys(), options, std::move(passphrase)}));
}

Result<KeyProvider*> KeyProviders::provider_of(const KeyUri& uri) const {
    std::string known;
    for (const auto& [scheme, provider] : providers_) {
        if (scheme == uri.scheme) return provider.get();
        known += (known.empty() ? "" : ", ") + std::string(scheme);
    }
    return invalid("no provider of keys has the scheme \"" + uri.scheme + ":\"; known are " + known);
}

Result<PrivateKeyPtr> KeyProviders::open(const KeyUri& uri, EVP_PKEY* public_key) const {
    HUTONG_ASSIGN(KeyProvider* const provider, provider_of(uri));
    return provider->open(uri, public_key);
}

Result<PrivateKeyPtr> KeyProviders::open(const std::filesystem::path& key_file, EVP_PKEY* public_key) const {
    HUTONG_ASSIGN(const std::string content, read_private_file(key_file));
    const std::string text = uri_of(content);
    if (text.empty()) return files_.open_pem(content, key_file.string(), public_key);
    const auto uri = parse_key_uri(text);
    if (uri.has_error()) return uri.error().at(key_file.string());
    auto found = open(*uri, public_key);
    if (found.has_error()) return found.error().at(key_file.string());
    return found;
}

Result<std::shared_ptr<const SigningKey>> KeyProviders::signing_key(
    const std::filesystem::path& key_file, const std::filesystem::path& chain_file) const {
    HUTONG_ASSIGN(const std::string content, read_private_file(key_file));
    HUTONG_ASSIGN(const std::string chain_pem, read_small_file(chain_file));
    if (uri_of(content).empty()) {  // what is wrong with the key itself is told first
        HUTONG_ASSIGN(const KeyPtr key, files_.from_pem(content, key_file.string()));
        HUTONG_TRY(check_kind_to_sign_with(key.get(), key_file.string()));
    }
    HUTONG_ASSIGN(const auto chain, certificates_from_pem(chain_pem, chain_file.string()));
    X509* const leaf = chain.front().get();
    HUTONG_TRY(check_kind_to_sign_with(X509_get0_pubkey(leaf), chain_file.string()));
    auto key = open(key_file, X509_get0_pubkey(leaf));
    if (key.has_error()) return key.error();
    if (is_for_encryption(leaf))
        return invalid(chain_file.string() +
                       ": the key usage of its first certificate is encryption; its key never signs");
    std::vector<Bytes> certificates;
    for (const auto& certificate : chain)
        if (certificates.empty() || X509_self_signed(certificate.get(), 0) != 1)
            certificates.push_back(to_der(certificate.get()));
    return certified(std::move(*key), std::move(certificates));
}

Result<PrivateKeyPtr> KeyProviders::make_key(const std::filesystem::path& key_file, const std::string& uri,
                                             KeyKind kind, KeyUse use) const {
    const KeyUri here{"file", "file:" + key_file.string(), key_file.string(), {}, {}};
    KeyUri place = here;
    if (!uri.empty()) {
        HUTONG_ASSIGN(place, parse_key_uri(uri));
    }
    HUTONG_ASSIGN(KeyProvider* const provider, provider_of(place));
    HUTONG_ASSIGN(MadeKey made, provider->make(place, kind, use));
    if (made.uri != here.text) HUTONG_TRY(write_private_file(key_file, made.uri + "\n"));
    return std::move(made.key);
}

void KeyProviders::look_after() const {
    for (const auto& [scheme, provider] : providers_) provider->look_after();
}

std::vector<std::string> KeyProviders::troubles() const {
    std::vector<std::string> all;
    for (const auto& [scheme, provider] : providers_)
        for (std::string& one : provider->troubles()) all.push_back(std::move(one));
    return all;
}

std::string uri_in(const std::filesystem::path& key_file) {
    const auto content = read_private_file(key_file);
    return content.has_error() ? std::string() : uri_of(*content);
}

std::shared_ptr<const SigningKey> certified(PrivateKeyPtr key, std::vector<Bytes> certificates) {
    return std::make_shared<const CertifiedKey>(std::move(key), std::move(certificates));
}

Result<std::shared_ptr<const SigningKey>> make_signing_key(EVP_PKEY* key, std::vector<Bytes> certificates) {
    HUTONG_ASSIGN(PrivateKeyPtr opened, make_private_key(key));
    return certified(std::move(opened), std::move(certificates));
}

Result<std::shared_ptr<const SigningKey>> load_pem_key(const std::string& key_file,
                                                       const std::string& chain_file) {
    return KeyProviders().signing_key(key_file, chain_file);
}

}  // namespace hutong::security
