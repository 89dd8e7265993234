#include "security/xmldsig/xmlsec_digest.hpp"

#include <algorithm>
#include <new>
#include <vector>

#include <xmlsec/buffer.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include "security/xmldsig/algorithm_names.hpp"
#include "security/xmldsig/digest.hpp"
#include "security/xmldsig/xmlsec_object.hpp"

namespace hutong::security {

namespace {

struct Digesting {
    Digest digest;
    Bytes result;  // empty until the end
};

Digesting& digesting_of(xmlSecTransformPtr transform) {
    return state_behind<Digesting>(transform);
}

int initialize(xmlSecTransformPtr transform) {
    const auto* const href = reinterpret_cast<const char*>(transform->id->href);
    new (&digesting_of(transform)) Digesting{Digest(*find_digest_algorithm(href)), {}};
    return 0;
}

// Called for every piece that was pushed; what is left in the input is asked for again.
int execute(xmlSecTransformPtr transform, int last, xmlSecTransformCtxPtr) {
    if (transform->status == xmlSecTransformStatusFinished) return 0;
    Digesting& digesting = digesting_of(transform);
    const xmlSecSize size = xmlSecBufferGetSize(&transform->inBuf);
    if (size > 0) digesting.digest.write(as_text({xmlSecBufferGetData(&transform->inBuf), size}));
    transform->status = xmlSecTransformStatusWorking;
    if (last != 0) {
        digesting.result = digesting.digest.finish();
        transform->status = xmlSecTransformStatusFinished;
    }
    return xmlSecBufferRemoveHead(&transform->inBuf, size);
}

int verify(xmlSecTransformPtr transform, const xmlSecByte* value, xmlSecSize size, xmlSecTransformCtxPtr) {
    if (transform->status != xmlSecTransformStatusFinished) return -1;
    const bool same = std::ranges::equal(digesting_of(transform).result, ByteView(value, size));
    transform->status = same ? xmlSecTransformStatusOk : xmlSecTransformStatusFail;
    return 0;
}

_xmlSecTransformKlass class_for(std::string_view uri) {
    return transform_class<Digesting>(uri, xmlSecTransformUsageDigestMethod, initialize, execute, verify);
}

}  // namespace

XmlsecTransform xmlsec_class_of(const DigestAlgorithm& algorithm) {
    if (algorithm.transform != nullptr) return algorithm.transform();
    static const auto classes = [] {
        std::vector<_xmlSecTransformKlass> made;
        for (const DigestAlgorithm& row : digest_algorithms()) made.push_back(class_for(row.uri));
        return made;
    }();
    return &classes[static_cast<std::size_t>(&algorithm - digest_algorithms().data())];
}

std::span<const XmlsecTransform> xmlsec_classes_of_digest_names() {
    static const auto classes = [] {
        std::vector<XmlsecTransform> made;
        for (const AlgorithmName& name : algorithm_names())
            if (name.digest) made.push_back(new _xmlSecTransformKlass(class_for(name.uri)));  // for good
        return made;
    }();
    return classes;
}

}  // namespace hutong::security
