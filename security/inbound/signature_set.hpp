// The signatures of one Security header: what each covers, and which one speaks for the message.
//
// WS-Security 1.1.1 section 8 (several signatures), WS-SecurityPolicy 1.3 section 8.3 (endorsing). The
// primary signature is the one that covers, by itself, everything policy requires; the signer of the message
// is its signer. There must be no second such: whoever takes one of two away, or puts the other first, would
// choose who sent the message, and could have it taken twice. Every other one must verify too. Views of the
// document; one thread at a time.
#pragma once

#include <functional>
#include <vector>

#include "base/xml/qname_values.hpp"
#include "security/inbound/key_info.hpp"
#include "security/inbound/security_header.hpp"
#include "security/keys/signing_key.hpp"
#include "security/xmldsig/public_key.hpp"
#include "security/xmldsig/signature_shape.hpp"

namespace hutong::security {

struct PlacedSignature {
    SignatureShape shape;
    std::vector<xml::Element> parts;  // what its references digest, as elements at their place; empty ones
                                      // for attachments
    SignerToken token;                // once verified
    KeyKind key_kind{KeyKind::p256};

    bool covers(xml::Element element) const;
};

class SignatureSet {
  public:
    static constexpr std::size_t most = 4;  // each costs a public-key operation

    // Structure and targets only, no cryptography; registers the Ids that are referenced. Errors: refused;
    // not_found, when an Id means nothing in the tree.
    // `values` as for check_bound_names().
    static Result<SignatureSet> read(const Positions& at, const IdIndex& ids, const ShapeLimits& limits,
                                     const xml::QNameValues* values);

    // Finds the primary signature: `judge` says whether a signature covers what is required. Error: why the
    // first one does not.
    Result<void> choose(const std::function<Result<void>(const PlacedSignature&)>& judge);

    // The cryptography of all of them: `check` says whether a signature was made with this key, and of what
    // its references digest as much as can be said by now.
    using Check = std::function<Result<void>(const PlacedSignature&, const PublicKey&)>;
    Result<void> verify(const KeySources& sources, const Check& check);

    bool empty() const { return all_.empty(); }
    const PlacedSignature& primary() const { return all_[primary_]; }
    const std::vector<PlacedSignature>& all() const { return all_; }

  private:
    std::vector<PlacedSignature> all_;
    std::size_t primary_{0};
};

}  // namespace hutong::security
