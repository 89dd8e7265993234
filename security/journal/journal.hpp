// The journal: append-only evidence of every call, on this node's disk before the call goes on.
//
// Segment files with a SHA-256 hash chain, group-commit fsync (docs/journal_format.md). append() is
// thread-safe and does not block; `durable` runs once, on the writer's thread when the record is on disk or
// could not be put there (unavailable), or, when the record is not even taken (limit), within append()
// itself. It must neither throw nor block nor call append() with a lock held. A process with a limit on file
// sizes must ignore SIGXFSZ. Nothing here needs the database.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "base/result.hpp"

namespace hutong::security {

enum class RecordKind : std::uint8_t {
    request = 1,
    response = 2,
    refusal = 3,
    content = 4,
    admin = 5,
    node = 6
};
std::string_view to_string(RecordKind kind);

struct Record {
    RecordKind kind{RecordKind::request};
    std::string exchange;  // incident id; request and response share it
    TimePoint time;
    std::string consumer;  // empty while unknown
    std::string service;   // org/name
    std::string operation;
    std::string signer;      // SHA-256 thumbprint of the signing certificate, hex
    std::string message_id;  // wsa:MessageID when signed
    std::string replay_key;  // so that the replay window can be rebuilt
    std::string outcome;     // "ok", fault code or refusal code
    std::string reason;      // for the officer; never sent to callers
    std::string remote;      // peer address
    std::uint64_t message_bytes{0};
    Sha256Digest message_digest{};  // of the whole message as received or sent
    std::string content;            // by level: whole message, or its Security header, or nothing
};

// Where a record is. Ordered.
struct Position {
    std::uint64_t segment{0};
    std::uint64_t offset{0};
    std::uint64_t sequence{0};  // of the record in the whole journal, from 1
};

struct StoredRecord {
    Position position;
    Sha256Digest chain{};  // the chain value after this record
    Record record;
};

// How far the journal has come on this node's disk: what a signed head says (security/evidence/signed_head).
struct JournalHead {
    std::uint64_t segment{0};
    std::uint64_t frames{0};    // of that segment, its start frame and its seal included
    std::uint64_t sequence{0};  // of the newest record
    Sha256Digest chain{};       // after the newest frame
    Sha256Digest root{};        // of the Merkle tree over those frames
};

class Journal {
  public:
    using Durable = std::function<void(Result<Position>)>;

    // Opens the newest segment; a torn tail is moved to quarantine (its file is named in the log), never
    // deleted.
    static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder, const std::string& node,
                                                 const config::Journal& options);
    virtual ~Journal() = default;  // writes what is queued, then closes

    // Up to 4 MiB each; longer content follows its record in `content` records of the same exchange, 1 MiB
    // each.
    virtual void append(Record record, Durable durable) = 0;
    virtual bool writable() const = 0;  // false: disk full or failed; calls are refused
    virtual Position last() const = 0;
    virtual JournalHead head() const = 0;

    // Seals the newest segment now, if it holds a record; what follows goes into the next one. `sealed` gets
    // the number of the newest segment that is sealed, on the writer's thread and under the rules of
    // `durable`.
    using Sealed = std::function<void(Result<std::uint64_t>)>;
    virtual void seal(Sealed sealed) = 0;
};

struct JournalQuery {
    std::optional<std::string> exchange;
    std::optional<std::string> consumer;
    std::optional<std::string> service;
    std::optional<TimePoint> since;
    std::size_t limit{100};
    bool newest_first{true};
};

// Reading needs no running daemon. Errors: corrupt, naming the segment and the first record that does not
// fit.
Result<std::vector<StoredRecord>> read_journal(const std::filesystem::path& folder,
                                               const JournalQuery& query);
Result<void> for_each_record(const std::filesystem::path& folder, std::optional<TimePoint> since,
                             const std::function<void(const StoredRecord&)>& visit);

struct VerifyReport {
    bool intact{false};
    std::uint64_t records{0};
    std::uint64_t segments{0};
    std::string first_fault;  // "segment 3, record 1207 at offset 88112: chain value does not fit"
    Sha256Digest head{};
};
Result<VerifyReport> verify_journal(const std::filesystem::path& folder);

}  // namespace hutong::security
