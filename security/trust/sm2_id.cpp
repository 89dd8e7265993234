#include "security/trust/sm2_id.hpp"

namespace hutong::security {

namespace {

ASN1_OCTET_STRING* octets(std::string_view id) {
    ASN1_OCTET_STRING* const string = ASN1_OCTET_STRING_new();
    if (string != nullptr && ASN1_OCTET_STRING_set(string, reinterpret_cast<const unsigned char*>(id.data()),
                                                   static_cast<int>(id.size())) == 1)
        return string;
    ASN1_OCTET_STRING_free(string);
    return nullptr;
}

}  // namespace

bool set_signer_id(X509* certificate, std::string_view id) {
    if (X509_get_signature_nid(certificate) != NID_SM2_with_SM3) return true;
    ASN1_OCTET_STRING* const string = octets(id);
    if (string != nullptr) X509_set0_distinguishing_id(certificate, string);
    return string != nullptr;
}

bool set_signer_id(X509_REQ* request, std::string_view id) {
    if (X509_REQ_get_signature_nid(request) != NID_SM2_with_SM3) return true;
    ASN1_OCTET_STRING* const string = octets(id);
    if (string != nullptr) X509_REQ_set0_distinguishing_id(request, string);
    return string != nullptr;
}

}  // namespace hutong::security
