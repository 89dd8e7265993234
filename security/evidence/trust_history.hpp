// Which CAs, CRLs and trust domains this node went by, and since when: kept with the journal, so that a call
// can be judged later as of its own time.
//
// Each change is a `node` record of the journal that names them by SHA-256; they themselves lie beside the
// segments (journal/beside). One thread at a time.
#pragma once

#include <atomic>
#include <chrono>
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
inline constexpr std::string_view answer_outcome = "ocsp";  // of one whose content is an OCSP answer

using Domains = std::map<std::string, config::TrustDomain>;
// Others' CAs that must have answered by OCSP, by thumbprint, and how long an answer counts beyond its end.
using Graces = std::map<std::string, std::chrono::hours>;

struct TrustMaterial {
    std::vector<Bytes> cas;           // DER
    std::vector<Bytes> crls;          // DER
    std::vector<Bytes> certificates;  // DER: of callers and of this node; kept, not named in the record
    Domains domains{};                // whose names and ids of SM2 counted
    Graces ocsp{};
    std::map<std::string, Bytes> answers{};  // by thumbprint of the certificate they are about; DER
};

// What the record's content names: digests in hex; and the trust domains, which records of earlier versions
// do not have.
struct TrustStatement {
    std::vector<std::string> cas;
    std::vector<std::string> crls;
    std::optional<Domains> domains{};
    Graces ocsp{};
};
std::string to_text(const TrustStatement& statement);
Result<TrustStatement> trust_from_text(std::string_view text);  // error: corrupt

class TrustHistory {
  public:
    TrustHistory(std::filesystem::path folder, Journal& journal)
        : folder_(std::move(folder)), journal_(journal) {}
    // Keeps what is new, and appends a record when CAs, CRLs or domains are not those of the last one, and
    // one for each OCSP answer that is new. Does not wait for the records. Error: unavailable.
    Result<void> note(const TrustMaterial& material);
    // Appends the last records again where one could not be written; to be called every now and then.
    void repeat_lost();

  private:
    void append(std::string_view outcome, std::string reason, std::string signer, std::string content);
    void append_trust();
    void append_answer(const std::string& certificate, const Bytes& der);

    const std::filesystem::path folder_;
    Journal& journal_;
    std::string noted_;
    std::map<std::string, Bytes> answers_;  // noted
    // Set by the journal's writer, which may outlive this.
    const std::shared_ptr<std::atomic<bool>> lost_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace hutong::security::evidence
