#include "security/xmldsig/xmlsec_library.hpp"

#include "security/xmldsig/str_transform.hpp"
#include "security/xmldsig/xmlsec_digest.hpp"
#include "security/xmldsig/xmlsec_signature.hpp"

// errors.h does not compile before xmlsec.h.
// clang-format off
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/transforms.h>
// clang-format on

namespace hutong::security {

namespace {

thread_local XmlsecErrors* current = nullptr;

void on_error(const char*, int, const char* function, const char* object, const char*, int,
              const char* message) {
    if (current == nullptr) return;
    const auto text = [](const char* part) { return part == nullptr ? "" : part; };
    current->add(std::string(text(function)) + " " + text(object) + ": " + text(message));
}

Result<void> set_up() {
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1) return internal("xmlsec1 could not be initialised");
    // The application layer (xmlSecOpenSSLAppInit) would load configuration and keys from outside, so only
    // the cryptography is initialised. It sets an error callback of its own, which ours has to come after.
    if (xmlSecOpenSSLInit() < 0) return internal("xmlsec1's OpenSSL support could not be initialised");
    xmlSecErrorsSetCallback(on_error);
    if (xmlSecTransformIdsRegister(str_transform_class()) < 0)
        return internal("the STR-Transform could not be registered with xmlsec1");
    for (const DigestAlgorithm& algorithm : digest_algorithms())
        if (algorithm.transform == nullptr && xmlSecTransformIdsRegister(xmlsec_class_of(algorithm)) < 0)
            return internal(std::string(algorithm.uri) + " could not be registered with xmlsec1");
    for (const SignatureAlgorithm& algorithm : signature_algorithms())
        if (algorithm.transform == nullptr && xmlSecTransformIdsRegister(xmlsec_class_of(algorithm)) < 0)
            return internal(std::string(algorithm.uri) + " could not be registered with xmlsec1");
    for (const auto classes : {xmlsec_classes_of_digest_names(), xmlsec_classes_of_signature_names()})
        for (const XmlsecTransform one : classes)
            if (xmlSecTransformIdsRegister(one) < 0)
                return internal("a name of an algorithm could not be registered with xmlsec1");
    return {};
}

}  // namespace

Result<void> use_xmlsec() {
    static const Result<void> once = set_up();
    return once;
}

XmlsecErrors::XmlsecErrors() {
    current = this;
}
XmlsecErrors::~XmlsecErrors() {
    current = nullptr;
}

void XmlsecErrors::add(std::string text) {
    if (first_.empty()) first_ = std::move(text);
}

}  // namespace hutong::security
