// Which issuing CAs were revoked, and the root's CRL that says so to others (docs/decisions/0035).
//
// In PostgreSQL: every node refuses what stands below a revoked CA with the next catalogue. With the root's
// key at hand its CRL is made in the same transaction; an offline root's is made where the root is, and taken
// in. Thread-safe as far as the pool is; what takes an Authorities runs where that may be used.
#pragma once

#include <string>
#include <vector>

#include "base/pg/pool.hpp"
#include "security/pki/authorities.hpp"

namespace hutong::security {

inline constexpr const char* root_list_name = "root";  // crls.ca, and /pki/crl/root.crl

class RootList {
  public:
    explicit RootList(pg::Pool& pool) : pool_(pool) {}

    // Error: conflict, when it was revoked before.
    Awaitable<Result<void>> revoke(std::string ca, Bytes certificate, std::string reason, std::string actor,
                                   const Authorities& authorities);
    // Of an online root: all that is revoked, with the next number.
    Awaitable<Result<void>> renew(const Authorities& authorities);
    // The CRL of an offline root. Errors: refused (not the root's, not current, an older number, a revoked CA
    // missing, or one listed that is in force here), invalid.
    Awaitable<Result<void>> take(Bytes der, std::string actor, const Authorities& authorities);

    struct Revoked {
        std::string ca, serial, reason;
        TimePoint when;
    };
    Awaitable<Result<std::vector<Revoked>>> revoked();

  private:
    pg::Pool& pool_;
};

// What the owner of an offline root does on a machine without a platform: the next CRL, in DER.
struct RootListOrder {
    std::string root_key_file, root_file;
    Bytes previous;           // DER: its entries stay, and its number goes up; empty: this is the first one
    std::string revoke;       // PEM of an issuing CA's certificate; empty: nothing more is revoked
    std::string reason;       // of that
    std::chrono::hours life;  // until its nextUpdate
};
Result<Bytes> sign_root_list(const RootListOrder& order, TimePoint now);

}  // namespace hutong::security
