#include "security/documents/document_signature.hpp"

#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/key_cache.hpp"
#include "security/xmldsig/signature_value.hpp"

namespace hutong::security {

DocumentSignature verify_value_alone(ByteView content, ByteView value, const Bytes& certificate) {
    DocumentSignature found;
    found.certificate = certificate;
    const auto key = public_key_of(certificate);
    if (key.has_error()) {
        found.reason = key.error().detail;
        return found;
    }
    const SignatureAlgorithm& algorithm = default_signature_algorithm(key->kind());
    found.algorithm = algorithm.uri;
    const auto verified = verify_value(algorithm, *key, content, value);
    found.intact = verified.has_value();
    if (verified.has_error()) found.reason = verified.error().detail;
    return found;
}

}  // namespace hutong::security
