// Identifiers: random UUIDs (RFC 4122 version 4) and the short incident ids that callers are told.
//
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace hutong {

std::string new_uuid();             // 36 characters, lower case
std::string new_incident_id();      // 26 characters, sortable by time, Crockford base32 (ULID form)
bool is_name(std::string_view id);  // an id an operator may choose: [a-z0-9][a-z0-9._-]{0,62}

}  // namespace hutong
