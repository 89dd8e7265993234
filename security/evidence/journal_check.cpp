#include "security/evidence/journal_check.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include "security/journal/beside.hpp"
#include "security/journal/segment_walk.hpp"
#include "security/timestamp/authority.hpp"
#include "security/timestamp/timestamp.hpp"

namespace hutong::security::evidence {

namespace {

using journal::Frame;
using journal::FramePlace;
using journal::FrameType;

using Place = std::pair<std::uint64_t, std::uint64_t>;  // segment, frames

struct Expected {
    HeadStatement statement;
    std::string place;
    std::string text() const { return "the head of " + format_utc(statement.time) + " kept in " + place; }
};

Error corrupt(std::string detail) {
    return {ErrorCode::corrupt, std::move(detail)};
}

class JournalCheck {
  public:
    JournalCheck(std::filesystem::path folder, const JournalCheckInput& input)
        : folder_(std::move(folder)), input_(input) {}

    // A head that the node did not sign is somebody else's word; it would be wrong to pass it over.
    Result<void> take_heads() {
        HUTONG_ASSIGN(const auto trust, TrustStore::make({input_.roots, input_.further, {}, {}}));
        for (const KeptHead& kept : input_.heads) {
            const auto statement = head_from_text(kept.head.text);
            if (!statement) return statement.error().at(kept.place);
            if (statement->node != input_.node) {
                ++report_.others["node " + statement->node + ", kept in " + kept.place];
                continue;
            }
            Expected head{*statement, kept.place};
            if (!signature_holds(kept.head)) return corrupt(head.text() + ": its signature does not hold");
            const Bytes& signer = kept.head.certificates.front();
            const std::vector<Bytes> chain(kept.head.certificates.begin() + 1, kept.head.certificates.end());
            const auto verdict = trust->judge(signer, chain, Usage::message_signing, statement->time);
            if (const auto speaks = speaks_for_node(*statement, signer, verdict); !speaks)
                return corrupt(head.text() + ": " + speaks.error().detail);
            const Place place{head.statement.head.segment, head.statement.head.frames};
            expected_.emplace(place, std::move(head));
        }
        report_.heads = expected_.size();
        return {};
    }

    Result<JournalReport> run() {
        if (const auto taken = take_heads(); !taken) {
            report_.verified.first_fault = taken.error().detail;
            return report_;
        }
        HUTONG_ASSIGN(report_.verified,
                      journal::verify_journal(folder_, [this](const Frame& frame, const FramePlace& place) {
                          return visit(frame, place);
                      }));
        // What no frame answered to.
        if (report_.verified.intact && !expected_.empty()) {
            const Expected& head = expected_.begin()->second;
            report_.verified.intact = false;
            report_.verified.first_fault = head.text() + " knows of record " +
                                           std::to_string(head.statement.head.sequence) + " (segment " +
                                           std::to_string(head.statement.head.segment) + ", frame " +
                                           std::to_string(head.statement.head.frames) +
                                           "), which is not in the journal: its end was cut off" + agreed();
        }
        return report_;
    }

  private:
    Result<void> visit(const Frame& frame, const FramePlace& place) {
        if (frame.type == FrameType::start) HUTONG_TRY(visit_start(frame, place));
        if (frame.type == FrameType::seal) HUTONG_TRY(visit_seal(frame, place));
        const Place here{place.segment, place.tree->size()};
        const auto [first, last] = expected_.equal_range(here);
        for (auto i = first; i != last; ++i) {
            const JournalHead& head = i->second.statement.head;
            if (head.chain == frame.stored_chain && head.root == place.tree->root() &&
                head.sequence == frame.sequence)
                continue;
            return corrupt("segment " + std::to_string(place.segment) + ", record " +
                           std::to_string(frame.sequence) + " at offset " + std::to_string(place.offset) +
                           ": the chain is not the one of " + i->second.text() + ": the journal was altered" +
                           agreed());
        }
        if (first != last) agreed_up_to_ = frame.sequence;
        expected_.erase(first, last);
        return {};
    }

    std::string agreed() const {
        if (!agreed_up_to_) return " somewhere before it (no earlier head was there to compare)";
        return " after record " + std::to_string(*agreed_up_to_) + ", where the last head agrees";
    }

    Result<void> visit_start(const Frame& frame, const FramePlace& place) const {
        HUTONG_ASSIGN(const journal::Start start, journal::decode_start(frame.body));
        if (start.node == input_.node) return {};
        return corrupt("segment " + std::to_string(place.segment) + ": it says that it is node " +
                       start.node + "'s, and this is the journal of node " + input_.node);
    }

    Result<void> visit_seal(const Frame& frame, const FramePlace& place) {
        ++report_.sealed;
        const auto answer = journal::read_beside(journal::timestamp_path(folder_, place.segment));
        if (!answer && answer.error().code == ErrorCode::not_found) return {};
        if (!answer) return answer.error();
        const ByteView whole(frame.bytes.data(), frame.size());
        std::vector<Bytes> anchors = input_.roots;
        anchors.insert(anchors.end(), input_.tsa_roots.begin(), input_.tsa_roots.end());
        const auto stamp =
            read_timestamp(*answer, {sha256(whole), std::nullopt, anchors, input_.further, {}});
        if (!stamp) return stamp.error().at("segment " + std::to_string(place.segment));
        ++report_.timestamped;
        report_.self_attested += stamp->policy == self_attested_policy;
        report_.distrusted += !stamp->trusted;
        return {};
    }

    const std::filesystem::path folder_;
    const JournalCheckInput& input_;
    std::multimap<Place, Expected> expected_;
    std::optional<std::uint64_t> agreed_up_to_;
    JournalReport report_;
};

}  // namespace

Result<JournalReport> check_journal(const std::filesystem::path& folder, const JournalCheckInput& input) {
    return JournalCheck(folder, input).run();
}

Result<std::vector<KeptHead>> own_heads(const std::filesystem::path& folder) {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(folder));
    std::vector<KeptHead> heads;
    for (const auto& segment : segments) {
        const auto file = journal::head_path(folder, segment.number);
        const auto line = journal::read_beside(file);
        if (!line && line.error().code == ErrorCode::not_found) continue;
        if (!line) return line.error();
        auto head = head_from_line(as_text(*line));
        if (!head) return head.error().at(file.string());
        heads.push_back({std::move(*head), file.string()});
    }
    return heads;
}

Result<HeadFile> heads_in(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return not_found(file.string() + ": cannot be read");
    HeadFile found;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        auto head = head_from_line(line);
        // Without an end of line it is being written, or was torn.
        if (head && !in.eof())
            found.heads.push_back({std::move(*head), file.string()});
        else
            found.torn.push_back(file.string() + " line " + std::to_string(number) + ", which is torn");
    }
    return found;
}

}  // namespace hutong::security::evidence
