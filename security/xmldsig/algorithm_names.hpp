// Further names for rows of the algorithm table, from the configuration: the names that trust domains use.
//
// Given once, before the first message; xmlsec1 finds its classes by name in a list that must not change
// while it is read. Whether a signer may use a name is asked later, of his trust domain
// (inbound/signer_form). Thread-safe.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/config.hpp"
#include "base/result.hpp"

namespace hutong::security {

struct AlgorithmName {
    std::string uri;
    std::string_view row;  // the URI of the row it means
    bool digest;           // of the table of digests, else of signatures
};

// Of all domains together. Error: invalid, when a name is one of the table's, or stands for two rows.
Result<void> check_algorithm_names(const std::map<std::string, config::TrustDomain>& domains);

// Errors besides: conflict, when other names are in use already, so that the process must be started again.
Result<void> use_algorithm_names(const std::map<std::string, config::TrustDomain>& domains);

// Those in use; from the first call on they are fixed.
std::span<const AlgorithmName> algorithm_names();

}  // namespace hutong::security
