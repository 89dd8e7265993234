// This node's private key for decryption, and the ways in which a sender may name its certificate.
//
// WS-Security 1.1.1 sections 7.3 and 9.2, X.509 Token Profile 1.1.1 section 3.2. Immutable, safe from any
// thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/keys/key_providers.hpp"
#include "security/xmlenc/algorithms.hpp"

struct evp_pkey_st;

namespace hutong::security {

class DecryptionKey {
  public:
    // PEM files as for load_pem_key. Errors: refused (mode), not_found, invalid (neither RSA nor SM2, not the
    // certificate's key).
    static Result<std::shared_ptr<const DecryptionKey>> load(const std::string& key_file,
                                                             const std::string& chain_file);
    // Key files of whatever provider.
    static Result<std::shared_ptr<const DecryptionKey>> load(const KeyProviders& providers,
                                                             const std::filesystem::path& key_file,
                                                             const std::filesystem::path& chain_file);
    // Takes a share of `key`. Error: invalid.
    static Result<std::shared_ptr<const DecryptionKey>> make(evp_pkey_st* key, const Bytes& certificate);
    static Result<std::shared_ptr<const DecryptionKey>> make(PrivateKeyPtr key, const Bytes& certificate);

    const Bytes& certificate() const { return certificate_; }  // DER

    // A content key of `size` bytes. Where `wrapped` does not open, or holds one of another size, the answer
    // is a random key, so that the failure shows only when the ciphertext is found not to fit (RFC 8017
    // section 7.1.2, note; XML Encryption 1.1 section 6.1.3): `genuine` is for the journal.
    struct Unwrapped {
        Bytes key;
        bool genuine;
        std::string away{};  // why the key could not be asked for now; empty: it was
    };
    Unwrapped unwrap(const KeyTransport& transport, ByteView wrapped, std::size_t size) const;

    bool has_subject_key_identifier(ByteView value) const;
    bool has_thumbprint(ByteView sha1) const;
    // `issuer`: a distinguished name as text, RFC 4514 or one of its older spellings; `serial`: decimal.
    bool has_issuer_serial(std::string_view issuer, std::string_view serial) const;

  private:
    PrivateKeyPtr key_;
    Bytes certificate_;
    Bytes subject_key_identifier_;
    Bytes thumbprint_;
    std::string issuer_;  // in the form of normalised()
    std::string serial_;
};

// A distinguished name's text with what spellings differ in taken out: case of attribute types, space around
// separators.
std::string normalised_name(std::string_view text);

}  // namespace hutong::security
