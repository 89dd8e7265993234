// /pki/ocsp: says by OCSP whether a certificate of ours is good, to anyone who asks.
//
// RFC 6960, RFC 5019: POST, and GET with the question as base64 behind the slash. Any node answers with what
// was signed ahead; the node with the CA also signs what nobody asked about yet, answers with the asker's
// nonce (so many in a second, beyond that without), and says `unknown` for numbers it never gave. Safe on any
// thread: what is not remembered is looked up on the control thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "gateway/http/message.hpp"
#include "registry/model/entities.hpp"
#include "security/pki/register.hpp"

namespace hutong::daemon {

class OcspPath : public http::Handler {
  public:
    using Newest = std::function<std::shared_ptr<const registry::Catalogue>()>;  // may give nullptr

    // `authorities`: null, when this node has no CA; used on `control` only.
    OcspPath(Newest newest, security::CertificateRegister& certificates,
             const security::Authorities* authorities, asio::any_io_executor control)
        : newest_(std::move(newest)),
          certificates_(certificates),
          authorities_(authorities),
          control_(std::move(control)) {}
    Awaitable<http::Response> handle(http::Request& request) override;
    // The base64 behind the slash; clients escape what RFC 6960 appendix A.1 tells them to.
    bool takes_escaped_slashes(std::string_view) const override { return true; }

  private:
    using Answer = security::OcspAnswer;

    Awaitable<http::Response> answer(Bytes der);
    Awaitable<Result<Answer>> look_up(security::OcspQuestion question);
    Awaitable<Result<Answer>> sign(std::shared_ptr<const security::Authority> authority,
                                   security::OcspQuestion question);
    std::shared_ptr<const security::Authority> asked_authority(const security::OcspQuestion& question) const;
    bool may_sign_now();

    // Answers as of one generation; a revocation raises it.
    std::optional<Answer> remembered(const std::string& key, std::uint64_t generation);
    void remember(const std::string& key, std::uint64_t generation, const Answer& answer);

    Newest newest_;
    security::CertificateRegister& certificates_;
    const security::Authorities* authorities_;
    asio::any_io_executor control_;

    std::mutex mutex_;  // guards what follows
    std::uint64_t generation_{0};
    std::unordered_map<std::string, Answer> answers_;

    std::int64_t second_{0};  // control thread only
    unsigned signed_in_second_{0};
};

}  // namespace hutong::daemon
