// The WSS STR-Transform as an xmlsec1 transform: digests the token that a SecurityTokenReference points at.
//
// WS-Security 1.1.1 section 8.3, only for a BinarySecurityToken or a SAML assertion in the same message;
// that the reference and the token stand where they should has been checked by the caller (signature_shape,
// inbound).
#pragma once

#include <string>

#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

XmlsecTransform str_transform_class();

// What the transform does to a token's canonical form: its apex always shows the default namespace; where
// canonicalisation left it out, xmlns="" comes first among its attributes.
void show_default_namespace(std::string& token);

}  // namespace hutong::security
