#include "gateway/main/daemon/segment_chores.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/journal/beside.hpp"
#include "security/journal/record_codec.hpp"

namespace hutong::daemon {

namespace {

namespace journal = security::journal;

constexpr std::chrono::seconds interval{1};
constexpr std::chrono::seconds longest_pause{300};
constexpr std::chrono::minutes archive_interval{10};

// A log line per change of state, however often it is tried.
void note(std::optional<bool>& up, std::string& error, MessageId bad, const Result<void>& outcome) {
    error = outcome ? std::string() : outcome.error().detail;
    if (up != outcome.has_value() && !outcome) log(bad, {{"reason", error}});
    up = outcome.has_value();
}

}  // namespace

Awaitable<> SegmentChores::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval)) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= try_again_) co_await stamp_all();
        if (keep_.count() > 0 && now >= archive_again_) co_await archive();
    }
}

Result<SegmentChores::Waiting> SegmentChores::waiting_for_stamps() {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(journal_));
    Waiting waiting;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const journal::SegmentFile& file = segments[i];
        if (stamped_.contains(file.number)) continue;
        std::error_code error;
        if (std::filesystem::exists(journal::timestamp_path(journal_, file.number), error)) {
            stamped_.insert(file.number);
            continue;
        }
        auto seal = journal::read_seal(file);
        if (!seal)  // one that cannot be read holds up no other
            waiting.trouble = waiting.trouble ? Result<void>(seal.error()) : waiting.trouble;
        else if (*seal)
            waiting.sealed.push_back({file, *std::move(*seal)});
        else if (i + 1 < segments.size())
            stamped_.insert(file.number);  // it ended without a seal that could be stamped
    }
    return waiting;
}

Awaitable<> SegmentChores::stamp_all() {
    auto look = [this] { return waiting_for_stamps(); };
    auto waiting = co_await run_on(blocking_, std::move(look));
    Result<void> outcome;
    if (waiting.has_error()) {
        outcome = waiting.error();
    } else {
        waiting_ = waiting->sealed.size();
        outcome = waiting->trouble;
        for (const Sealed& segment : waiting->sealed) {
            const Result<void> stamped = co_await stamp(segment);
            if (stamped) {
                --waiting_;
                log(MessageId::HT6022, {{"segment", std::to_string(segment.file.number)}});
                continue;
            }
            outcome = stamped;
            if (stamped.error().code == ErrorCode::unavailable) break;  // the authority: it is asked later
        }
        if (waiting->sealed.empty() && outcome && !stamps_.up) co_return;  // nobody was asked yet
    }
    note(stamps_.up, stamps_.error, MessageId::HT6023, outcome);
    pause_ = outcome ? std::chrono::seconds(0)
                     : std::min(longest_pause, std::max(std::chrono::seconds(5), pause_ * 2));
    try_again_ = std::chrono::steady_clock::now() + pause_;
}

Result<void> SegmentChores::sign_seal(const Sealed& segment, const security::SigningKey& key) const {
    const security::journal::SealFrame& sealed = segment.seal;
    const std::uint64_t frames = sealed.seal.records + 1;
    const security::JournalHead head{segment.file.number, frames, sealed.sequence, sealed.seal.head,
                                     sealed.seal.root};
    HUTONG_ASSIGN(const auto signed_head,
                  security::evidence::sign_head({sealed.seal.node, system_clock().now(), head}, key));
    return keep_newest_head(journal_, signed_head);
}

Awaitable<Result<void>> SegmentChores::stamp(const Sealed& segment) {
    const auto key = key_();
    auto sign = [&] { return sign_seal(segment, *key); };
    HUTONG_CO_TRY(co_await run_on(blocking_, std::move(sign)));
    HUTONG_CO_ASSIGN(const security::Stamped stamped,
                     co_await stamper_.stamp(sha256(ByteView(segment.seal.bytes))));
    auto keep = [&] {
        return journal::write_beside(journal::timestamp_path(journal_, segment.file.number), stamped.answer);
    };
    co_return co_await run_on(blocking_, std::move(keep));
}

// Only what has its timestamp: nothing leaves that still waits for something. The first trouble is told, and
// holds up no other segment.
Result<void> SegmentChores::archive_old() const {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(journal_));
    const TimePoint limit = system_clock().now() - keep_;
    Result<void> outcome;
    for (const journal::SegmentFile& file : segments) {
        const Result<void> done = archive_if_old(file, limit);
        if (!done && outcome) outcome = done;
    }
    return outcome;
}

Result<void> SegmentChores::archive_if_old(const journal::SegmentFile& file, TimePoint limit) const {
    std::error_code error;
    if (journal::is_archived(file)) return {};
    if (!std::filesystem::exists(journal::timestamp_path(journal_, file.number), error)) return {};
    HUTONG_ASSIGN(const auto seal, journal::read_seal(file));
    if (!seal || journal::from_nanoseconds(seal->seal.created) > limit) return {};
    HUTONG_TRY(journal::archive_segment(file, archive_));
    log(MessageId::HT6024, {{"segment", std::to_string(file.number)}, {"archive", archive_.string()}});
    return {};
}

Awaitable<> SegmentChores::archive() {
    auto work = [this] { return archive_old(); };
    const Result<void> outcome = co_await run_on(blocking_, std::move(work));
    note(moves_.up, moves_.error, MessageId::HT6025, outcome);
    archive_again_ = std::chrono::steady_clock::now() +
                     std::min<std::chrono::steady_clock::duration>(archive_interval, keep_);
}

boost::json::object SegmentChores::state() const {
    const auto told = [](const Health& health) {
        boost::json::object one{{"up", health.up.value_or(true)}};
        one["error"] = health.error.empty() ? boost::json::value() : boost::json::value(health.error);
        return one;
    };
    boost::json::object stamps = told(stamps_);
    stamps["waiting"] = waiting_;
    stamps["authority"] = stamper_.authority();
    boost::json::object all{{"timestamps", std::move(stamps)}};
    if (keep_.count() > 0) all["archive"] = told(moves_);
    return all;
}

}  // namespace hutong::daemon
