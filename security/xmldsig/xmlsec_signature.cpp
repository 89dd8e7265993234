#include "security/xmldsig/xmlsec_signature.hpp"

#include <new>
#include <optional>
#include <vector>

#include <xmlsec/buffer.h>
#include <xmlsec/keys.h>
#include <xmlsec/keysdata.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include "security/xmldsig/algorithm_names.hpp"
#include "security/xmldsig/signature_value.hpp"
#include "security/xmldsig/xmlsec_object.hpp"

namespace hutong::security {

namespace {

// --- the key ---

using KeyState = std::optional<PublicKey>;

KeyState& key_of(xmlSecKeyDataPtr data) {
    return state_behind<KeyState>(data);
}

const xmlSecKeyDataKlass key_class{
    .klassSize = sizeof(xmlSecKeyDataKlass),
    .objSize = object_bytes<KeyState, xmlSecKeyData>,
    .name = xml_text("hutong-public-key"),
    .usage = xmlSecKeyDataUsageUnknown,  // never read from or written to a message
    .href = nullptr,
    .dataNodeName = nullptr,
    .dataNodeNs = nullptr,
    .initialize =
        [](xmlSecKeyDataPtr data) {
            new (&key_of(data)) KeyState();
            return 0;
        },
    .duplicate =
        [](xmlSecKeyDataPtr to, xmlSecKeyDataPtr from) {
            key_of(to) = key_of(from);
            return 0;
        },
    .finalize = [](xmlSecKeyDataPtr data) { key_of(data).~KeyState(); },
    .generate = nullptr,
    .getType = [](xmlSecKeyDataPtr) -> xmlSecKeyDataType { return xmlSecKeyDataTypePublic; },
    .getSize = nullptr,
    .getIdentifier = nullptr,
    .xmlRead = nullptr,
    .xmlWrite = nullptr,
    .binRead = nullptr,
    .binWrite = nullptr,
    .debugDump = nullptr,
    .debugXmlDump = nullptr,
    .reserved0 = nullptr,
    .reserved1 = nullptr,
};

// --- the transform ---

struct Verification {
    const SignatureAlgorithm* algorithm;
    KeyState key;
    Bytes text;  // what was pushed: the canonical SignedInfo
};

Verification& verification_of(xmlSecTransformPtr transform) {
    return state_behind<Verification>(transform);
}

int initialize(xmlSecTransformPtr transform) {
    const auto* const href = reinterpret_cast<const char*>(transform->id->href);
    new (&verification_of(transform)) Verification{find_signature_algorithm(href), std::nullopt, {}};
    return 0;
}

int require_key(xmlSecTransformPtr, xmlSecKeyReqPtr requirement) {
    requirement->keyId = &key_class;
    requirement->keyType = xmlSecKeyDataTypePublic;
    requirement->keyUsage = xmlSecKeyUsageVerify;
    return 0;
}

int set_key(xmlSecTransformPtr transform, xmlSecKeyPtr key) {
    const xmlSecKeyDataPtr data = xmlSecKeyGetValue(key);
    if (!xmlSecKeyDataCheckId(data, &key_class)) return -1;
    verification_of(transform).key = key_of(data);
    return 0;
}

// Called for every piece that was pushed; what is left in the input is asked for again.
int execute(xmlSecTransformPtr transform, int last, xmlSecTransformCtxPtr) {
    const xmlSecByte* const data = xmlSecBufferGetData(&transform->inBuf);
    const xmlSecSize size = xmlSecBufferGetSize(&transform->inBuf);
    Bytes& text = verification_of(transform).text;
    text.insert(text.end(), data, data + size);
    transform->status = last != 0 ? xmlSecTransformStatusFinished : xmlSecTransformStatusWorking;
    return xmlSecBufferRemoveHead(&transform->inBuf, size);
}

int verify(xmlSecTransformPtr transform, const xmlSecByte* value, xmlSecSize size, xmlSecTransformCtxPtr) {
    const Verification& done = verification_of(transform);
    if (transform->status != xmlSecTransformStatusFinished || !done.key) return -1;
    const bool good = verify_value(*done.algorithm, *done.key, done.text, {value, size}).has_value();
    transform->status = good ? xmlSecTransformStatusOk : xmlSecTransformStatusFail;
    return 0;
}

_xmlSecTransformKlass class_for(std::string_view uri) {
    auto made =
        transform_class<Verification>(uri, xmlSecTransformUsageSignatureMethod, initialize, execute, verify);
    made.setKeyReq = require_key;
    made.setKey = set_key;
    return made;
}

}  // namespace

XmlsecTransform xmlsec_class_of(const SignatureAlgorithm& algorithm) {
    if (algorithm.transform != nullptr) return algorithm.transform();
    // A class for every row, so that a row's place finds it; those of rows that xmlsec1 knows stay unused.
    static const auto classes = [] {
        std::vector<_xmlSecTransformKlass> made;
        for (const SignatureAlgorithm& row : signature_algorithms()) made.push_back(class_for(row.uri));
        return made;
    }();
    return &classes[static_cast<std::size_t>(&algorithm - signature_algorithms().data())];
}

std::span<const XmlsecTransform> xmlsec_classes_of_signature_names() {
    static const auto classes = [] {
        std::vector<XmlsecTransform> made;
        for (const AlgorithmName& name : algorithm_names())
            if (!name.digest) made.push_back(new _xmlSecTransformKlass(class_for(name.uri)));  // for good
        return made;
    }();
    return classes;
}

xmlSecKeyDataPtr make_key_data(const PublicKey& key) {
    const xmlSecKeyDataPtr data = xmlSecKeyDataCreate(&key_class);
    if (data != nullptr) key_of(data) = key;
    return data;
}

}  // namespace hutong::security
