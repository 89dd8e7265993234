// The one door to PKCS #11's header, with names for its return values.
//
// OASIS PKCS #11 v2.40; types and numbers are those of Debian's p11-kit, which is used for nothing else.
#pragma once

#include <string>

#include <p11-kit/pkcs11.h>

namespace hutong::security::pkcs11 {

// "CKR_TOKEN_NOT_PRESENT", or the number in hex.
std::string name_of(CK_RV code);

// Whether it says that the token, our sessions with it or what we knew of it are gone, so that only beginning
// anew can help.
bool means_loss(CK_RV code);

}  // namespace hutong::security::pkcs11
