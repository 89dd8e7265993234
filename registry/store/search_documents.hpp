// The documents that the search looks in: one for each businessService.
//
// Written inside the transaction that changes what they are made of, so that the search cannot disagree with
// what UDDI shows. Two statements, however many services.
#pragma once

#include <string>
#include <vector>

#include "base/pg/pool.hpp"

namespace hutong::registry {

// What a contract adds to its service's document: names and documentation, one on each line.
struct ContractWords {
    std::string operations;
    std::string elements;
};

// From names, descriptions and the agency's own catalogue entry; what the contract added stays. Keys of other
// entities are passed over.
Awaitable<Result<void>> write_documents(pg::Session& session, std::vector<std::string> services);
Awaitable<Result<void>> write_document(pg::Session& session, const std::string& service,
                                       ContractWords contract);

}  // namespace hutong::registry
