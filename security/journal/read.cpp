#include <algorithm>

#include "security/journal/journal.hpp"
#include "security/journal/record_codec.hpp"
#include "security/journal/segment_walk.hpp"

namespace hutong::security {

namespace {

using journal::Frame;
using journal::FramePlace;
using journal::FrameType;

using RecordVisitor = std::function<void(StoredRecord&&)>;

// Passes the records of all frames on; leaves the other frames out.
journal::FrameVisitor records_only(const RecordVisitor& visit) {
    return [&visit](const Frame& frame, const FramePlace& place) -> Result<void> {
        if (frame.type != FrameType::record) return {};
        auto record = journal::decode_record(frame.body);
        if (!record)
            return record.error().at("segment " + std::to_string(place.segment) + ", record " +
                                     std::to_string(frame.sequence) + " at offset " +
                                     std::to_string(place.offset));
        visit({{place.segment, place.offset, frame.sequence}, frame.stored_chain, std::move(*record)});
        return {};
    };
}

bool fits(const JournalQuery& query, const Record& record) {
    return (!query.exchange || record.exchange == *query.exchange) &&
           (!query.consumer || record.consumer == *query.consumer) &&
           (!query.service || record.service == *query.service) &&
           (!query.since || record.time >= *query.since);
}

// Segment by segment from the newest, so that the last hundred calls don't cost a walk over years.
Result<std::vector<StoredRecord>> read_newest(const std::filesystem::path& folder,
                                              const JournalQuery& query) {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(folder));
    std::vector<StoredRecord> found;
    for (auto i = segments.size(); i-- > 0 && found.size() < query.limit;) {
        std::vector<StoredRecord> here;
        const RecordVisitor keep = [&](StoredRecord&& stored) {
            if (fits(query, stored.record)) here.push_back(std::move(stored));
        };
        const auto* next = i + 1 < segments.size() ? &segments[i + 1] : nullptr;
        HUTONG_ASSIGN(const auto end, journal::walk_segment(segments[i], next, records_only(keep)));
        std::move(here.rbegin(), here.rend(), std::back_inserter(found));
        if (query.since && journal::from_nanoseconds(end.start.created) < *query.since) break;
    }
    if (found.size() > query.limit) found.resize(query.limit);
    return found;
}

}  // namespace

Result<std::vector<StoredRecord>> read_journal(const std::filesystem::path& folder,
                                               const JournalQuery& query) {
    if (query.newest_first) return read_newest(folder, query);
    std::vector<StoredRecord> found;
    const RecordVisitor keep = [&](StoredRecord&& stored) {
        if (found.size() < query.limit && fits(query, stored.record)) found.push_back(std::move(stored));
    };
    std::optional<std::uint64_t> since;
    if (query.since) since = journal::to_nanoseconds(*query.since);
    HUTONG_TRY(journal::walk_journal(folder, since, records_only(keep)));
    return found;
}

Result<void> for_each_record(const std::filesystem::path& folder, std::optional<TimePoint> since,
                             const std::function<void(const StoredRecord&)>& visit) {
    const RecordVisitor pass = [&](StoredRecord&& stored) {
        if (!since || stored.record.time >= *since) visit(stored);
    };
    std::optional<std::uint64_t> nanoseconds;
    if (since) nanoseconds = journal::to_nanoseconds(*since);
    HUTONG_TRY(journal::walk_journal(folder, nanoseconds, records_only(pass)));
    return {};
}

Result<VerifyReport> verify_journal(const std::filesystem::path& folder) {
    return journal::verify_journal(folder,
                                   [](const Frame&, const FramePlace&) -> Result<void> { return {}; });
}

Result<VerifyReport> journal::verify_journal(const std::filesystem::path& folder, const FrameVisitor& also) {
    VerifyReport report;
    std::uint64_t current = 0;
    const RecordVisitor count = [&](StoredRecord&& stored) {
        ++report.records;
        report.head = stored.chain;
        if (std::exchange(current, stored.position.segment) != stored.position.segment) ++report.segments;
    };
    const bool live = journal::has_writer(folder);
    const auto each = records_only(count);
    const auto walked = journal::walk_journal(
        folder, std::nullopt, [&](const Frame& frame, const FramePlace& place) -> Result<void> {
            HUTONG_TRY(each(frame, place));
            return also(frame, place);
        });
    if (walked.has_error() && walked.error().code != ErrorCode::corrupt) return walked.error();
    if (walked.has_error()) {
        report.first_fault = walked.error().detail;
        return report;
    }
    report.segments = walked->size();
    if (!walked->empty()) report.head = walked->back().head;
    if (!walked->empty() && walked->back().unfinished > 0 && !live)
        report.first_fault = "segment " + std::to_string(walked->back().start.segment) + ", record " +
                             std::to_string(walked->back().sequence + 1) + " at offset " +
                             std::to_string(walked->back().end) + ": torn, " +
                             std::to_string(walked->back().unfinished) +
                             " bytes of it are there; the next start of the daemon moves them to quarantine";
    report.intact = report.first_fault.empty();
    return report;
}

}  // namespace hutong::security
