// OpenSSL's OCSP objects with owners (RFC 6960).
//
// Values; for the rooms that answer or judge OCSP.
#pragma once

#include <openssl/ocsp.h>

#include "security/trust/x509.hpp"

namespace hutong::security {

using OcspRequestPtr = std::unique_ptr<OCSP_REQUEST, OpensslDeleter<OCSP_REQUEST, OCSP_REQUEST_free>>;
using OcspResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpensslDeleter<OCSP_RESPONSE, OCSP_RESPONSE_free>>;
using OcspBasicPtr = std::unique_ptr<OCSP_BASICRESP, OpensslDeleter<OCSP_BASICRESP, OCSP_BASICRESP_free>>;
using OcspIdPtr = std::unique_ptr<OCSP_CERTID, OpensslDeleter<OCSP_CERTID, OCSP_CERTID_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OpensslDeleter<ASN1_INTEGER, ASN1_INTEGER_free>>;

}  // namespace hutong::security
