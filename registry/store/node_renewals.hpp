// How a node that is in gets new certificates before those it has end, as database operations.
//
//   1. The node makes new keys and calls `ask`, once for each of them; what it asked before for that key is
//      forgotten.
//   2. The node with the CA reads `pending` now and then, checks who signed
//      (gateway/main/daemon/renewal_proof), issues and calls `grant`; or `refuse`; or `hold_back`, where it
//      is to be tried again.
//   3. The node reads `answers`, checks that they are what it asked for (gateway/main/setup/granted) and puts
//      the new certificates in use.
//
// Nothing here is believed by itself: who can write to the database can write such a row. Each call is one
// transaction. Thread-safe as far as the pool is.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/pg/pool.hpp"

namespace hutong::registry {

struct RenewalRequest {
    std::string node;
    std::string key;     // its name, as in join requests
    std::string csr;     // PKCS#10, PEM
    std::string renews;  // serial of the certificate that is there; empty: none is
    Bytes signature;     // of what gateway/main/daemon/renewal_proof says
    Bytes signer;        // the certificate (DER) of the key that made it
    std::string url{};   // set by the database: the public URL that the node joined with
    std::string made{};  // likewise: when
    Bytes possession{};  // for TLS: another signature of the same, by the key that is renewed
};

// Where a reader of many requests has come to.
struct RenewalPlace {
    std::string made{"-infinity"};
    std::string node{};
    std::string key{};
};

enum class RenewalState { pending, granted, refused };

struct RenewalAnswer {
    std::string key;
    std::string csr;  // what it answers
    RenewalState state;
    std::string reason;  // of a refusal, or of what is held back
    std::string chain;   // certificate and issuing CA, PEM, when granted
};

class NodeRenewals {
  public:
    explicit NodeRenewals(pg::Pool& pool) : pool_(pool) {}

    // Error: invalid (no such node, or what the table does not take).
    Awaitable<Result<void>> ask(RenewalRequest request);
    Awaitable<Result<std::vector<RenewalAnswer>>> answers(std::string node);

    // The oldest first, at most a hundred after that place: what is held back holds up none behind it.
    Awaitable<Result<std::vector<RenewalRequest>>> pending(RenewalPlace after = {});
    // Each is about this very CSR. Error: conflict, when the node has asked anew or it was answered.
    Awaitable<Result<void>> grant(RenewalRequest request, std::string chain);
    Awaitable<Result<void>> refuse(RenewalRequest request, std::string reason);
    // Whether the reason is another one than before.
    Awaitable<Result<bool>> hold_back(RenewalRequest request, std::string reason);

    // Certificates (DER) that the database has for this platform's own CAs.
    Awaitable<Result<std::vector<Bytes>>> authorities();

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::registry
