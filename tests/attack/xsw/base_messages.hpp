// Signed messages as the clients in the field make them, for the generator to start from.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

struct BaseMessage {
    std::string name;
    std::string text;
    TimePoint now;      // when it is fresh
    Setting setting{};  // of the gateway that takes it
};
std::vector<BaseMessage> base_messages();

}  // namespace hutong::attack
