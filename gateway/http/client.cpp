#include "gateway/http/client.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/http/body_reader.hpp"
#include "gateway/http/body_writer.hpp"
#include "gateway/http/client_pool.hpp"
#include "gateway/http/coding.hpp"
#include "gateway/http/connector.hpp"
#include "gateway/http/text.hpp"

namespace hutong::http {

namespace {

constexpr std::size_t max_head_bytes = 64u << 10;
constexpr std::size_t first_read = 16u << 10;
constexpr unsigned max_interim = 16;  // 1xx responses before the real one

using Answer = boost::system::result<IncomingResponse, SendFailure>;

bool is_default_port(const Url& url) {
    return url.port == (url.scheme == "https" ? "443" : "80");
}

// Safe to repeat (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method) {
    static constexpr std::array<std::string_view, 6> methods{"GET",   "HEAD", "OPTIONS",
                                                             "TRACE", "PUT",  "DELETE"};
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool is_own_field(std::string_view name) {
    static constexpr std::array<std::string_view, 5> own{"host", "content-length", "transfer-encoding",
                                                         "connection", "keep-alive"};
    return std::any_of(own.begin(), own.end(),
                       [&](std::string_view field) { return same_ignoring_case(name, field); });
}

// The request's head; refused when something in it could begin a line of its own.
Result<std::string> make_head(const Url& url, const OutgoingRequest& request) {
    const auto bad_in_target = [](char c) { return c <= 0x20 || c == 0x7f; };
    if (!is_token(request.method)) return invalid("the request's method is not a token");
    if (url.target.empty() || std::any_of(url.target.begin(), url.target.end(), bad_in_target)) {
        return invalid("the request's target holds a character that must be percent-encoded");
    }
    const bool is_v6 = url.host.find(':') != std::string::npos;
    std::string head = request.method + " " + url.target + " HTTP/1.1\r\nHost: ";
    head += is_v6 ? "[" + url.host + "]" : url.host;
    if (!is_default_port(url)) head += ":" + url.port;
    head += "\r\n";
    for (const auto& [name, value] : request.headers.all()) {
        if (!is_token(name) || !is_field_value(value)) {
            return invalid("the request's header field '" + name.substr(0, 64) +
                           "' cannot stand on one line");
        }
        if (!is_own_field(name)) head.append(name).append(": ").append(value).append("\r\n");
    }
    std::uint64_t size = 0;
    for (const Piece& piece : request.body) size += piece.size();
    if (size > 0 || !is_idempotent(request.method))
        head += "Content-Length: " + std::to_string(size) + "\r\n";
    head += "\r\n";
    return head;
}

// What happened in one try on one connection.
struct Try {
    Error error;
    bool sent_nothing{false};  // not a byte of the request left this machine
    bool cut_off{false};       // the backend closed before a byte of its response
};

using TryResult = boost::system::result<IncomingResponse, Try>;

[[noreturn, maybe_unused]] void throw_exception_from_error(const Try& failed, const boost::source_location&) {
    throw Failure(failed.error);
}

// One request and its response on one connection.
class Exchange {
  public:
    Exchange(ClientConnection& connection, const config::Backend& options, const OutgoingRequest& request)
        : connection_(connection),
          options_(options),
          head_request_(request.method == "HEAD"),
          end_(request.end) {}

    Awaitable<TryResult> run(std::string_view head, std::span<const Piece> body, Payload into) {
        Stream& stream = connection_.stream;
        stream.set_end(end_);
        const Transfer sent = co_await send_message(stream, head, body, options_.response_timeout);
        if (sent.error == asio::error::no_data) {
            co_return Try{unavailable("the message's spooled body cannot be read back"), sent.bytes == 0,
                          false};
        }
        // A backend may answer and close before it has read everything: look for that answer.
        if (sent.error && sent.bytes == 0) co_return Try{lost(sent.error), true, true};
        deadline_ = now() + (sent.error ? milliseconds(500) : options_.response_timeout);
        IncomingResponse response;
        response.body = std::move(into);
        std::optional<WireReader> reader;
        if (auto failed = co_await read_head(reader)) co_return *failed;
        if (auto failed = co_await read_body(*reader, response)) co_return *failed;
        reusable_ = !sent.error && head_.keep_alive && reader->done() && connection_.buffer.empty();
        co_return std::move(response);
    }
    bool reusable() const { return reusable_; }

  private:
    Error lost(const ErrorCondition& why) const {
        if (why == asio::error::timed_out && now() >= end_)
            return {ErrorCode::timeout, "the answer was not complete in time"};
        if (why == asio::error::timed_out) {
            return {ErrorCode::timeout, "the backend did not answer within " +
                                            std::to_string(options_.response_timeout.count()) +
                                            " ms (backend.response_timeout)"};
        }
        if (why == asio::error::eof)
            return unavailable("the backend closed the connection without an answer");
        return unavailable("the connection to the backend was lost: " + why.message());
    }

    // The final response's head, past any 1xx.
    Awaitable<std::optional<Try>> read_head(std::optional<WireReader>& reader) {
        ReadBuffer& buffer = connection_.buffer;
        const auto kind = head_request_ ? WireReader::Kind::response_to_head : WireReader::Kind::response;
        for (unsigned interim = 0; interim <= max_interim; ++interim) {
            std::size_t length = 0;
            for (std::size_t searched = 0; length == 0;) {
                if ((length = head_length(buffer.data(), searched)) > 0) break;
                searched = buffer.data().size();
                if (searched >= max_head_bytes)
                    co_return Try{invalid("the backend's response header is too large")};
                if (!could_be_http(buffer.data()))
                    co_return Try{invalid("the backend's answer is not HTTP/1.1")};
                const auto room = buffer.prepare(searched < first_read ? first_read : max_head_bytes);
                connection_.stream.set_deadline(deadline_);
                const Transfer got = co_await connection_.stream.read_some(room.data(), room.size());
                buffer.commit(got.bytes);
                if (!got.error) continue;
                if (buffer.empty() && interim == 0) {
                    co_return Try{lost(got.error), false, got.error != asio::error::timed_out};
                }
                if (got.error == asio::error::timed_out) co_return Try{lost(got.error)};
                co_return Try{invalid("the backend's answer ends in the middle of its header")};
            }
            head_ = Head();
            reader.emplace(kind, max_head_bytes);
            if (const auto bad = reader->head(buffer.data().substr(0, length), head_)) {
                co_return Try{invalid("the backend's answer is malformed: " + bad->text)};
            }
            buffer.consume(length);
            if (head_.status >= 200) co_return std::nullopt;
            if (head_.status == 101) break;
        }
        co_return Try{invalid("the backend's answer has no final status")};
    }

    static bool could_be_http(std::string_view begin) {
        static constexpr std::string_view name = "HTTP/1.";
        const std::size_t size = std::min(begin.size(), name.size());
        return begin.substr(0, size) == name.substr(0, size);
    }

    Awaitable<std::optional<Try>> read_body(WireReader& reader, IncomingResponse& response) {
        response.status = head_.status;
        response.headers = std::move(head_.headers);
        if (reader.done()) co_return std::nullopt;
        const auto coding = coding_of(response.headers);
        if (!coding)
            co_return Try{invalid("the backend's answer has a Content-Encoding other than gzip and deflate")};
        PayloadSink sink(response.body);
        BodyCollector collector(sink, *coding, {options_.max_response_bytes, 0});
        const Pace pace{never, 0, options_.response_timeout};
        auto read = co_await BodyReader(connection_.stream, connection_.buffer, reader, pace).all(collector);
        if (read.has_value()) read = collector.finish();
        if (read.has_error()) co_return Try{read.error().at("the backend's answer")};
        if (*coding != Coding::identity) {
            response.headers.remove("Content-Encoding");
            response.headers.remove("Content-Length");
        }
        response.headers.remove("Transfer-Encoding");
        co_return std::nullopt;
    }

    ClientConnection& connection_;
    const config::Backend& options_;
    const bool head_request_;
    const Instant end_;
    Instant deadline_{never};
    Head head_;
    bool reusable_{false};
};

IpAddress bytes_of(const asio::ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

}  // namespace

void throw_exception_from_error(const SendFailure& failure, const boost::source_location&) {
    throw Failure(failure.error);
}

struct Client::State {
    State(asio::io_context& where, const config::Backend& backend, std::uint64_t buffer,
          std::filesystem::path spool, AddressRule rule)
        : context(where),
          options(backend),
          buffer_bytes(buffer),
          spool_folder(std::move(spool)),
          may_connect(std::move(rule)),
          keeper(std::make_shared<Timekeeper>(where)),
          pool(std::make_shared<ClientPool>(where, backend)) {}

    Awaitable<Result<void>> open(ClientPool::Lease& lease, const Url& url, Instant deadline);
    Awaitable<Answer> send(const Url& url, const OutgoingRequest& request);

    asio::io_context& context;
    config::Backend options;
    std::uint64_t buffer_bytes;
    std::filesystem::path spool_folder;
    AddressRule may_connect;
    std::shared_ptr<Timekeeper> keeper;
    std::shared_ptr<ClientPool> pool;
    TlsContext tls;  // made at the first https call
};

// Fills an empty lease with a new connection.
Awaitable<Result<void>> Client::State::open(ClientPool::Lease& lease, const Url& url, Instant deadline) {
    const bool secure = url.scheme == "https";
    if (secure && !tls) {
        auto made = client_tls(options.ca_file);
        if (made.has_error()) co_return made.error();
        tls = std::move(*made);
    }
    auto addresses = co_await resolve(context, url.host, url.port, deadline);
    if (addresses.has_error()) co_return addresses.error();
    if (may_connect) {
        const std::string first = addresses->empty() ? "" : addresses->front().address().to_string();
        std::erase_if(*addresses, [&](const auto& one) { return !may_connect(bytes_of(one.address())); });
        if (addresses->empty() && !first.empty())
            co_return refused("its address " + first + " is not one that may be connected to");
    }
    auto socket = co_await connect(context, keeper, *addresses, deadline);
    if (socket.has_error()) co_return socket.error();
    lease.connection = std::make_unique<ClientConnection>(std::move(*socket), keeper);
    if (!secure) co_return Result<void>{};

    Stream& stream = lease.connection->stream;
    stream.use(connect_session(tls, stream.native_handle(), url.host));
    stream.set_deadline(deadline);
    const ErrorCondition failed = co_await stream.handshake();
    if (!failed) co_return Result<void>{};
    const std::string what = "TLS with " + url.host + " failed: ";
    if (failed == asio::error::timed_out) co_return Error{ErrorCode::timeout, what + "it took too long"};
    const bool by_protocol = failed == boost::system::errc::protocol_error;
    co_return unavailable(what + (by_protocol ? last_tls_error(stream.tls()) : failed.message()));
}

Awaitable<Answer> Client::State::send(const Url& url, const OutgoingRequest& request) {
    const auto head = make_head(url, request);
    if (head.has_error()) co_return SendFailure{head.error(), false};
    const std::string endpoint = url.host + ":" + url.port;
    for (bool fresh = false;; fresh = true) {
        const Instant deadline = std::min(now() + options.connect_timeout, request.end);
        auto lease = co_await pool->acquire(url, fresh, deadline);
        if (lease.has_error()) co_return SendFailure{lease.error(), false};
        if (!lease->connection) {
            const auto opened = co_await open(*lease, url, deadline);
            if (opened.has_error()) co_return SendFailure{opened.error().at(endpoint), false};
        }
        Exchange exchange(*lease->connection, options, request);
        auto result = co_await exchange.run(*head, request.body, Payload(buffer_bytes, spool_folder));
        if (result.has_value()) {
            if (exchange.reusable()) lease->keep();
            co_return std::move(*result);
        }
        const Try& failed = result.error();
        // A kept connection that the backend closed meanwhile says nothing about the backend. Once bytes have
        // left, only a request that may be repeated goes again.
        const bool stale = lease->connection->reused && failed.cut_off;
        const bool repeat = stale && (failed.sent_nothing || is_idempotent(request.method));
        if (!repeat) co_return SendFailure{failed.error.at(endpoint), !failed.sent_nothing};
    }
}

Client::Client(asio::io_context& context, const config::Backend& options, std::uint64_t buffer_bytes,
               std::filesystem::path spool_folder, AddressRule may_connect)
    : state_(std::make_shared<State>(context, options, buffer_bytes, std::move(spool_folder),
                                     std::move(may_connect))) {}

Client::~Client() {
    state_->pool->close();
}

Awaitable<boost::system::result<IncomingResponse, SendFailure>> Client::send(const Url& url,
                                                                             OutgoingRequest request) {
    const auto state = state_;  // the call may outlive the client
    const Url to = url;
    co_return co_await state->send(to, request);
}

}  // namespace hutong::http
