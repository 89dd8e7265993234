#include "gateway/main/daemon/configuration_record.hpp"

#include <memory>

#include "base/log.hpp"
#include "gateway/main/admin/configuration_history.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds interval{200};
constexpr std::size_t longest_notice = 900;  // the table takes a thousand characters
constexpr std::string_view the_rest = "… (the rest: hutong config history)";

config::RecordedValues values_in(const json::object& said) {
    config::RecordedValues values;
    const json::value* const kept = said.if_contains("values");
    if (!kept || !kept->is_object()) return values;
    for (const auto& member : kept->get_object())
        if (member.value().is_string()) values[member.key()] = std::string(member.value().get_string());
    return values;
}

std::string in_words(const std::vector<config::ValueChange>& changes) {
    if (changes.empty()) return {};
    std::string all;
    for (const config::ValueChange& change : changes)
        all += (all.empty() ? "" : "; ") + change.field + ": " + change.before + " -> " + change.after;
    return "configuration changed by the machine's owner: " + all;
}

// What is too long for a notice must not be silent for that.
std::string as_notice(std::string text) {
    if (text.size() <= longest_notice) return text;
    std::size_t end = longest_notice;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // RFC 3629 section 3
    return text.substr(0, end) + std::string(the_rest);
}

}  // namespace

Result<ReadConfiguration> read_configuration(const Home& home) {
    HUTONG_ASSIGN(const std::string text, config::read_text(home.config()));
    HUTONG_ASSIGN(config::Config read, config::parse(text, home.config().string()));
    config::RecordedValues values = config::recorded_values(read, home.root);
    return ReadConfiguration{std::move(read), to_hex(sha256(text)), std::move(values)};
}

void ConfigurationRecord::taken(std::string digest, config::RecordedValues values) {
    waiting_.push_back({std::move(digest), std::move(values)});
}

Awaitable<> ConfigurationRecord::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval)) {
        for (bool more = true; more;) more = co_await record_next();
        co_await tell_officers();
    }
}

// A journal that cannot be read is no way to a silent change: that it was not compared is told instead.
Awaitable<void> ConfigurationRecord::know_the_last() {
    const auto journal = std::make_shared<const std::filesystem::path>(home_.journal());
    auto look = [journal] { return admin::last_configuration(*journal); };
    const Result<std::optional<json::object>> found = co_await run_on(blocking_, std::move(look));
    known_ = true;
    if (!found)
        uncompared_ = "the configuration cannot be compared with its last record: " + found.error().detail;
    else if (*found)
        last_ = values_in(**found);
}

Awaitable<bool> ConfigurationRecord::record_next() {
    if (waiting_.empty()) co_return false;
    if (!known_) co_await know_the_last();
    const Taken& now = waiting_.front();
    std::vector<config::ValueChange> changes;
    if (last_) changes = config::changes_between(*last_, now.values);
    json::object values;
    for (const auto& [name, value] : now.values) values[name] = value;
    json::array changed;
    for (const config::ValueChange& change : changes)
        changed.push_back(
            json::object{{"field", change.field}, {"old", change.before}, {"new", change.after}});
    json::object said{{"file", home_.config().string()},
                      {"digest", now.digest},
                      {"changes", std::move(changed)},
                      {"values", std::move(values)}};
    const std::string words = uncompared_.empty() ? in_words(changes) : uncompared_;
    const Result<void> written =
        co_await records_.write(std::string(admin::configuration_record), std::move(said), "ok", words);
    if (!written) co_return false;  // no call goes on either; next time
    if (!words.empty()) {
        log(uncompared_.empty() ? MessageId::HT1009 : MessageId::HT1010, {{"changes", words}});
        untold_.push_back(as_notice("node " + node_ + ": " + words));
    }
    last_ = now.values;
    uncompared_.clear();
    waiting_.pop_front();
    co_return true;
}

// Before the separation the owner is everything anyway.
Awaitable<void> ConfigurationRecord::tell_officers() {
    while (!untold_.empty()) {
        const auto separated = co_await access_.separation.since();
        if (separated.has_error()) co_return;  // the database is away: next time
        if (*separated) {
            std::string words = untold_.front();
            const Result<void> told = co_await access_.separation.tell_everybody(std::move(words));
            if (!told) co_return;
        }
        untold_.pop_front();
    }
}

}  // namespace hutong::daemon
