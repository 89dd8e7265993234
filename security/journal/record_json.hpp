// A stored record as JSON, for people and for other programs. The content itself is left out.
#pragma once

#include <boost/json/object.hpp>

#include "security/journal/journal.hpp"

namespace hutong::security {

boost::json::object to_json(const StoredRecord& stored);

}  // namespace hutong::security
