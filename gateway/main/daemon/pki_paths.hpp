// /pki/ca.pem and /pki/crl/{ca}.crl, from the newest catalogue: what a caller needs to check our
// certificates. And /pki/encryption.pem, /pki/encryption-sm2.pem: this node's certificates to encrypt
// messages for.
//
// RFC 5280, RFC 2585 section 4 (media types). Safe on any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "gateway/http/message.hpp"
#include "registry/model/entities.hpp"

namespace hutong::daemon {

class PkiPaths : public http::Handler {
  public:
    using Newest = std::function<std::shared_ptr<const registry::Catalogue>()>;  // may give nullptr

    PkiPaths(Newest newest, std::filesystem::path encryption_chain,
             std::filesystem::path sm2_encryption_chain)
        : newest_(std::move(newest)),
          encryption_chain_(std::move(encryption_chain)),
          sm2_encryption_chain_(std::move(sm2_encryption_chain)) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    Newest newest_;
    const std::filesystem::path encryption_chain_;
    const std::filesystem::path sm2_encryption_chain_;
};

}  // namespace hutong::daemon
