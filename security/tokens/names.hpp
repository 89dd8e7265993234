// The identifiers of the token profiles, for those who read or write tokens.
//
// UsernameToken Profile 1.1.1, X.509 Token Profile 1.1.1, SAML Token Profile 1.1.1, SAML 2.0. Constants.
#pragma once

#include <string_view>

#include "security/xmldsig/names.hpp"

namespace hutong::security::names {

inline constexpr std::string_view x509_key_identifier =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier";
inline constexpr std::string_view thumbprint_sha1 =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1";

inline constexpr std::string_view password_text =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
inline constexpr std::string_view password_digest =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";

inline constexpr std::string_view saml20_token =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";

inline constexpr std::string_view holder_of_key = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
inline constexpr std::string_view sender_vouches = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";

}  // namespace hutong::security::names
