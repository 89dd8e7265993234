// The states of a service's life and every step between them, as one table.
//
//   draft → submitted → approved → online → deprecated → offline
//
// Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

struct LifeStep {
    ServiceStatus from;
    ServiceStatus to;
    std::string_view command;  // as people give it: hutong service COMMAND
    bool needs_reason;
    bool only_back{false};  // only when it was online before it went offline
};

std::span<const LifeStep> life_steps();

// The step that `command` is from here. `was_online`, of one that is offline: calls got through to it until
// it went there; whoever was given up before that has to be approved first. Error: conflict, saying where the
// service is and what can be done.
Result<LifeStep> step_from(ServiceStatus from, bool was_online, std::string_view command,
                           const std::string& service);

// The states that a service goes through when it is put online at once: those after `from`, online the last;
// empty for one that calls get through to already.
std::vector<ServiceStatus> way_online(ServiceStatus from, bool was_online);

inline constexpr std::size_t longest_reason = 500;
// Error: invalid, when it is needed and not there, or too long.
Result<void> check_reason(const std::string& what, const std::string& reason, bool needed);

}  // namespace hutong::registry
