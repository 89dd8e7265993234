// Which CAs and CRLs this node went by, and since when: kept with the journal, so that a call can be judged
// later as of its own time.
//
// Each change is a `node` record of the journal that names them by SHA-256; they themselves lie beside the
// segments (journal/beside). One thread at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "security/journal/journal.hpp"

namespace hutong::security::evidence {

inline constexpr std::string_view trust_outcome = "trust";  // of the record

struct TrustMaterial {
    std::vector<Bytes> cas;           // DER
    std::vector<Bytes> crls;          // DER
    std::vector<Bytes> certificates;  // DER: of callers and of this node; kept, not named in the record
};

// What the record's content names: digests in hex.
struct TrustStatement {
    std::vector<std::string> cas;
    std::vector<std::string> crls;
};
std::string to_text(const TrustStatement& statement);
Result<TrustStatement> trust_from_text(std::string_view text);  // error: corrupt

class TrustHistory {
  public:
    TrustHistory(std::filesystem::path folder, Journal& journal)
        : folder_(std::move(folder)), journal_(journal) {}
    // Keeps what is new, and appends a record when CAs or CRLs are not those of the last one. Does not wait
    // for the record. Error: unavailable.
    Result<void> note(const TrustMaterial& material);

  private:
    const std::filesystem::path folder_;
    Journal& journal_;
    std::string noted_;
};

}  // namespace hutong::security::evidence
