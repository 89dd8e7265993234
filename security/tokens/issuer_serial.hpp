// ds:X509IssuerSerial: an issuer's distinguished name as text, compared with the one in a certificate.
//
// XML Signature 1.1 section 4.5.4.1, RFC 4514 (and RFC 2253's quoting, which older stacks still write).
// Values compare as RFC 5280 section 7.1 has it for what people write: without regard to ASCII case and to
// repeated space. Values, safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/x509.h>

#include "base/result.hpp"

namespace hutong::security {

// A serial number in decimal as the lower-case hex of serial_of(). Error: refused, when it is not one.
Result<std::string> hex_of_serial(std::string_view decimal);

class DistinguishedNameText {
  public:
    // Error: refused, when it does not parse or has an RDN of several attributes.
    static Result<DistinguishedNameText> parse(std::string_view text);

    bool names_issuer_of(const X509* certificate) const;

  private:
    struct Attribute {
        std::string type;   // dotted object identifier
        std::string value;  // folded UTF-8
    };
    std::vector<Attribute> attributes_;  // as written: the most specific first
};

}  // namespace hutong::security
