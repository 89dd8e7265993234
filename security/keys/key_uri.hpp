// Where a private key lies, as a URI: "file:sign-rsa.key" or "pkcs11:token=hutong;object=sign-rsa".
//
// RFC 8089 (file, of this machine only), RFC 7512 (pkcs11). A URI comes from the configuration, a key file or
// the database and goes to logs, so it never holds a PIN, and never says which library is loaded. Values;
// pure functions. Errors: invalid.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::security {

struct KeyUri {
    std::string scheme;                             // "file", "pkcs11"; lower case
    std::string text;                               // as it was given
    std::string path;                               // of a file
    std::map<std::string, std::string> attributes;  // of a pkcs11 URI: token, object, id (as octets), serial
    std::string pin_source;                         // likewise, a file; empty: that of the configuration
};

Result<KeyUri> parse_key_uri(std::string_view text);

// Every attribute that `wanted` has, `uri` has with the same value.
bool matches(const KeyUri& uri, const KeyUri& wanted);

// A pkcs11 URI of a token's label and a key's label and id.
std::string pkcs11_uri(const std::map<std::string, std::string>& attributes);

}  // namespace hutong::security
