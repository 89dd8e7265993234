// Has a digest timestamped (RFC 3161): by an authority outside, or by the built-in one.
//
// stamp() runs on the control thread's context; what is passed in outlives it. A stamp is good only when its
// imprint and nonce are those that were asked for, its time is that of this node's clock, and, from outside,
// its authority leads to a configured root.
#pragma once

#include <optional>

#include "base/asio.hpp"
#include "gateway/http/client.hpp"
#include "security/timestamp/authority.hpp"
#include "security/timestamp/timestamp.hpp"

namespace hutong::daemon {

// Who stamps: either an authority outside or the built-in one.
struct Stamping {
    http::Client* client{nullptr};
    std::optional<http::Url> url;         // nothing: the built-in one
    std::vector<Bytes> anchors;           // DER: who vouches for the one outside
    security::NewestTimestamps own;       // the built-in one
    asio::thread_pool* signing{nullptr};  // for `own`, as its key may lie on a token
};

// Who says another time than this node is wrong, or this node is: either way it is no proof of when. Error:
// refused.
Result<void> check_clock(const security::Timestamp& stamp, TimePoint now);

class TimeStamper {
  public:
    explicit TimeStamper(Stamping how) : how_(std::move(how)) {}

    // Errors: unavailable (no authority, no answer), refused (by it, or its answer is not to be believed),
    // corrupt.
    Awaitable<Result<security::Stamped>> stamp(Sha256Digest imprint) const;
    std::string authority() const { return how_.url ? how_.url->host : std::string("self-attested"); }

  private:
    Awaitable<Result<Bytes>> ask(Bytes query) const;

    const Stamping how_;
};

}  // namespace hutong::daemon
