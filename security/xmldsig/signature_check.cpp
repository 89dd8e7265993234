#include "security/xmldsig/signature_check.hpp"

#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#include "security/xmldsig/names.hpp"
#include "security/xmldsig/signature_value.hpp"
#include "security/xmldsig/str_transform.hpp"
#include "security/xmldsig/xmlsec_digest.hpp"
#include "security/xmldsig/xmlsec_library.hpp"
#include "security/xmldsig/xmlsec_signature.hpp"

namespace hutong::security {

namespace {

struct ContextDeleter {
    void operator()(xmlSecDSigCtxPtr context) const { xmlSecDSigCtxDestroy(context); }
};
using Context = std::unique_ptr<xmlSecDSigCtx, ContextDeleter>;

// xmlsec1's own key data, sharing the EVP_PKEY; nullptr on failure.
xmlSecKeyDataPtr adopt(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    const xmlSecKeyDataPtr data = xmlSecOpenSSLEvpKeyAdopt(key);
    if (data == nullptr) EVP_PKEY_free(key);
    return data;
}

// The key in the form that the row's transform takes; nullptr on failure.
xmlSecKeyPtr make_key(const SignatureAlgorithm& algorithm, const PublicKey& key) {
    const xmlSecKeyDataPtr data = algorithm.transform != nullptr ? adopt(key.raw()) : make_key_data(key);
    const xmlSecKeyPtr result = data == nullptr ? nullptr : xmlSecKeyCreate();
    if (result != nullptr && xmlSecKeySetValue(result, data) >= 0) return result;
    if (data != nullptr) xmlSecKeyDataDestroy(data);
    if (result != nullptr) xmlSecKeyDestroy(result);
    return nullptr;
}

// Narrows a context to what our table allows, whatever else xmlsec1 was built with.
bool allow_only_the_table(xmlSecDSigCtx& context) {
    context.enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    context.flags |= XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS;
    const auto for_reference = [&](XmlsecTransform t) {
        return xmlSecDSigCtxEnableReferenceTransform(&context, t) >= 0;
    };
    const auto for_signature = [&](XmlsecTransform t) {
        return xmlSecDSigCtxEnableSignatureTransform(&context, t) >= 0;
    };
    bool good = for_reference(xmlSecTransformEnvelopedId) && for_reference(str_transform_class());
    for (const DigestAlgorithm& digest : digest_algorithms())
        good = good && for_reference(xmlsec_class_of(digest));
    for (const C14nAlgorithm& c14n : c14n_algorithms())
        good = good && for_reference(c14n.transform()) && for_signature(c14n.transform());
    for (const SignatureAlgorithm& signature : signature_algorithms())
        good = good && for_signature(xmlsec_class_of(signature));
    for (const XmlsecTransform named : xmlsec_classes_of_digest_names()) good = good && for_reference(named);
    for (const XmlsecTransform named : xmlsec_classes_of_signature_names())
        good = good && for_signature(named);
    return good;
}

// That xmlsec1 digested just the references we read, in their order and by their methods.
Result<void> compare_references(xmlSecDSigCtx& context, const SignatureShape& shape,
                                const XmlsecErrors& errors) {
    if (xmlSecPtrListGetSize(&context.signedInfoReferences) > shape.references.size() ||
        xmlSecPtrListGetSize(&context.manifestReferences) != 0)
        return refused("xmlsec1 saw other references than the structural check");
    for (xmlSecSize i = 0; i < xmlSecPtrListGetSize(&context.signedInfoReferences); ++i) {
        const auto done =
            static_cast<xmlSecDSigReferenceCtxPtr>(xmlSecPtrListGetItem(&context.signedInfoReferences, i));
        const ReferenceShape& expected = shape.references[i];
        if (done->status == xmlSecDSigStatusInvalid)
            return refused("the digest of #" + expected.id + " does not fit: the signed part was changed");
        if (done->status != xmlSecDSigStatusSucceeded || done->uri == nullptr ||
            reinterpret_cast<const char*>(done->uri) != "#" + expected.id || done->digestMethod == nullptr ||
            reinterpret_cast<const char*>(done->digestMethod->id->href) != expected.method)
            return refused("#" + expected.id + " could not be digested: " + errors.first());
    }
    if (xmlSecPtrListGetSize(&context.signedInfoReferences) != shape.references.size())
        return refused("xmlsec1 saw fewer references than the structural check");
    return {};
}

}  // namespace

Result<void> check_signature(const SignatureShape& shape, const PublicKey& key) {
    HUTONG_TRY(use_xmlsec());
    HUTONG_TRY(check_value_size(*shape.algorithm, key, shape.value_bytes));
    XmlsecErrors errors;
    const Context context(xmlSecDSigCtxCreate(nullptr));
    if (!context || !allow_only_the_table(*context)) return internal("an xmlsec1 context could not be made");
    // With a key in place xmlsec1 never reads KeyInfo.
    context->signKey = make_key(*shape.algorithm, key);
    if (context->signKey == nullptr) return internal("the key could not be given to xmlsec1");
    const int outcome = xmlSecDSigCtxVerify(context.get(), shape.signature.raw());
    ERR_clear_error();
    HUTONG_TRY(compare_references(*context, shape, errors));
    if (outcome < 0) return refused("xmlsec1: " + errors.first());
    if (context->status != xmlSecDSigStatusSucceeded)
        return refused("the signature value does not fit the SignedInfo and the certificate's key");
    return {};
}

}  // namespace hutong::security
