#include "security/trust/trust_status.hpp"

#include <openssl/x509_vfy.h>

namespace hutong::security {

TrustStatus status_of(int error) {
    switch (error) {
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
        case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
            return TrustStatus::bad_signature;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TrustStatus::not_yet_valid;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TrustStatus::expired;
        // Whether it is revoked cannot be known, so it is taken to be.
        case X509_V_ERR_CERT_REVOKED:
        case X509_V_ERR_UNABLE_TO_GET_CRL:
        case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        case X509_V_ERR_CRL_NOT_YET_VALID:
        case X509_V_ERR_CRL_HAS_EXPIRED:
        case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
        case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
        case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
        case X509_V_ERR_DIFFERENT_CRL_SCOPE:
        case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            return TrustStatus::revoked;
        case X509_V_ERR_INVALID_PURPOSE:
            return TrustStatus::wrong_usage;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return TrustStatus::weak_key;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED:
            return TrustStatus::no_path;
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        case X509_V_ERR_INVALID_EXTENSION:
            return TrustStatus::malformed;
        default:
            return TrustStatus::bad_constraints;
    }
}

std::string_view to_string(TrustStatus status) {
    switch (status) {
        case TrustStatus::trusted:
            return "trusted";
        case TrustStatus::malformed:
            return "malformed";
        case TrustStatus::no_path:
            return "no path to a trusted CA";
        case TrustStatus::bad_signature:
            return "bad signature";
        case TrustStatus::not_yet_valid:
            return "not yet valid";
        case TrustStatus::expired:
            return "expired";
        case TrustStatus::revoked:
            return "revoked";
        case TrustStatus::wrong_usage:
            return "wrong usage";
        case TrustStatus::weak_key:
            return "weak key";
        case TrustStatus::bad_constraints:
            return "bad constraints";
    }
    return "unknown";
}

}  // namespace hutong::security
