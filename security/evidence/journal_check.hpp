// Checks a node's whole journal: the chain and the seals, the timestamps, and the heads that are kept
// elsewhere.
//
// A chain that was rewritten and fits in itself does not fit the heads that left the node before. Only what
// the node's own certificate signed counts for its head. Reads files only.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "security/evidence/signed_head.hpp"

namespace hutong::security::evidence {

struct KeptHead {
    SignedHead head;
    std::string place;  // for people: "the database"
};

struct JournalCheckInput {
    std::string node;  // whose journal it is
    std::vector<KeptHead> heads;
    std::vector<Bytes> roots;      // DER: of the platform: who vouches for its nodes
    std::vector<Bytes> tsa_roots;  // DER: of outside timestamp authorities
    std::vector<Bytes> further;    // DER: issuing CAs
};

struct JournalReport {
    VerifyReport verified;  // first_fault: of whatever was looked at
    std::uint64_t sealed{0};
    std::uint64_t timestamped{0};
    std::uint64_t self_attested{0};  // of those timestamped
    std::uint64_t distrusted{0};     // timestamps that hold, of an authority that no anchor vouches for
    std::uint64_t heads{0};          // that were compared
    // How many were left, being another node's; by whose they are and where: "node a1, kept in PLACE".
    std::map<std::string, std::uint64_t> others;
};

Result<JournalReport> check_journal(const std::filesystem::path& folder, const JournalCheckInput& input);

// Heads that this node itself keeps beside its segments. Error: corrupt, naming the file.
Result<std::vector<KeptHead>> own_heads(const std::filesystem::path& folder);

struct HeadFile {
    std::vector<KeptHead> heads;
    std::vector<std::string> torn;  // lines that are no heads, for people: "FILE line 3, which is torn"
};
// Those in a file of lines (to_line). A line that a crash or a full disk cut off is no reason to believe
// none. Error: not_found.
Result<HeadFile> heads_in(const std::filesystem::path& file);

}  // namespace hutong::security::evidence
