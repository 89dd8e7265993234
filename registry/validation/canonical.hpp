// The tModels that every registry has: those of the specification, of the technical note on WSDL, and the
// value sets of Chinese e-government; with the values of those that are checked.
//
// UDDI v3.0.2 chapter 11; OASIS "Using WSDL in a UDDI Registry" 2.0.2 appendix B; GB/T 2260, GB/T 21063.4;
// ISO 3166. Tables, and one function that writes them.
#pragma once

#include <span>
#include <string_view>

#include "base/pg/pool.hpp"

namespace hutong::registry::uddi {

inline constexpr std::string_view types_key = "uddi:uddi.org:categorization:types";
inline constexpr std::string_view iso3166_key = "uddi:uddi.org:ubr:categorization:iso3166";
inline constexpr std::string_view gbt2260_key = "uddi:hutong:categorization:gbt2260";

struct CanonicalTModel {
    std::string_view key;
    std::string_view name;
    std::string_view description;
    std::string_view overview_url;
    std::string_view types;  // values of uddi-org:types, parted by blanks
};
std::span<const CanonicalTModel> canonical_tmodels();

struct Value {
    std::string_view value;
    std::string_view name;
};
struct ValueSet {
    std::string_view tmodel;
    std::span<const Value> values;
};
std::span<const ValueSet> checked_value_sets();

// Writes those that are not there yet, and values of sets that have none, inside the caller's transaction;
// returns how many.
Awaitable<Result<unsigned>> store_canonical(pg::Session& session);

}  // namespace hutong::registry::uddi
