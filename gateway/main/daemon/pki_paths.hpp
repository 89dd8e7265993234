// /pki/ca.pem and /pki/crl/{ca}.crl, from the newest catalogue: what a caller needs to check our
// certificates.
//
// RFC 5280, RFC 2585 section 4 (media types). Safe on any thread.
#pragma once

#include <functional>
#include <memory>

#include "gateway/http/message.hpp"
#include "registry/model/entities.hpp"

namespace hutong::daemon {

class PkiPaths : public http::Handler {
  public:
    using Newest = std::function<std::shared_ptr<const registry::Catalogue>()>;  // may give nullptr

    explicit PkiPaths(Newest newest) : newest_(std::move(newest)) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    Newest newest_;
};

}  // namespace hutong::daemon
