// POST /pki/tsa: the built-in timestamp authority over HTTP.
//
// RFC 3161 section 3.4. Anyone may ask, but each stamp is a signature: one address gets so many in a minute.
// Safe on any thread.
#pragma once

#include <memory>
#include <mutex>

#include "base/asio.hpp"
#include "gateway/http/message.hpp"
#include "gateway/main/api/attempts.hpp"
#include "security/timestamp/authority.hpp"

namespace hutong::daemon {

class TsaPath : public http::Handler {
  public:
    TsaPath(security::NewestTimestamps newest, asio::thread_pool& signing)
        : newest_(std::move(newest)), signing_(signing) {}
    Awaitable<http::Response> handle(http::Request& request) override;

    static constexpr unsigned most_in_a_minute = 300;

  private:
    bool may_ask(const std::string& remote);

    const security::NewestTimestamps newest_;
    asio::thread_pool& signing_;  // as its key may lie on a token
    std::mutex mutex_;
    api::Attempts asked_{most_in_a_minute};  // guarded by it
};

}  // namespace hutong::daemon
