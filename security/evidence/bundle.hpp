// What an export of one exchange holds, and the names of its parts in the zip (docs/journal_format.md).
//
// The bundle proves its records without showing anyone else's: of the other frames it holds a few hashes
// only. Values; pure functions.
#pragma once

#include <map>
#include <optional>

#include <boost/json/array.hpp>

#include "security/evidence/signed_head.hpp"
#include "security/evidence/trust_history.hpp"
#include "security/journal/frame.hpp"
#include "security/journal/journal.hpp"
#include "security/journal/merkle.hpp"

namespace hutong::security::evidence {

inline constexpr std::int64_t bundle_format = 2;

// One frame and its way up to the root.
struct ProvenFrame {
    std::uint64_t index{0};  // in the segment; the start frame has 0
    Bytes frame;             // as on disk, chain value included
    journal::MerklePath path;
};

struct BundleRecord {
    StoredRecord stored;
    ProvenFrame proof;
};

// By what a segment's root is known.
enum class RootOf { seal, head, nothing };
std::string_view to_string(RootOf root);

struct BundleSegment {
    std::uint64_t number{0};
    RootOf root_of{RootOf::nothing};
    std::uint64_t size{0};  // of the tree that the paths lead up in
    ProvenFrame start;
    Bytes seal;       // the frame, as on disk; empty: the segment is not sealed, or in format 1
    Bytes timestamp;  // a TimeStampResp over the SHA-256 of that frame; empty: there is none yet
    std::optional<SignedHead> head;
    std::vector<BundleRecord> records;
};

struct Bundle {
    std::string exchange;
    std::vector<BundleSegment> segments;
    std::map<std::string, Bytes> certificates;  // by thumbprint, DER
    std::map<std::string, Bytes> crls;          // by SHA-256, DER
};

// A message that was recorded, put together again from the records that hold it.
struct Message {
    std::uint64_t sequence{0};  // of the record that says its length and digest
    RecordKind kind{RecordKind::request};
    TimePoint time;
    std::string signer;
    std::uint64_t bytes{0};
    Sha256Digest digest{};
    std::string content;  // whole, or what the journal's level kept of it
    bool whole() const { return content.size() == bytes && sha256(content) == digest; }
};
std::vector<Message> messages_of(const Bundle& bundle);
// What this node believed when the exchange began; nothing when the journal does not say.
std::optional<TrustStatement> trust_of(const Bundle& bundle);
// What the CAs of the signers had said by OCSP until then: the answer in DER by thumbprint of the
// certificate.
std::map<std::string, Bytes> answers_of(const Bundle& bundle);
// When the exchange began, as recorded.
std::optional<TimePoint> time_of(const Bundle& bundle);

// Names in the zip.
std::string start_name(std::uint64_t segment);      // segments/00000003.start
std::string seal_name(std::uint64_t segment);       // segments/00000003.seal
std::string timestamp_name(std::uint64_t segment);  // segments/00000003.tsr
std::string head_name(std::uint64_t segment);       // heads/00000003.head, with .sig beside it
std::string head_signature_name(std::uint64_t segment);
std::string frame_name(std::uint64_t sequence);    // records/1207.frame
std::string message_name(const Message& message);  // messages/1207-request
std::string certificate_name(const std::string& thumbprint);
std::string crl_name(const std::string& digest);
std::string answer_name(const std::string& thumbprint);  // ocsp/THUMBPRINT.ocsp

// The parts that only say again what the frames say: made when exporting, and made anew when checking.
boost::json::array proofs_json(const Bundle& bundle);
boost::json::array records_json(const Bundle& bundle);
std::string readme(const Bundle& bundle);

std::string to_pem(const Bytes& certificate);

}  // namespace hutong::security::evidence
