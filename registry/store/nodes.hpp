// How a further node comes in: join tokens, join requests and the list of nodes, as database operations.
//
// The order of things:
//   1. `make_token` on a node that is in; the operator carries the token to the new machine.
//   2. The new node makes its keys and requests (security/pki make_key_and_csr) and calls `ask`, which spends
//      the token and leaves a proof that it was there. A NOTIFY on join_channel (payload: the node id) wakes
//      the founder.
//   3. The founder, which alone has the CA, reads `pending` (at start, on the notification, and now and
//      then), checks the proof by the token that it kept for itself (gateway/main/invitations), issues the
//      certificates and calls `admit`; or `refuse`. Both NOTIFY the same channel.
//   4. The new node calls `answer` until it holds the chains, checks by its token that they are from there,
//      and stores them (store_chain).
//
// Tokens are random, kept here as digests only, good once and until they expire. Nothing here is believed by
// itself: who can write to the database can write such rows. Each call is one transaction. Thread-safe as far
// as the pool is. Errors are one line for the operator.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"

namespace hutong::registry {

inline constexpr const char* join_channel = "hutong_join";

// PEM by key name: tls, sign-rsa, sign-p256, encrypt-rsa, sign-sm2, encrypt-sm2, tsa.
using PemByKey = std::map<std::string, std::string>;

struct JoinRequest {
    std::string node;          // Home::node_id() of the new node
    std::string url;           // its public URL; may be empty
    PemByKey requests;         // PKCS#10
    TimePoint made;            // set by the database
    std::string invitation{};  // likewise: the token's digest
    std::string proof{};       // and join_proof() by who asked
};

// Made with the token over all that is asked for: the node, its URL and the requests. Hex. Pure.
std::string join_proof(std::string_view token, const JoinRequest& request);

struct JoinAnswer {
    PemByKey chains;      // certificate and issuing CA, by the names of the requests
    std::string proof{};  // answer_proof() by who answered
};

// Likewise over what the node gets, so that it knows its CA to be that of whoever invited it.
std::string answer_proof(std::string_view token, std::string_view node, const PemByKey& chains);

struct Node {
    std::string id;
    std::string url;
    bool founder{false};
    TimePoint joined;
    TimePoint last_seen;
};

class Nodes {
  public:
    explicit Nodes(pg::Pool& pool) : pool_(pool) {}

    // The founder enters itself at init. Doing it again with the same id is no error.
    Awaitable<Result<void>> found(std::string id, std::string url);

    // A new token in clear; it is shown once and cannot be read again. Who made it stays in the history of
    // certificates, under "invitation DIGEST".
    Awaitable<Result<std::string>> make_token(std::chrono::seconds lifetime, std::string inviter);

    // Errors: refused (unknown, used or expired token: one text for all), conflict (this node asked already
    // or is in), invalid (no request, or an unknown key name).
    Awaitable<Result<void>> ask(std::string token, JoinRequest request);

    // nullopt while the founder has not answered. Errors: refused with the founder's reason; not_found.
    Awaitable<Result<std::optional<JoinAnswer>>> answer(std::string node);

    Awaitable<Result<std::vector<JoinRequest>>> pending();

    // Enters the node and its chains. `chains` has one entry for each key of the request, or it is invalid.
    // `proof`: answer_proof() of them. conflict: the request was answered already.
    Awaitable<Result<void>> admit(std::string node, PemByKey chains, std::string proof = {});
    Awaitable<Result<void>> refuse(std::string node, std::string reason);

    // The node says that it lives (every few seconds), and where. Error: not_found, when it never joined.
    Awaitable<Result<void>> seen(std::string id, std::string url);
    Awaitable<Result<std::vector<Node>>> list();

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::registry
