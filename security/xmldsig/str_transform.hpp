// The WSS STR-Transform as an xmlsec1 transform: digests the token that a SecurityTokenReference points at.
//
// WS-Security 1.1.1 section 8.3, only for a BinarySecurityToken or a SAML assertion in the same message;
// that the reference and the token stand where they should has been checked by the caller (signature_shape,
// inbound).
#pragma once

#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

XmlsecTransform str_transform_class();

}  // namespace hutong::security
