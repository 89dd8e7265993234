// What of a configuration is security's business, as text: for a record that is kept for years and compared
// with the next one.
//
// Functions without state. A table in recorded_values.cpp says which keys, and how each is written: secrets
// as digests only, files with the digest of their content.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/config/config.hpp"

namespace hutong::config {

// By the full name of the key: "security.freshness", "trust_domains.NAME.issuers".
using RecordedValues = std::map<std::string, std::string>;

// Files that the configuration names are looked for below `home`.
RecordedValues recorded_values(const Config& config, const std::filesystem::path& home);

struct ValueChange {
    std::string field;
    std::string before, after;  // "(none)" where it was or is not there
};
std::vector<ValueChange> changes_between(const RecordedValues& before, const RecordedValues& after);

// The text of the file (empty where there is none), so that what is digested is what is parsed.
Result<std::string> read_text(const std::filesystem::path& file);

}  // namespace hutong::config
