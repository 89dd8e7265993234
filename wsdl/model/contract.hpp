// A contract opened for reading: its documents, the indexes over them, and the description made from both.
//
// The checks and comparisons work on this; only the description leaves the room.
#pragma once

#include <memory>

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

// Errors: as of wsdl::read(). No check has been made yet.
Result<std::unique_ptr<Contract>> open_contract(const Bundle& bundle, const config::Wsdl& limits);

}  // namespace hutong::wsdl
