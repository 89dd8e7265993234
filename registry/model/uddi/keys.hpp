// uddiKeys: what is one, and the partition that it belongs to.
//
// UDDI v3.0.2 sections 4.4 and 5.2.2. Keys are folded already. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace hutong::registry::uddi {

// uuidKey, domainKey or derivedKey of section 4.4.1.
bool is_key(std::string_view key);
bool is_uuid_key(std::string_view key);       // "uddi:" and a UUID, nothing after it
bool is_generator_key(std::string_view key);  // ends in ":keygenerator"

// The tModelKey of the key generator that a key may be made by: "uddi:example.org:a:b" →
// "uddi:example.org:a:keygenerator". Of a key generator: the one above it; empty for that of a domain.
std::string generator_of(std::string_view key);

// Of the registry itself and of the specification: nobody else gets keys there.
bool is_reserved(std::string_view key);

std::string new_key();  // a uuidKey

}  // namespace hutong::registry::uddi
