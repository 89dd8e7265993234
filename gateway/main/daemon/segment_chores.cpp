#include "gateway/main/daemon/segment_chores.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/journal/beside.hpp"
#include "security/journal/record_codec.hpp"
#include "security/timestamp/timestamp.hpp"

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

Result<std::vector<SegmentChores::Sealed>> SegmentChores::waiting_for_stamps() {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(journal_));
    std::vector<Sealed> waiting;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const journal::SegmentFile& file = segments[i];
        if (stamped_.contains(file.number)) continue;
        std::error_code error;
        if (std::filesystem::exists(journal::timestamp_path(journal_, file.number), error)) {
            stamped_.insert(file.number);
            continue;
        }
        HUTONG_ASSIGN(auto seal, journal::read_seal(file));
        if (seal)
            waiting.push_back({file, std::move(*seal)});
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
        waiting_ = waiting->size();
        for (const Sealed& segment : *waiting) {
            outcome = co_await stamp(segment);
            if (!outcome) break;
            --waiting_;
            log(MessageId::HT6022, {{"segment", std::to_string(segment.file.number)}});
        }
        if (waiting->empty() && !stamps_.up) co_return;  // nobody was asked yet
    }
    note(stamps_.up, stamps_.error, MessageId::HT6023, outcome);
    pause_ = outcome ? std::chrono::seconds(0)
                     : std::min(longest_pause, std::max(std::chrono::seconds(5), pause_ * 2));
    try_again_ = std::chrono::steady_clock::now() + pause_;
}

Result<void> SegmentChores::sign_seal(const Sealed& segment, const security::SigningKey& key) const {
    const security::journal::SealFrame& sealed = segment.seal;
    const std::uint64_t frames = sealed.seal.records + 1;
    const auto file = journal::head_path(journal_, segment.file.number);
    if (const auto line = journal::read_beside(file)) {
        HUTONG_ASSIGN(const auto there, security::evidence::head_from_line(as_text(*line)));
        HUTONG_ASSIGN(const auto statement, security::evidence::head_from_text(there.text));
        if (statement.head.frames >= frames) return {};
    }
    const security::JournalHead head{segment.file.number, frames, sealed.sequence, sealed.seal.head,
                                     sealed.seal.root};
    HUTONG_ASSIGN(const auto signed_head,
                  security::evidence::sign_head({sealed.seal.node, system_clock().now(), head}, key));
    return journal::write_beside(file, as_bytes(to_line(signed_head)));
}

Awaitable<Result<void>> SegmentChores::stamp(const Sealed& segment) {
    const auto key = key_();
    auto sign = [&] { return sign_seal(segment, *key); };
    HUTONG_CO_TRY(co_await run_on(blocking_, std::move(sign)));
    security::TimestampInput expected;
    expected.imprint = sha256(ByteView(segment.seal.bytes));
    expected.nonce = random_bytes(8);
    (*expected.nonce)[0] |= 0x40;  // as an INTEGER it keeps its length
    expected.anchors = stamping_.anchors;
    Bytes query = security::timestamp_query(expected.imprint, *expected.nonce);
    HUTONG_CO_ASSIGN(const Bytes answer, co_await ask(std::move(query)));
    HUTONG_CO_ASSIGN(const security::Timestamp stamp, security::read_timestamp(answer, expected));
    if (stamping_.url && !stamp.trusted)
        co_return refused("the timestamp authority " + stamp.tsa +
                          " is not vouched for by journal.timestamp.roots: " + stamp.distrust);
    auto keep = [&] {
        return journal::write_beside(journal::timestamp_path(journal_, segment.file.number), answer);
    };
    co_return co_await run_on(blocking_, std::move(keep));
}

Awaitable<Result<Bytes>> SegmentChores::ask(Bytes query) {
    if (!stamping_.url) {
        if (!stamping_.own)
            co_return unavailable(
                "this node has no key for timestamps (keys/tsa.key) and journal.timestamp.url is empty");
        auto answer = [this, &query] { return stamping_.own->answer(query, system_clock().now()); };
        co_return co_await run_on(blocking_, std::move(answer));
    }
    http::OutgoingRequest request;
    request.headers.add("Content-Type", "application/timestamp-query");
    request.body.push_back({std::string(as_text(query)), nullptr, 0, 0});
    const auto answer = co_await stamping_.client->send(*stamping_.url, std::move(request));
    if (answer.has_error()) co_return answer.error().error;
    if (answer->status != 200)
        co_return unavailable("the timestamp authority answers with HTTP status " +
                              std::to_string(answer->status));
    HUTONG_CO_ASSIGN(
        const std::string text,
        answer->body.text(0, std::min<std::uint64_t>(answer->body.size(), security::longest_timestamp)));
    co_return Bytes(text.begin(), text.end());
}

// Only what has its timestamp: nothing leaves that still waits for something.
Result<std::uint64_t> SegmentChores::archive_old() const {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(journal_));
    const TimePoint limit = system_clock().now() - keep_;
    std::uint64_t moved = 0;
    for (const journal::SegmentFile& file : segments) {
        std::error_code error;
        if (journal::is_archived(file)) continue;
        if (!std::filesystem::exists(journal::timestamp_path(journal_, file.number), error)) continue;
        HUTONG_ASSIGN(const auto seal, journal::read_seal(file));
        if (!seal || journal::from_nanoseconds(seal->seal.created) > limit) continue;
        HUTONG_TRY(journal::archive_segment(file, archive_));
        log(MessageId::HT6024, {{"segment", std::to_string(file.number)}, {"archive", archive_.string()}});
        ++moved;
    }
    return moved;
}

Awaitable<> SegmentChores::archive() {
    auto work = [this] { return archive_old(); };
    const auto moved = co_await run_on(blocking_, std::move(work));
    Result<void> outcome;
    if (!moved) outcome = moved.error();
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
    stamps["authority"] = stamping_.url ? stamping_.url->host : std::string("self-attested");
    boost::json::object all{{"timestamps", std::move(stamps)}};
    if (keep_.count() > 0) all["archive"] = told(moves_);
    return all;
}

}  // namespace hutong::daemon
