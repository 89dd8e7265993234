#include "security/keys/pkcs11/tokens.hpp"

#include <algorithm>
#include <array>

#include "security/keys/pkcs11/objects.hpp"
#include "security/keys/pkcs11/token_key.hpp"

namespace hutong::security::pkcs11 {

namespace {

class Tokens final : public KeyProvider {
  public:
    explicit Tokens(const KeySettings& settings) : settings_(settings) {
        settings_.passphrase.clear();  // not this provider's
    }

    Result<PrivateKeyPtr> open(const KeyUri& uri, evp_pkey_st* public_key) override;
    Result<MadeKey> make(const KeyUri& uri, KeyKind kind, KeyUse use) override;
    void look_after() override;
    std::vector<std::string> troubles() const override;

  private:
    Result<std::shared_ptr<Token>> token_of(const KeyUri& uri);
    std::vector<std::shared_ptr<const TokenKey>> keys() const;  // those in use
    void keep(const std::shared_ptr<const TokenKey>& key);

    KeySettings settings_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Token>> tokens_;  // by what a URI says of them
    std::vector<std::weak_ptr<const TokenKey>> keys_;
};

std::string attribute(const KeyUri& uri, const char* name) {
    const auto found = uri.attributes.find(name);
    return found == uri.attributes.end() ? std::string() : found->second;
}

Result<std::shared_ptr<Token>> Tokens::token_of(const KeyUri& uri) {
    const config::Keys& options = settings_.options;
    if (options.pkcs11_module.empty())
        return invalid("a key lies on a token, and keys.pkcs11_module names no library that reaches it");
    TokenOptions wanted{attribute(uri, "token"), attribute(uri, "serial"), uri.pin_source,
                        options.pkcs11_sessions, options.patience};
    if (wanted.pin_file.empty() && !options.pin_file.empty())
        wanted.pin_file = settings_.home / options.pin_file;
    const std::lock_guard hold(mutex_);
    auto& token = tokens_[wanted.label + '\n' + wanted.serial];
    if (token) return token;
    auto library = Library::load(options.pkcs11_module);
    if (library.has_error()) return library.error();
    token = std::make_shared<Token>(std::move(*library), std::move(wanted));
    return token;
}

void Tokens::keep(const std::shared_ptr<const TokenKey>& key) {
    const std::lock_guard hold(mutex_);
    std::erase_if(keys_, [](const auto& one) { return one.expired(); });
    keys_.push_back(key);
}

std::vector<std::shared_ptr<const TokenKey>> Tokens::keys() const {
    const std::lock_guard hold(mutex_);
    std::vector<std::shared_ptr<const TokenKey>> all;
    for (const auto& one : keys_)
        if (auto key = one.lock()) all.push_back(std::move(key));
    return all;
}

Result<PrivateKeyPtr> Tokens::open(const KeyUri& uri, evp_pkey_st* public_key) {
    HUTONG_ASSIGN(auto token, token_of(uri));
    HUTONG_ASSIGN(auto key, TokenKey::make(std::move(token), uri, public_key));
    keep(key);
    return PrivateKeyPtr(std::move(key));
}

// The new key's id tells it from those of the same label: the one it replaces stays on the token.
Result<MadeKey> Tokens::make(const KeyUri& uri, KeyKind kind, KeyUse use) {
    HUTONG_ASSIGN(auto token, token_of(uri));
    std::map<std::string, std::string> place = uri.attributes;
    if (!place.contains("object"))
        return invalid("the URI of a key that is to be made needs its label: object=LABEL");
    const bool chosen = place.contains("id");
    if (!chosen) place["id"] = as_text(random_bytes(16));
    KeyPtr public_key;
    {
        HUTONG_ASSIGN(const Token::Session session, token->session(true));
        if (chosen) {
            HUTONG_ASSIGN(const auto present, find_pairs(*token, session, {{"id", place["id"]}}));
            if (!present.empty())
                return Error{ErrorCode::conflict,
                             token->name() + " has a key with that id already; leave id out of the URI"};
        }
        HUTONG_ASSIGN(KeyPair made, make_pair(*token, session, place["object"], place["id"], kind, use));
        public_key = std::move(made.public_key);
    }
    KeyUri found = uri;
    found.attributes = place;
    found.text = pkcs11_uri(place);
    if (!uri.pin_source.empty()) found.text += "?pin-source=" + uri.pin_source;
    HUTONG_ASSIGN(PrivateKeyPtr key, open(found, public_key.get()));
    return MadeKey{std::move(key), found.text};
}

void Tokens::look_after() {
    std::vector<std::shared_ptr<Token>> tokens;
    {
        const std::lock_guard hold(mutex_);
        for (const auto& [name, token] : tokens_) tokens.push_back(token);
    }
    for (const auto& token : tokens) token->look_after();
    for (const auto& key : keys()) key->look_after();
}

std::vector<std::string> Tokens::troubles() const {
    std::vector<std::string> all;
    {
        const std::lock_guard hold(mutex_);
        for (const auto& [name, token] : tokens_)
            if (std::string trouble = token->trouble(); !trouble.empty()) all.push_back(std::move(trouble));
    }
    for (const auto& key : keys())
        if (std::string trouble = key->trouble(); !trouble.empty()) all.push_back(std::move(trouble));
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace

std::unique_ptr<KeyProvider> make_tokens(const KeySettings& settings) {
    return std::make_unique<Tokens>(settings);
}

}  // namespace hutong::security::pkcs11
