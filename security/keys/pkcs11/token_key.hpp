// A private key on a token, known by its certificate's public key. Immutable to users, safe from any thread.
#pragma once

#include <mutex>

#include "security/keys/key_uri.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/pkcs11/token.hpp"
#include "security/keys/private_key.hpp"
#include "security/xmldsig/ready_key.hpp"

namespace hutong::security::pkcs11 {

class TokenKey final : public PrivateKey {
  public:
    // Does not ask the token. Errors: invalid, for a kind of key that tokens do not have here.
    static Result<std::shared_ptr<const TokenKey>> make(std::shared_ptr<Token> token, const KeyUri& uri,
                                                        evp_pkey_st* public_key);

    KeyKind kind() const override { return kind_; }
    evp_pkey_st* public_key() const override { return public_key_.get(); }
    bool may_block() const override { return true; }
    Result<Bytes> sign(ByteView data) const override;
    Result<Bytes> decrypt(const Oaep& oaep, ByteView wrapped) const override;

    std::string trouble() const override;  // its own, or the token's

    void look_after() const;  // finds it, where the token is there

  private:
    TokenKey(std::shared_ptr<Token> token, KeyUri uri, KeyKind kind, KeyPtr public_key, ReadyKey check)
        : token_(std::move(token)),
          uri_(std::move(uri)),
          kind_(kind),
          public_key_(std::move(public_key)),
          check_(std::move(check)) {}

    Result<CK_OBJECT_HANDLE> find(const Token::Session& session) const;
    template <class Ask>
    Result<Bytes> ask(const Ask& question) const;
    void note(std::string trouble, unsigned joined, CK_OBJECT_HANDLE handle) const;

    const std::shared_ptr<Token> token_;
    const KeyUri uri_;
    const KeyKind kind_;
    const KeyPtr public_key_;
    const ReadyKey check_;

    mutable std::mutex mutex_;
    mutable unsigned joined_{0};  // when the handle was found
    mutable CK_OBJECT_HANDLE handle_{CK_INVALID_HANDLE};
    mutable std::string trouble_;
};

}  // namespace hutong::security::pkcs11
