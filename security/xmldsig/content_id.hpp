// The Content-ID that a cid: URI means.
//
// RFC 2392 section 2. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::security {

// Without the angle brackets, percent-decoded. Error: refused, when it is no cid: URI.
Result<std::string> content_id_of(std::string_view uri);

}  // namespace hutong::security
