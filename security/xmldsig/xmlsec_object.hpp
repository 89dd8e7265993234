// State of our own behind the struct that xmlsec1 makes for an object of a class we registered.
//
// xmlsec1 allocates object_bytes<State, Object> at once and knows its own struct at the front; the class's
// initialize and finalize construct and destroy what lies behind it.
#pragma once

#include <cstddef>
#include <string_view>

#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

namespace hutong::security {

template <class State, class Object>
inline constexpr std::size_t object_bytes = sizeof(Object) + sizeof(State);

template <class State, class Object>
State& state_behind(Object* object) {
    static_assert(sizeof(Object) % alignof(State) == 0);
    return *reinterpret_cast<State*>(reinterpret_cast<char*>(object) + sizeof(Object));
}

// For names and URIs that end in a zero, as those of literals and tables do.
inline const xmlChar* xml_text(std::string_view terminated) {
    return reinterpret_cast<const xmlChar*>(terminated.data());
}

// What the transforms of ours share: octets go in, nothing but a verdict comes out.
template <class State>
_xmlSecTransformKlass transform_class(std::string_view uri, xmlSecTransformUsage usage,
                                      xmlSecTransformInitializeMethod initialize,
                                      xmlSecTransformExecuteMethod execute,
                                      xmlSecTransformVerifyMethod verify) {
    _xmlSecTransformKlass made{};
    made.klassSize = sizeof(xmlSecTransformKlass);
    made.objSize = object_bytes<State, xmlSecTransform>;
    made.name = xml_text(uri);
    made.href = xml_text(uri);
    made.usage = usage;
    made.initialize = initialize;
    made.finalize = [](xmlSecTransformPtr transform) { state_behind<State>(transform).~State(); };
    made.verify = verify;
    made.getDataType = xmlSecTransformDefaultGetDataType;
    made.pushBin = xmlSecTransformDefaultPushBin;
    made.popBin = xmlSecTransformDefaultPopBin;
    made.execute = execute;
    return made;
}

}  // namespace hutong::security
