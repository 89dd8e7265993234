// The records that the daemon makes of the configuration it runs by (daemon/configuration_record), read back.
//
// Functions without state, for threads that may wait: they read the journal's files.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include <boost/json/object.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace hutong::admin {

inline constexpr std::string_view configuration_record = "config.read";

// The oldest first; of each, when it was made and what it says. What somebody else had journaled under that
// name is left out. Error: corrupt.
using ConfigurationVisitor = std::function<void(TimePoint made, boost::json::object said)>;
Result<void> for_each_configuration(const std::filesystem::path& journal, std::optional<TimePoint> since,
                                    const ConfigurationVisitor& visit);

// The newest one. It is looked for from the end on: a journal may be large.
Result<std::optional<boost::json::object>> last_configuration(const std::filesystem::path& journal);

}  // namespace hutong::admin
