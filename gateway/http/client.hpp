// The HTTP client to backends: keep-alive pools per endpoint, timeouts, DNS, TLS with verification.
//
// One Client per io_context (no locks); use it only from that context's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/system/result.hpp>

#include "base/addresses.hpp"
#include "base/config/config.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/timekeeper.hpp"

namespace hutong::http {

struct Url {
    std::string scheme;  // http | https
    std::string host;
    std::string port;
    std::string target;  // path and query, starts with '/'
};
Result<Url> parse_url(std::string_view text);

struct OutgoingRequest {
    std::string method{"POST"};
    Headers headers;  // Host, Content-Length and Connection are set by the client
    std::vector<Piece> body;
    // When the answer must be here, all of it, however the other side keeps moving: the options bound a
    // standstill only.
    Instant end{never};
};

struct IncomingResponse {
    unsigned status{0};
    Headers headers;
    Payload body;  // dechunked, gunzipped
};

struct SendFailure {
    Error error;                  // unavailable, timeout, limit, invalid, refused
    bool may_have_reached{true};  // false: the backend cannot have seen the request, so another may be tried
};

[[noreturn]] void throw_exception_from_error(const SendFailure&, const boost::source_location&);

// Which addresses may be connected to: asked of what a name has been resolved to, right before the
// connection.
using AddressRule = std::function<bool(const IpAddress&)>;

class Client {
  public:
    // Without a rule every address will do. Where none of a host's addresses may be connected to, the error
    // is refused.
    Client(asio::io_context& context, const config::Backend& options, std::uint64_t buffer_bytes,
           std::filesystem::path spool_folder, AddressRule may_connect = {});
    ~Client();
    Awaitable<boost::system::result<IncomingResponse, SendFailure>> send(const Url& url,
                                                                         OutgoingRequest request);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace hutong::http
