#include "registry/model/service_life.hpp"

#include <array>

namespace hutong::registry {

namespace {

using enum ServiceStatus;

constexpr bool with_reason = true, only_back = true;
constexpr std::array steps{
    LifeStep{draft, submitted, "submit", false},
    LifeStep{submitted, approved, "approve", false},
    LifeStep{submitted, draft, "refuse", with_reason},
    LifeStep{approved, draft, "refuse", with_reason},  // what was approved turns out to be wrong
    LifeStep{approved, online, "online", false},
    LifeStep{offline, online, "online", false, only_back},
    LifeStep{offline, submitted, "submit", false},        // as what a draft becomes, whatever it was before
    LifeStep{deprecated, online, "online", with_reason},  // it is not going to end after all
    LifeStep{online, deprecated, "deprecate", with_reason},
    LifeStep{deprecated, deprecated, "deprecate", with_reason},  // another end
    LifeStep{deprecated, offline, "offline", false},
    LifeStep{online, offline, "offline", with_reason},
    LifeStep{draft, offline, "offline", with_reason},  // given up before anybody saw it
    LifeStep{submitted, offline, "offline", with_reason},
    LifeStep{approved, offline, "offline", with_reason},
};

constexpr std::array upwards{draft, submitted, approved, online};

}  // namespace

std::span<const LifeStep> life_steps() {
    return steps;
}

Result<LifeStep> step_from(ServiceStatus from, bool was_online, std::string_view command,
                           const std::string& service) {
    std::string possible;
    for (const LifeStep& step : steps) {
        if (step.from != from || (step.only_back && !was_online)) continue;
        if (step.command == command) return step;
        possible += (possible.empty() ? "" : ", ") + std::string(step.command);
    }
    return Error{ErrorCode::conflict,
                 service + " is " + std::string(to_string(from)) +
                     ", so it cannot be done: " + std::string(command) +
                     "; what can be done with it now: " + (possible.empty() ? "nothing" : possible)};
}

std::vector<ServiceStatus> way_online(ServiceStatus from, bool was_online) {
    if (is_routed(from)) return {};
    if (from == offline && was_online) return {online};
    if (from == offline) from = draft;
    std::vector<ServiceStatus> way;
    bool after = false;
    for (const ServiceStatus one : upwards) {
        if (after) way.push_back(one);
        after = after || one == from;
    }
    return way;
}

Result<void> check_reason(const std::string& what, const std::string& reason, bool needed) {
    if (needed && reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return invalid(what + " needs a reason, for those who read the history: --reason TEXT");
    if (reason.size() > longest_reason)
        return invalid("the reason is longer than " + std::to_string(longest_reason) + " bytes");
    return {};
}

}  // namespace hutong::registry
