#include "security/tokens/guess_limit.hpp"

namespace hutong::security {

namespace {

// A user's name cannot hold a line break (see username_token), so the two kinds of keys never meet.
std::string key_of(const std::string& user, const std::string& sender) {
    return user + "\n" + sender;
}

}  // namespace

bool GuessLimit::below(const std::string& key, unsigned most, TimePoint now) {
    const auto found = counts_.find(key);
    if (found == counts_.end()) return counts_.size() < capacity;
    if (found->second.since + window <= now) {
        counts_.erase(found);
        return true;
    }
    return found->second.wrong < most;
}

void GuessLimit::add(const std::string& key, TimePoint now) {
    if (counts_.size() >= capacity)
        std::erase_if(counts_, [&](const auto& entry) { return entry.second.since + window <= now; });
    Count& count = counts_.try_emplace(key, Count{0, now}).first->second;
    ++count.wrong;
}

bool GuessLimit::may_try(const std::string& user, const std::string& sender, TimePoint now) {
    const std::lock_guard lock(mutex_);
    return below(key_of(user, sender), wrong_per_sender, now) && below(user, wrong_per_user, now);
}

void GuessLimit::was_wrong(const std::string& user, const std::string& sender, TimePoint now) {
    const std::lock_guard lock(mutex_);
    add(key_of(user, sender), now);
    add(user, now);
}

}  // namespace hutong::security
