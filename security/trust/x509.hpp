// OpenSSL's certificates and CRLs with owners, and the questions the trust store asks of them.
//
// Values; safe from any thread as long as OpenSSL's objects are not changed.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <openssl/x509.h>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace hutong::security {

template <class T, void (*Free)(T*)>
struct OpensslDeleter {
    void operator()(T* object) const { Free(object); }
};
using X509Ptr = std::unique_ptr<X509, OpensslDeleter<X509, X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, OpensslDeleter<X509_CRL, X509_CRL_free>>;

// The DER of an object. Empty when OpenSSL cannot: it had no memory.
template <class Object>
Bytes encoded(const Object* object, int (*encode)(const Object*, unsigned char**)) {
    Bytes der(static_cast<std::size_t>(std::max(encode(object, nullptr), 0)));
    unsigned char* at = der.data();
    if (!der.empty()) encode(object, &at);
    return der;
}

// Error: invalid, when it is not exactly one DER object.
Result<X509Ptr> read_certificate(ByteView der);
Result<CrlPtr> read_crl(ByteView der);

std::string name_text(const X509_NAME* name);             // RFC 4514
std::string subject_of(const X509* certificate);          // likewise
std::string issuer_of(const X509* certificate);           // likewise
std::string serial_of(const X509* certificate);           // hex, lower case
std::string public_key_digest(const X509* certificate);   // SHA-256 (hex) of the SubjectPublicKeyInfo
std::optional<TimePoint> to_time(const ASN1_TIME* time);  // nullopt: absent or malformed

// Why a key is too weak to believe, empty when it is not. The rules are those of keys/key_kind; a CA's key
// may besides be of the type RSASSA-PSS.
std::string key_weakness(const X509* certificate);

}  // namespace hutong::security
