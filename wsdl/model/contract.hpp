// A contract opened for reading: its documents, the indexes over them, and the description made from both.
//
// The checks work on this; only the description leaves the room.
#pragma once

#include "wsdl/model/component_index.hpp"
#include "wsdl/model/policy_index.hpp"
#include "wsdl/model/schema_index.hpp"

namespace hutong::wsdl {

struct Contract {
    explicit Contract(Closure gathered)
        : closure(std::move(gathered)), components(closure), schemas(closure), policies(closure) {}
    Contract(const Contract&) = delete;  // the indexes point into the closure
    Contract& operator=(const Contract&) = delete;

    Closure closure;
    ComponentIndex components;
    SchemaIndex schemas;
    PolicyIndex policies;
    Description description;
};

}  // namespace hutong::wsdl
