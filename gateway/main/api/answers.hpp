// What each command answers, one line of a table for each, as schemas of the OpenAPI document.
//
// A line names the members of an object, parted by one blank; "[] " before them: a list of such objects. A
// member is NAME[:KIND][?][*]:
//   :KIND   text (when it says none), number, flag, texts, any, object, @SHAPE (of shapes(), or one of the
//   document's others), []SHAPE (a
//           list of these)
//   ?       may be null
//   *       may be absent
// "@SHAPE" or "[]SHAPE" alone: just that.
// Members that no line names are none: the test of /api/v1 holds real answers to it (test_api.py).
// Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

namespace hutong::api {

std::optional<std::string_view> answer_line(std::string_view command);  // nothing: the command has none yet

boost::json::object schema_of_line(std::string_view line);
boost::json::object shapes();  // components/schemas that the lines refer to

}  // namespace hutong::api
