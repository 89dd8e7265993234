// POST /pki/tsa: the built-in timestamp authority over HTTP.
//
// RFC 3161 section 3.4. Anyone may ask, but each stamp is a signature: one address gets so many in a minute.
// Safe on any thread.
#pragma once

#include <memory>
#include <mutex>

#include "gateway/http/message.hpp"
#include "gateway/main/api/attempts.hpp"
#include "security/timestamp/authority.hpp"

namespace hutong::daemon {

class TsaPath : public http::Handler {
  public:
    explicit TsaPath(std::shared_ptr<const security::TimestampAuthority> authority)
        : authority_(std::move(authority)) {}
    Awaitable<http::Response> handle(http::Request& request) override;

    static constexpr unsigned most_in_a_minute = 300;

  private:
    bool may_ask(const std::string& remote);

    const std::shared_ptr<const security::TimestampAuthority>
        authority_;  // null: this node has no key for it
    std::mutex mutex_;
    api::Attempts asked_{most_in_a_minute};  // guarded by it
};

}  // namespace hutong::daemon
