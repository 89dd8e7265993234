// A service's policy as a small TOML document: what operators write, what the database keeps.
//
// Read strictly by one list of keys (docs/policies.md): an unknown key is an error that names the line and
// the nearest known one. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "registry/model/entities.hpp"

namespace hutong::registry {

// Changes the policy of `service` by the document: a preset first, when it names one, then every key it has.
// `name` is how errors call the document. The outcome is checked; on an error `service` is unchanged.
Result<void> apply_policy(std::string_view document, std::string_view name, Service& service);

// Every key with its value and a comment; apply_policy() of it gives the same policy.
std::string policy_document(const Service& service);

// What the database and the snapshot keep beside preset and backend form: the same without these two keys.
std::string stored_policy(const Service& service);
// Throws Failure where apply_policy() would give an error: this program wrote the text.
ServicePolicy policy_of_stored(std::string_view text);

}  // namespace hutong::registry
