// OpenSSL's CMS objects with owners, read from and written to DER.
//
// Values. Errors: invalid.
#pragma once

#include <memory>

#include <openssl/cms.h>

#include "base/bytes.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

using CmsPtr = std::unique_ptr<CMS_ContentInfo, OpensslDeleter<CMS_ContentInfo, CMS_ContentInfo_free>>;
struct CertificatesDeleter {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), CertificatesDeleter>;

// BER is taken too, since other products stream it; nothing may follow it.
Result<CmsPtr> read_cms(ByteView ber);
Result<Bytes> to_der(const CMS_ContentInfo* cms);

}  // namespace hutong::security
