// Times as header fields carry them: IMF-fixdate (RFC 9110 section 5.6.7). Pure function.
#pragma once

#include <ctime>
#include <string>

namespace hutong::http {

std::string http_date(std::time_t time);

}  // namespace hutong::http
