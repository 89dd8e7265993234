// The statement that reads catalogue entries, and what its rows say. Internal to the catalogue.
#pragma once

#include "registry/catalogue/resource_catalogue.hpp"

namespace hutong::registry {

// `where` may speak of s, the businessService.
std::string select_entries(const std::string& where);
std::vector<ResourceEntry> entries_of(const pg::Rows& rows, const std::string& public_url);

// "330%", with what LIKE takes for more than itself escaped.
std::string pattern_of(const std::string& beginning);

// `id`: a serviceKey or ORG/NAME. Errors: not_found, invalid.
Awaitable<Result<ResourceEntry>> read_entry(pg::Session& session, std::string id, std::string public_url);

}  // namespace hutong::registry
