// Where an import or include points: a path inside the bundle, or nowhere we go.
//
// RFC 3986 section 5.2.4 (dot segments), after percent-decoding, so that "%2e%2e" is no way around. Pure
// functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hutong::wsdl {

struct Bundle;

struct Location {
    enum class Kind {
        inside,    // `path` is relative to the bundle's root, without "." and ".."
        outside,   // climbs out of the bundle, or is rooted: never followed
        absolute,  // a URI with a scheme; `path` is "HOST/PATH", under which a mirror would keep it
    } kind{Kind::outside};
    std::string path;
};

// `base` is the bundle path of the file that holds `location`.
Location locate(std::string_view base, std::string_view location);

// The bundle file that `location`, written in `base`, stands for.
std::optional<std::string> find_file(const Bundle& bundle, std::string_view base, std::string_view location);

std::string percent_encode(std::string_view path);  // all but unreserved characters and "/"
std::string percent_decode(std::string_view text);  // leaves what is not %XX as it is

}  // namespace hutong::wsdl
