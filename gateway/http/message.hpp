// HTTP requests and responses as the gateway handles them; Beast stays inside this folder's .cpp files.
//
// RFC 9110, RFC 9112. A Request belongs to the coroutine that handles it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/asio.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "gateway/http/payload.hpp"

namespace hutong::http {

class Headers {
  public:
    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value);  // replaces all of that name
    void remove(std::string_view name);
    std::optional<std::string_view> find(std::string_view name) const;  // the first, case-insensitive
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

// A media type: lower-case type and parameters (RFC 9110 section 8.3.1).
struct MediaType {
    std::string type;                                             // "multipart/related"
    std::vector<std::pair<std::string, std::string>> parameters;  // names lower case
    std::string_view parameter(std::string_view name) const;      // empty when absent
};
Result<MediaType> parse_media_type(std::string_view text);

class Request {
  public:
    virtual ~Request() = default;
    std::string method;
    std::string path;   // percent-decoded once, starts with '/', no "." or ".." segments
    std::string query;  // raw, without '?'
    Headers headers;
    std::string remote;  // address:port
    bool tls{false};
    std::vector<Bytes> client_certificates;  // DER, as the TLS client presented; the handshake proved the key
                                             // but trusts nobody: judging it is a stage's work

    // Gives the next bytes of the body (dechunked, gunzipped) to `into`, the same sink each time; false when
    // the body has ended. Errors: limit, timeout, invalid, the sink's; the connection is closed after an
    // error response. What is not read is drained or the connection closed.
    virtual Awaitable<Result<bool>> read_some(BodySink& into) = 0;
    // All of it.
    Awaitable<Result<void>> read_body(Payload& into);
};

struct Response {
    unsigned status{200};
    Headers headers;
    std::vector<Piece> body;
    std::shared_ptr<void> keep_alive;  // owns what the pieces refer to until they are sent
    bool close{false};                 // end the connection after this response
    std::uint64_t size() const;
};

Response text_response(unsigned status, std::string content_type, std::string text);

// A request that the server turned away by itself: a head with two readings, one that came too slowly, a body
// announced too large, a coding nobody takes.
struct TurnedAway {
    unsigned status{400};
    std::string reason;
    std::string path;  // empty where the head was not understood
    std::string remote;
};

class Handler {
  public:
    virtual ~Handler() = default;
    // Told of what never becomes a Request. Returns the incident id that the sender is given; may be empty.
    virtual std::string turned_away(const TurnedAway&) { return {}; }
    // Whether an escaped slash in this path, not decoded yet, belongs to what the path carries. Elsewhere it
    // is turned away, since two programs could read it differently.
    virtual bool takes_escaped_slashes(std::string_view) const { return false; }
    virtual Awaitable<Response> handle(Request& request) = 0;
};

}  // namespace hutong::http
