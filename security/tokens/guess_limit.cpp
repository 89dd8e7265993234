#include "security/tokens/guess_limit.hpp"

namespace hutong::security {

namespace {

// A user's name cannot hold a line break (see username_token), so the two kinds of keys never meet.
std::string key_of(const std::string& user, const std::string& sender) {
    return user + "\n" + sender;
}

}  // namespace

// What has run out goes when the table is full, but not more often than every second: a full table must not
// make each wrong guess a walk through it.
void GuessLimit::make_room(TimePoint now) {
    if (counts_.size() < capacity || now < next_cleaning_) return;
    next_cleaning_ = now + std::chrono::seconds(1);
    std::erase_if(counts_, [&](const auto& entry) { return entry.second.since + window <= now; });
}

bool GuessLimit::below(const std::string& key, unsigned most, TimePoint now) {
    const auto found = counts_.find(key);
    if (found == counts_.end()) return counts_.size() < capacity;
    return found->second.since + window <= now || found->second.wrong < most;
}

void GuessLimit::add(const std::string& key, TimePoint now) {
    const auto found = counts_.find(key);
    if (found == counts_.end()) {
        if (counts_.size() < capacity) counts_.emplace(key, Count{1, now});
    } else if (found->second.since + window <= now) {
        found->second = {1, now};
    } else {
        ++found->second.wrong;
    }
}

bool GuessLimit::may_try(const std::string& user, const std::string& sender, TimePoint now) {
    const std::lock_guard lock(mutex_);
    make_room(now);
    return below(key_of(user, sender), wrong_per_sender, now) && below(user, wrong_per_user, now);
}

void GuessLimit::was_wrong(const std::string& user, const std::string& sender, TimePoint now) {
    const std::lock_guard lock(mutex_);
    add(key_of(user, sender), now);
    add(user, now);
}

}  // namespace hutong::security
