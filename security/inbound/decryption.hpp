// Decrypts what a message's Security header says is encrypted for this gateway, and gives the text that
// results.
//
// WS-Security 1.1.1 section 9, XML Encryption 1.1 section 4.4. One EncryptedKey, and EncryptedData only at
// places known by position: the whole content of Body or of a header block, an EncryptedHeader, a token or
// signature of our own Security header. Either all of it comes before the signature in that header (it was
// signed, then encrypted) or all of it after (encrypted, then signed: section 5, processing in document
// order). Everything is read and checked before the key is used, and whatever fails with the key fails at the
// end.
//
// A Decryption is a view of the text, tree and layout it was read from. Thread-safe for distinct documents.
// Errors: refused, with the reason for the officer; callers are told the same of all of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/xml/outline.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/claims.hpp"
#include "security/inbound/policy.hpp"
#include "security/keys/signing_key.hpp"
#include "security/trust/trust_domains.hpp"
#include "security/xmldsig/ids.hpp"
#include "security/xmlenc/decryption_key.hpp"
#include "security/xmlenc/encrypted_type.hpp"

namespace hutong::security {

struct DecryptionOptions {
    DecryptionKeys keys;
    const MessagePolicy* policy;                    // which algorithms it takes
    const TrustDomains* domains;                    // whether any allows what older stacks have
    const std::vector<std::string>* trusted_roles;  // as for find_positions
    const xml::Limits* limits;
};

struct Decrypted {
    std::string text;
    EncryptedParts parts;
};

class Decryption {
  public:
    // nullopt: the message is not encrypted for this gateway.
    static Result<std::optional<Decryption>> read(std::string_view utf8, const xml::Document& document,
                                                  const soap::Layout& layout,
                                                  const DecryptionOptions& options);

    // Signed, then encrypted: to be run before the signature is looked for.
    bool before_signature() const { return before_; }

    // Whether its signer may use it is the verification's to say.
    const KeyTransport& transport() const { return *key_.transport; }

    // Encrypted, then signed: whether every EncryptedData lies in an element that the signature covers. To be
    // asked before run(), and only of a signature that was found good.
    Result<void> check_signed(const std::function<bool(xml::Element)>& covers) const;

    // The whole message with its plaintext in place, well-formed, balanced and without further encryption;
    // the EncryptedKey and its ReferenceList, which have done their work, are taken out.
    Result<Decrypted> run() const;

  private:
    enum class At { body, header_content, header_element, security };
    struct Place {
        At at;
        xml::Element data;     // the EncryptedData
        xml::Extent replaced;  // by its plaintext
        xml::Extent around;    // the element that `replaced` stands in
        std::size_t block{0};  // which header block, where it is one
    };
    struct Part {
        Place place;
        EncryptedDataShape shape;
    };
    struct Piece;

    Decryption() = default;
    Result<void> read_places(const xml::Document& document, xml::Element security);
    Result<void> read_order(xml::Element security, xml::Element list);
    Result<void> read_key(const xml::Document& document, xml::Element security, xml::Element list);
    Result<void> read_parts(const std::vector<std::string>& ids, bool key_named);
    Result<void> check_plaintext(const std::string& text, const std::vector<Piece>& pieces,
                                 EncryptedParts& parts) const;

    std::string_view text_;
    const soap::Layout* layout_{nullptr};
    DecryptionOptions options_{};
    std::vector<Place> places_;
    IdIndex ids_;
    const DecryptionKey* our_key_{nullptr};
    EncryptedKeyShape key_;
    std::vector<Part> parts_;
    std::vector<xml::Extent> spent_;  // EncryptedKey and ReferenceList
    bool before_{true};
};

// Whether everything that policy wants encrypted was. `parts` is null where nothing was.
Result<void> check_encrypted(const MessagePolicy& policy, const soap::Layout& layout,
                             const EncryptedParts* parts);

}  // namespace hutong::security
