// The namespaces and identifiers of XML Signature and WS-Security that the signature rooms speak.
//
// XML Signature 1.1 section 6, RFC 9231, Exclusive C14N 1.0, WS-Security 1.1.1, X.509 Token Profile 1.1.1.
// Constants.
#pragma once

#include <string_view>

namespace hutong::security::names {

inline constexpr std::string_view ds = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view exc_c14n =
    "http://www.w3.org/2001/10/xml-exc-c14n#";  // also InclusiveNamespaces'
inline constexpr std::string_view c14n10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
inline constexpr std::string_view c14n11 = "http://www.w3.org/2006/12/xml-c14n11";
inline constexpr std::string_view enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
inline constexpr std::string_view str_transform =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform";

inline constexpr std::string_view swa_content =
    "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform";

inline constexpr std::string_view rsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
inline constexpr std::string_view rsa_sha384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
inline constexpr std::string_view rsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
inline constexpr std::string_view pss_sha256 = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1";
inline constexpr std::string_view pss_sha384 = "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1";
inline constexpr std::string_view pss_sha512 = "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1";
inline constexpr std::string_view pss_with_parameters = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss";
inline constexpr std::string_view ecdsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
inline constexpr std::string_view ecdsa_sha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
inline constexpr std::string_view ecdsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";
inline constexpr std::string_view eddsa_ed25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519";
// There is no registered URI for SM2 and SM3 in XML Signature: these are their object identifiers (GM/T 0006)
// as URNs (RFC 3061), and a trust domain of the configuration adds the names its members use.
inline constexpr std::string_view sm2_sm3 = "urn:oid:1.2.156.10197.1.501";
inline constexpr std::string_view sm3 = "urn:oid:1.2.156.10197.1.401";
inline constexpr std::string_view sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
inline constexpr std::string_view sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
inline constexpr std::string_view sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";

inline constexpr std::string_view x509v3 =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
inline constexpr std::string_view x509_pki_path =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1";
inline constexpr std::string_view base64_binary =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

inline constexpr std::string_view wsse11 =
    "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd";

inline constexpr std::string_view saml10 = "urn:oasis:names:tc:SAML:1.0:assertion";
inline constexpr std::string_view saml20 = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view saml_id =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
inline constexpr std::string_view xenc = "http://www.w3.org/2001/04/xmlenc#";
inline constexpr std::string_view xenc11 = "http://www.w3.org/2009/xmlenc11#";
inline constexpr std::string_view xop = "http://www.w3.org/2004/08/xop/include";
inline constexpr std::string_view xml = "http://www.w3.org/XML/1998/namespace";

}  // namespace hutong::security::names
