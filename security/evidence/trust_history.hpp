// Which CAs, CRLs and trust domains this node went by, and since when: kept with the journal, so that a call
// can be judged later as of its own time.
//
// Each change is a `node` record of the journal that names them by SHA-256; they themselves lie beside the
// segments (journal/beside). One thread at a time.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "security/journal/journal.hpp"

namespace hutong::security::evidence {

inline constexpr std::string_view trust_outcome = "trust";  // of the record

using Domains = std::map<std::string, config::TrustDomain>;

struct TrustMaterial {
    std::vector<Bytes> cas;           // DER
    std::vector<Bytes> crls;          // DER
    std::vector<Bytes> certificates;  // DER: of callers and of this node; kept, not named in the record
    Domains domains{};                // whose names and ids of SM2 counted
};

// What the record's content names: digests in hex; and the trust domains, which records of earlier versions
// do not have.
struct TrustStatement {
    std::vector<std::string> cas;
    std::vector<std::string> crls;
    std::optional<Domains> domains{};
};
std::string to_text(const TrustStatement& statement);
Result<TrustStatement> trust_from_text(std::string_view text);  // error: corrupt

class TrustHistory {
  public:
    TrustHistory(std::filesystem::path folder, Journal& journal)
        : folder_(std::move(folder)), journal_(journal) {}
    // Keeps what is new, and appends a record when CAs, CRLs or domains are not those of the last one. Does
    // not wait for the record. Error: unavailable.
    Result<void> note(const TrustMaterial& material);
    // Appends the last record again where it could not be written; to be called every now and then.
    void repeat_lost();

  private:
    void append();

    const std::filesystem::path folder_;
    Journal& journal_;
    std::string noted_;
    // Set by the journal's writer, which may outlive this.
    const std::shared_ptr<std::atomic<bool>> lost_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace hutong::security::evidence
