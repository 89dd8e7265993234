#include "security/journal/journal_writer.hpp"

#include <algorithm>

#include <fcntl.h>

#include "base/log.hpp"
#include "security/journal/recovery.hpp"

namespace hutong::security {

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder, const std::string& node,
                                               const config::Journal& options) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return unavailable(folder.string() + ": journal folder cannot be made: " + error.message());
    HUTONG_ASSIGN(journal::File lock, journal::File::open(folder / "lock", O_RDWR | O_CREAT));
    HUTONG_TRY(lock.lock());
    HUTONG_ASSIGN(journal::Recovered recovered, journal::recover(folder, node));

    const journal::Tip tip = recovered.writer.tip();
    log(MessageId::HT6001,
        {{"segment", std::to_string(tip.segment)}, {"records", std::to_string(tip.sequence)}});
    std::unique_ptr<Journal> opened = std::make_unique<journal::JournalWriter>(
        folder, node, options, std::move(lock), std::move(recovered.writer));
    if (!recovered.quarantined.empty()) {
        log(MessageId::HT6002, {{"file", recovered.quarantined}});
        Record note;
        note.kind = RecordKind::node;
        note.time = system_clock().now();
        note.outcome = "recovered";
        note.reason = "torn tail moved to " + recovered.quarantined;
        opened->append(std::move(note), [](const Result<Position>&) {});
    }
    return opened;
}

namespace journal {

namespace {

// How much goes to the disk at once: a longer write would only make the first callers wait for the last.
constexpr std::size_t slice_bytes = 4u << 20;
constexpr auto retry_interval = std::chrono::milliseconds(200);
// How long records wait for company where there is much: for as long as more come in each of these moments. A
// few callers are served faster without (docs/performance.md).
constexpr std::size_t much_company = 4;
constexpr auto moment = std::chrono::microseconds(200);
constexpr unsigned most_moments = 5;

}  // namespace

JournalWriter::JournalWriter(std::filesystem::path folder, std::string node, const config::Journal& options,
                             File lock, SegmentWriter segment)
    : folder_(std::move(folder)),
      node_(std::move(node)),
      options_(options),
      lock_(std::move(lock)),
      segment_(std::move(segment)) {
    last_ = {segment_.tip().segment, segment_.tip().end, segment_.tip().sequence};
    tip_ = segment_.tip();
    thread_ = std::thread([this] { run(); });
}

JournalWriter::~JournalWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
}

Position JournalWriter::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

JournalHead JournalWriter::head() const {
    Tip tip;
    {
        const std::lock_guard lock(mutex_);
        tip = tip_;
    }
    return {tip.segment, tip.tree.size(), tip.sequence, tip.chain, tip.tree.root()};
}

void JournalWriter::seal(Sealed sealed) {
    {
        const std::lock_guard lock(mutex_);
        seal_requests_.push_back(std::move(sealed));
    }
    work_.notify_one();
}

void JournalWriter::append(Record record, Durable durable) {
    const std::size_t size = encoded_bytes(record) + frame_overhead;
    if (size > max_body_bytes)
        return durable(
            Error{ErrorCode::limit, "a journal record of " + std::to_string(size) +
                                        " bytes is too long; put its content as several content records"});
    const std::size_t before = queued_bytes_.fetch_add(size);
    if (before + size > options_.max_queued_bytes) {
        queued_bytes_ -= size;
        return durable(
            Error{ErrorCode::limit, "the journal's disk does not keep up: " + std::to_string(before) +
                                        " bytes wait for it (journal.max_queued_bytes)"});
    }
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = pending_.empty();
        pending_.add(record, std::move(durable));
    }
    if (first) work_.notify_one();
}

void JournalWriter::run() {
    // What a crash left open is closed before anything else is written.
    if (worth_sealing()) static_cast<void>(seal_now());
    for (;;) {
        bool stopping = false;
        std::vector<Sealed> requests;
        {
            std::unique_lock lock(mutex_);
            wait_for_work(lock);
            std::swap(pending_, taken_);
            std::swap(seal_requests_, requests);
            stopping = stopping_;
        }
        if (!writable_) try_again();
        commit();
        Result<void> sealed;
        if (stopping || !requests.empty() || old_enough()) sealed = seal_now();
        for (const Sealed& tell : requests) {
            if (sealed)
                tell(segment_.tip().segment - (segment_.sealed() ? 0 : 1));
            else
                tell(sealed.error());
        }
        if (stopping) return;
    }
}

void JournalWriter::wait_for_work(std::unique_lock<std::mutex>& lock) {
    const auto work = [this] { return stopping_ || !pending_.empty() || !seal_requests_.empty(); };
    if (!writable_)
        work_.wait_for(lock, retry_interval, work);
    else if (worth_sealing() && options_.segment_time.count() > 0)
        work_.wait_until(lock, segment_begun_ + options_.segment_time, work);
    else
        work_.wait(lock, work);
    if (options_.group_delay.count() > 0)
        work_.wait_for(lock, options_.group_delay, [this] { return stopping_; });
    else
        gather(lock);
}

// A sync takes the same processor time for one record as for many. So where calls come side by side it waits
// a little while the queue grows; the record of a caller who is alone goes at once.
void JournalWriter::gather(std::unique_lock<std::mutex>& lock) {
    if (std::max(pending_.lengths.size(), last_group_) >= much_company) {
        std::size_t before = 0;
        for (unsigned n = 0; n < most_moments && pending_.lengths.size() > before; ++n) {
            before = pending_.lengths.size();
            work_.wait_for(lock, moment, [this] { return stopping_; });
        }
    }
    last_group_ = pending_.lengths.size();
}

// Writes what was taken, slice by slice. After an error all the rest gets the same error.
void JournalWriter::commit() {
    std::size_t offset = 0;
    for (std::size_t first = 0; first < taken_.lengths.size();) {
        std::size_t count = 1;
        std::size_t bytes = taken_.lengths[first];
        while (first + count < taken_.lengths.size() && bytes + taken_.lengths[first + count] <= slice_bytes)
            bytes += taken_.lengths[first + count++];
        const auto lengths = std::span(taken_.lengths).subspan(first, count);
        const auto written = write(std::span(taken_.frames).subspan(offset, bytes), lengths);
        if (!written && writable_) failed(written.error());
        queued_bytes_ -= bytes;
        tell(std::span(taken_.waiting).subspan(first, count), lengths, written);
        first += count;
        offset += bytes;
    }
    taken_.clear();
}

void JournalWriter::tell(std::span<Durable> waiting, std::span<const std::size_t> lengths,
                         const Result<void>& written) {
    if (!written) {
        for (auto& durable : waiting) durable(written.error());
        return;
    }
    const Tip& tip = segment_.tip();
    Position position{tip.segment, tip.end, tip.sequence - lengths.size()};
    for (const auto length : lengths) position.offset -= length;
    {
        const std::lock_guard lock(mutex_);
        last_ = {tip.segment, tip.end - lengths.back(), tip.sequence};
        tip_ = tip;
    }
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        ++position.sequence;
        waiting[i](position);
        position.offset += lengths[i];
    }
}

Result<void> JournalWriter::write(std::span<std::uint8_t> frames, std::span<const std::size_t> lengths) {
    if (!writable_) return unavailable(last_error_);
    HUTONG_TRY(prepare());
    return segment_.append(frames, lengths);
}

// Sees to it that there is room on the disk and a segment that may be written.
Result<void> JournalWriter::prepare() {
    HUTONG_ASSIGN(const auto free, segment_.file().free_bytes());
    if (free < options_.min_free_bytes)
        return unavailable(folder_.string() + ": " + std::to_string(free) +
                           " bytes are free and the journal keeps " +
                           std::to_string(options_.min_free_bytes) +
                           " (journal.min_free_bytes); make room on this file system");
    if (!segment_.abandoned().empty()) return rotate(Cause::abandoned, segment_.abandoned());
    if (segment_.tip().end >= options_.segment_bytes) HUTONG_TRY(seal_now());
    if (segment_.sealed()) return rotate(Cause::sealed, "");
    return {};
}

Result<void> JournalWriter::rotate(Cause cause, const std::string& note) {
    HUTONG_ASSIGN(segment_, SegmentWriter::create(folder_, node_, segment_.tip(), cause, note));
    segment_begun_ = std::chrono::steady_clock::now();
    return {};
}

bool JournalWriter::old_enough() const {
    return options_.segment_time.count() > 0 &&
           std::chrono::steady_clock::now() - segment_begun_ >= options_.segment_time;
}

// A seal that cannot be written is tried again with the next one that is due; calls are refused only when a
// record cannot be.
Result<void> JournalWriter::seal_now() {
    if (!worth_sealing() || !segment_.abandoned().empty()) return {};
    HUTONG_TRY(segment_.seal());
    const std::lock_guard lock(mutex_);
    tip_ = segment_.tip();
    return {};
}

void JournalWriter::try_again() {
    auto ready = prepare();
    if (ready) ready = segment_.probe();
    if (!ready) {
        last_error_ = ready.error().detail;
        return;
    }
    writable_ = true;
    log(MessageId::HT6004, {{"segment", std::to_string(segment_.tip().segment)}});
}

void JournalWriter::failed(const Error& error) {
    last_error_ = error.detail;
    writable_ = false;
    log(MessageId::HT6003, {{"detail", error.detail}});
}

}  // namespace journal

}  // namespace hutong::security
