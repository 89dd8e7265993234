// The JSON API below /api/v1: sign-in, and the very commands of the administration table with the same
// duties.
//
// Over HTTPS, or, where configured, from this machine over HTTP. A session is a cookie that no script can
// read and no other site can send, together with the header X-Hutong-Csrf on what changes anything; or a
// bearer token. Of who has none the body is not read. handle() runs on any thread and does its work on the
// control executor; what is referred to outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/config/config.hpp"
#include "gateway/http/message.hpp"
#include "gateway/main/admin/commands.hpp"
#include "gateway/main/api/attempts.hpp"

namespace hutong::api {

class Api : public http::Handler {
  public:
    Api(asio::any_io_executor control, admin::Commands& commands, const config::Officers& options);
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    // What a request came with, once it is taken off the wire.
    struct Asked {
        std::string method, path, remote, token;
        std::string certificate;  // thumbprint of the TLS client's
        bool by_cookie{false};
        bool tls{false};
        bool from_another_site{false};
        std::string csrf;
        std::string if_match;  // RFC 9110 section 13.1.1, without its quotes: an argument "if_match"
        std::string command;   // what the path means; empty: nothing
        admin::Caller caller;
        boost::json::object body;
        bool is_sign_in() const { return path == "/api/v1/session" && method == "POST"; }
    };
    static std::shared_ptr<Asked> asked_in(const http::Request& request);
    // Who asks, before any of the body is read; a response, when that ends it.
    Awaitable<std::optional<http::Response>> admit(std::shared_ptr<Asked> asked);
    Awaitable<Result<void>> look_up_session(std::shared_ptr<Asked> asked);
    // What is not let in is journaled, in the name of whoever is known by then; `status` 0: the error's own.
    Awaitable<http::Response> refuse(std::shared_ptr<Asked> asked, Error reason, unsigned status = 0);
    Awaitable<http::Response> refuse_from_outside(std::shared_ptr<Asked> asked, Error reason);
    Awaitable<http::Response> sign_in(std::shared_ptr<Asked> asked);
    Awaitable<http::Response> command(std::shared_ptr<Asked> asked);

    asio::any_io_executor control_;
    admin::Commands& commands_;
    const config::Officers& options_;
    Attempts attempts_;          // control thread only
    const std::string openapi_;  // the document never changes
};

}  // namespace hutong::api
