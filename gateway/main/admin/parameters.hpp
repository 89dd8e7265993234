// What a command takes, as one line of its table row, read into a list: names, kinds, which are secret.
//
// "consumer password?!" is a text that must be there and one that may, and is never written down. Words are
// parted by one blank; a word is NAME[:KIND][?][!|#][@ROLE]:
//   :KIND   text (when it says none), list (of texts), flag, number, object
//   ?       may be left out
//   !       a secret: no record and no proposal ever holds it
//   #       large: a record holds its digest
//   @ROLE   after the separation of officers only this role may give it
// Unknown arguments are refused, so that what a second person approves is all there is. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "security/access/role.hpp"

namespace hutong::admin {

namespace json = boost::json;

enum class Kind { text, list, flag, number, object };
std::string_view to_string(Kind kind);

struct Parameter {
    std::string name;
    Kind kind{Kind::text};
    bool required{true};
    bool secret{false};
    bool large{false};
    std::optional<security::Role> reserved;
};

std::vector<Parameter> parameters_of(std::string_view line);

// Errors: invalid, naming the argument that is unknown, missing or of another kind.
Result<void> check_arguments(const std::vector<Parameter>& parameters, const json::object& arguments);

// The arguments without secrets; what is large, or has more than 64 KiB, as its digest.
json::object for_the_record(const std::vector<Parameter>& parameters, const json::object& arguments);

}  // namespace hutong::admin
