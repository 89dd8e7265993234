// The namespaces and identifiers of XML Encryption and of WS-Security's encryption section.
//
// XML Encryption 1.1 sections 3 and 5, WS-Security 1.1.1 section 9, X.509 Token Profile 1.1.1. Constants.
#pragma once

#include <string_view>

#include "security/xmldsig/names.hpp"

namespace hutong::security::names {

inline constexpr std::string_view type_content = "http://www.w3.org/2001/04/xmlenc#Content";
inline constexpr std::string_view type_element = "http://www.w3.org/2001/04/xmlenc#Element";

inline constexpr std::string_view rsa_1_5 = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
inline constexpr std::string_view rsa_oaep_mgf1p = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
inline constexpr std::string_view rsa_oaep = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
inline constexpr std::string_view mgf1_sha1 = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
inline constexpr std::string_view mgf1_sha256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
inline constexpr std::string_view mgf1_sha384 = "http://www.w3.org/2009/xmlenc11#mgf1sha384";
inline constexpr std::string_view mgf1_sha512 = "http://www.w3.org/2009/xmlenc11#mgf1sha512";
inline constexpr std::string_view sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";

inline constexpr std::string_view aes128_gcm = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
inline constexpr std::string_view aes256_gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
inline constexpr std::string_view aes128_cbc = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
inline constexpr std::string_view aes256_cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";

// There is no registered URI for either: their object identifiers (GM/T 0006) as URNs (RFC 3061).
inline constexpr std::string_view sm2_encryption = "urn:oid:1.2.156.10197.1.301.3";
inline constexpr std::string_view sm4_cbc = "urn:oid:1.2.156.10197.1.104.2";

inline constexpr std::string_view x509_ski =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier";
inline constexpr std::string_view thumbprint_sha1 =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1";
inline constexpr std::string_view encrypted_key_token =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey";

}  // namespace hutong::security::names
