#include "security/documents/cms_objects.hpp"

#include "security/keys/pem.hpp"

namespace hutong::security {

Result<CmsPtr> read_cms(ByteView ber) {
    const unsigned char* at = ber.data();
    CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(ber.size())));
    if (!cms || at != ber.data() + ber.size()) {
        static_cast<void>(openssl_error(""));
        return invalid("not a CMS structure (RFC 5652) in DER");
    }
    return cms;
}

Result<Bytes> to_der(const CMS_ContentInfo* cms) {
    unsigned char* out = nullptr;
    const int length = i2d_CMS_ContentInfo(const_cast<CMS_ContentInfo*>(cms), &out);
    if (length <= 0) return openssl_error("the CMS structure cannot be encoded");
    Bytes result(out, out + length);
    OPENSSL_free(out);
    return result;
}

}  // namespace hutong::security
