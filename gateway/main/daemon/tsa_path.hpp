// POST /pki/tsa: the built-in timestamp authority over HTTP.
//
// RFC 3161 section 3.4. Safe on any thread.
#pragma once

#include <memory>

#include "base/asio.hpp"
#include "gateway/http/message.hpp"
#include "security/timestamp/authority.hpp"

namespace hutong::daemon {

class TsaPath : public http::Handler {
  public:
    TsaPath(std::shared_ptr<const security::TimestampAuthority> authority, asio::thread_pool& signing)
        : authority_(std::move(authority)), signing_(signing) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    const std::shared_ptr<const security::TimestampAuthority>
        authority_;               // null: this node has no key for it
    asio::thread_pool& signing_;  // as its key may lie on a token
};

}  // namespace hutong::daemon
