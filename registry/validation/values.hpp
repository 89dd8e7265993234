// Whether a value is one of its checked value set: the one check behind UDDI's doors and the resource
// catalogue's.
//
// Lists are in the database (canonical.hpp). Of GB/T 2260 it has the provinces, of ISO 3166 the countries:
// what lies within one of them is taken by its form. Works inside the caller's session.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/pg/pool.hpp"

namespace hutong::registry::uddi {

using SetAndValue = std::pair<std::string, std::string>;  // the tModelKey of the set, the value

// What its list is asked for, of a value: "110000" of the code "110105" of GB/T 2260, "CN" of "CN-BJ", mostly
// itself. Empty: it has not the form of a value. Pure.
std::string listed_value(std::string_view set, std::string_view value);

// One of these that is no value of its set, which is a checked one.
Awaitable<Result<std::optional<SetAndValue>>> wrong_value(pg::Session& session, std::set<SetAndValue> values);

}  // namespace hutong::registry::uddi
