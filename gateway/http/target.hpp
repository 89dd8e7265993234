// The request target as the server understands it: strict, so that no two programs read the same target
// differently.
//
// RFC 9112 section 3.2, RFC 3986 sections 2.1 and 3.3. Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::http {

struct Target {
    std::string authority;  // of the absolute form; empty for the origin form
    std::string path;       // decoded
    std::string query;      // raw
};

// Takes origin-form and absolute-form. Refused: bad escapes, "." and ".." segments, an escaped slash or
// backslash, control characters and NUL, text that is not UTF-8, fragments. `takes_slashes` says of a raw
// path whether an escaped slash in it is one of its content (RFC 6960 appendix A.1); empty: of none.
using TakesSlashes = std::function<bool(std::string_view raw_path)>;
Result<Target> parse_target(std::string_view text, const TakesSlashes& takes_slashes = {});

// host[:port] as it may stand in a Host field or an authority; no user information.
bool is_authority(std::string_view text);

}  // namespace hutong::http
