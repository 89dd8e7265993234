// The certificates registered for callers, found by the short names that a message may use instead of the
// certificate itself.
//
// X.509 Token Profile 1.1.1 section 3.2.1 (SubjectKeyIdentifier) and 3.2.3 (X509IssuerSerial), WS-Security
// 1.1.1 section 7.3 (ThumbprintSHA1). Immutable once made, safe from any thread.
//
// A name only says which key to try: what is found must then verify the signature and be trusted, like a
// certificate that came along. That is why SHA-1 does no harm in a thumbprint: who makes a second certificate
// with the same one cannot have it registered unseen, and if two are registered the name is refused as
// ambiguous.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace hutong::security {

class KnownCertificates {
  public:
    KnownCertificates() = default;
    // What is not a certificate is left out. One given twice is one.
    explicit KnownCertificates(const std::vector<Bytes>& certificates);

    // DER. Errors: refused, when none is known by this name, or more than one.
    Result<Bytes> by_key_identifier(ByteView identifier) const;
    Result<Bytes> by_thumbprint(ByteView sha1) const;
    // `issuer`: RFC 4514 text; `serial`: decimal.
    Result<Bytes> by_issuer_serial(std::string_view issuer, std::string_view serial) const;

    std::size_t size() const { return certificates_.size(); }

  private:
    using Index = std::unordered_multimap<std::string, std::size_t>;
    Result<Bytes> only_one(const std::vector<std::size_t>& found, const std::string& what) const;
    Result<Bytes> look_up(const Index& index, const std::string& key, const std::string& what) const;

    std::vector<Bytes> certificates_;
    Index by_key_identifier_;
    Index by_thumbprint_;
    Index by_serial_;
};

}  // namespace hutong::security
