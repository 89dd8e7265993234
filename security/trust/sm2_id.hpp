// Tells OpenSSL the distinguishing id with which an SM2 signature of an X.509 object was made.
//
// OpenSSL 3.0 verifies such signatures with an empty id unless each object says otherwise. Nothing happens to
// objects that are signed otherwise. False: there is no memory. CRLs have no place for an id:
// trust/signed_der verifies those.
#pragma once

#include <string_view>

#include <openssl/x509.h>

#include "security/keys/sm2.hpp"

namespace hutong::security {

bool set_signer_id(X509* certificate, std::string_view id = sm2_default_id);
bool set_signer_id(X509_REQ* request, std::string_view id = sm2_default_id);

}  // namespace hutong::security
