#include "gateway/main/api/attempts.hpp"

namespace hutong::api {

bool Attempts::may_try(const std::string& address, TimePoint now) {
    if (counts_.size() >= capacity)
        std::erase_if(counts_, [&](const auto& entry) { return entry.second.since + window <= now; });
    const auto found = counts_.find(address);
    if (found == counts_.end()) {
        if (counts_.size() >= capacity) return false;
        counts_.emplace(address, Count{1, now});
        return true;
    }
    Count& count = found->second;
    if (count.since + window <= now) count = {0, now};
    if (count.tries >= allowed_) return false;
    ++count.tries;
    return true;
}

}  // namespace hutong::api
