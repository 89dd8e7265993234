#include "gateway/http/connection.hpp"

#include "gateway/http/body_reader.hpp"
#include "gateway/http/coding.hpp"
#include "gateway/http/target.hpp"
#include "gateway/http/text.hpp"

namespace hutong::http {

namespace {

constexpr std::size_t first_read = 8u << 10;
constexpr std::uint64_t worth_discarding = 64u << 10;  // unread rest of a body; beyond it closing is cheaper
constexpr milliseconds warm{1000};                     // how long an idle connection keeps its buffer
constexpr milliseconds linger{2000};

class Discard final : public BodySink {
  public:
    Result<void> take(std::string_view bytes) override {
        left_ -= std::min<std::uint64_t>(left_, bytes.size());
        if (left_ == 0) return Error{ErrorCode::limit, "too much to discard"};
        return {};
    }

  private:
    std::uint64_t left_{worth_discarding + 1};
};

}  // namespace

class Connection::Call final : public Request {
  public:
    explicit Call(Connection& owner)
        : owner_(owner), reader_(WireReader::Kind::request, owner.limits().max_header_bytes) {}

    std::optional<Refusal> take_head(std::string_view text);
    Awaitable<Result<bool>> read_some(BodySink& into) override;
    // Makes the connection ready for the next request.
    Awaitable<bool> discard_rest();

    // The body, or what is left of it, is small enough to be read away behind the response.
    bool can_keep_alive() const {
        if (reader_.done()) return !failed_;
        if (failed_ || expects_continue_) return false;
        return head_.content_length && *head_.content_length <= worth_discarding;
    }
    const Head& head() const { return head_; }

  private:
    std::optional<Refusal> judge();

    Connection& owner_;
    WireReader reader_;
    Head head_;
    Coding coding_{Coding::identity};
    bool expects_continue_{false};
    bool failed_{false};

    struct Reading {
        Reading(BodySink& into, Call& call, const config::Http& limits)
            : collector(into, call.coding_, {limits.max_body_bytes, limits.max_gzip_ratio}),
              reader(call.owner_.stream_, call.owner_.buffer_, call.reader_,
                     {now() + limits.body_timeout, limits.min_body_rate, milliseconds(0)}) {}
        BodyCollector collector;
        BodyReader reader;
    };
    std::optional<Reading> reading_;  // once the body has begun
};

std::optional<Refusal> Connection::Call::take_head(std::string_view text) {
    if (auto refusal = reader_.head(text, head_)) return refusal;
    method = std::move(head_.method);
    headers = std::move(head_.headers);
    return judge();
}

// What a well-formed head must fulfil before a handler sees it.
std::optional<Refusal> Connection::Call::judge() {
    const std::size_t hosts = headers.count("Host");
    if (hosts > 1 || (hosts == 0 && head_.http11)) return Refusal{400, "exactly one Host field is needed"};
    if (hosts == 1 && !headers.find("Host")->empty() && !is_authority(*headers.find("Host"))) {
        return Refusal{400, "the Host field names a bad host"};
    }
    auto target = parse_target(
        head_.target, [this](std::string_view raw) { return owner_.handler_.takes_escaped_slashes(raw); });
    if (target.has_error()) return Refusal{400, target.error().detail};
    if (!target->authority.empty())
        headers.set("Host", std::move(target->authority));  // RFC 9112 section 3.2.2
    path = std::move(target->path);
    query = std::move(target->query);

    if (head_.content_length.value_or(0) > owner_.limits().max_body_bytes) {
        return Refusal{
            413, "the body is larger than " + std::to_string(owner_.limits().max_body_bytes) + " bytes"};
    }
    const auto coding = coding_of(headers);
    if (!coding) return Refusal{415, "the only Content-Encoding values taken are gzip and deflate"};
    coding_ = *coding;
    if (const auto expect = headers.find("Expect"); expect && head_.http11) {
        if (!same_ignoring_case(*expect, "100-continue"))
            return Refusal{417, "the only Expect taken is 100-continue"};
        expects_continue_ = head_.has_body;
    }
    return std::nullopt;
}

Awaitable<Result<bool>> Connection::Call::read_some(BodySink& into) {
    if (failed_) co_return internal("the body could not be read");
    if (reader_.done()) co_return false;
    const config::Http& limits = owner_.limits();
    if (std::exchange(expects_continue_, false) && owner_.buffer_.empty()) {
        const std::array<std::string_view, 1> go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
        const Transfer sent = co_await owner_.stream_.write(go_on, limits.write_timeout);
        failed_ = sent.error.failed();
        if (failed_)
            co_return unavailable("the connection was lost before the body: " + sent.error.message());
    }
    if (!reading_) reading_.emplace(into, *this, limits);
    auto result = co_await reading_->reader.some(reading_->collector);
    if (result.has_value() && !*result) {
        if (const auto whole = reading_->collector.finish(); whole.has_error()) result = whole.error();
    }
    failed_ = result.has_error();
    owner_.stream_.set_deadline(never);
    co_return result;
}

Awaitable<bool> Connection::Call::discard_rest() {
    if (reader_.done()) co_return true;
    Discard sink;
    const Pace pace{now() + linger, 0, milliseconds(0)};
    const auto result = co_await BodyReader(owner_.stream_, owner_.buffer_, reader_, pace).all(sink);
    co_return result.has_value();
}

Connection::Connection(Socket socket, bool tls, std::string remote, Worker& worker,
                       std::shared_ptr<const Settings> settings, Handler& handler,
                       const std::atomic<bool>& draining)
    : worker_(worker),
      settings_(std::move(settings)),
      handler_(handler),
      draining_(draining),
      stream_(std::move(socket), worker.keeper),
      remote_(std::move(remote)),
      tls_(tls) {
    worker_.connections.insert(this);
}

Connection::~Connection() {
    worker_.connections.erase(this);
}

void Connection::drain() {
    if (phase_ == Phase::idle) stream_.stop();
}

void Connection::abort() {
    aborted_ = true;
    stream_.stop();
}

Awaitable<void> Connection::run() {
    if (tls_) {
        stream_.use(accept_session(settings_->tls, stream_.native_handle()));
        stream_.set_deadline(now() + limits().header_timeout);
        if (co_await stream_.handshake()) {
            stream_.close();
            co_return;
        }
        certificates_ = peer_certificates(stream_.tls());
    }
    for (bool again = true; again;) {  // step by step: GCC 12 miscompiles co_await in a compound condition
        again = co_await await_request();
        if (again) again = co_await read_head();
        if (again) again = co_await serve();
    }
    stream_.close();
}

// Waits for a request's first bytes. A quiet connection gives its buffers back after a moment.
Awaitable<bool> Connection::await_request() {
    if (!buffer_.empty()) co_return true;
    phase_ = Phase::idle;
    const Instant idle_end = now() + limits().idle_timeout;
    bool hot = buffer_.held();
    if (draining_) drain();
    for (;;) {
        ErrorCondition error;
        if (hot) {
            stream_.set_deadline(std::min(now() + warm, idle_end));
            const auto room = buffer_.prepare(first_read);
            const Transfer got = co_await stream_.read_some(room.data(), room.size());
            buffer_.commit(got.bytes);
            error = got.error;
            if (!error) break;
        } else {
            stream_.set_deadline(idle_end);
            error = co_await stream_.wait_readable();
            if (!error) break;
        }
        if (stream_.stopped() && !aborted_ && stream_.has_input()) {
            stream_.resume();  // a request crossed our decision to close: it gets its answer
            break;
        }
        if (!hot || error != asio::error::timed_out || now() >= idle_end) co_return false;
        hot = false;
        buffer_.release();
        std::string().swap(scratch_);
    }
    phase_ = Phase::busy;
    co_return true;
}

// Until the head is complete in the buffer.
Awaitable<bool> Connection::read_head() {
    stream_.set_deadline(now() + limits().header_timeout);
    const std::size_t max = limits().max_header_bytes;
    std::size_t searched = 0;
    std::string unknown;  // the path of a head that is not complete
    for (;;) {
        // Empty lines before a request are tolerated (RFC 9112 section 2.2).
        while (searched == 0 && buffer_.data().starts_with("\r\n")) buffer_.consume(2);
        head_size_ = head_length(buffer_.data(), searched);
        if (head_size_ > 0 && head_size_ <= max) co_return true;
        searched = buffer_.data().size();
        if (searched >= max) {
            Refusal too_large{431, "the header is larger than " + std::to_string(max) + " bytes"};
            co_await refuse(std::move(too_large), std::move(unknown));
            co_return false;
        }
        const auto room = buffer_.prepare(searched < first_read ? std::min(first_read, max) : max);
        const Transfer got = co_await stream_.read_some(room.data(), room.size());
        buffer_.commit(got.bytes);
        if (!got.error) continue;
        if (got.error == asio::error::timed_out && !buffer_.empty()) {
            Refusal too_slow{408, "the header did not arrive in time"};
            co_await refuse(std::move(too_slow), std::move(unknown));
        }
        co_return false;
    }
}

Awaitable<void> Connection::refuse(Refusal refusal, std::string path) {
    const TurnedAway what{refusal.status, refusal.text, std::move(path), remote_};
    const Response response = refusal_response(refusal, handler_.turned_away(what));
    ReplyTo to;
    to.close = true;
    const Transfer sent = co_await send_response(stream_, response, to, limits().write_timeout, scratch_);
    if (!sent.error) co_await stream_.finish(linger);
}

// One request and its response. False: the connection ends.
Awaitable<bool> Connection::serve() {
    Call call(*this);
    worker_.requests.fetch_add(1, std::memory_order_relaxed);
    const auto refusal = call.take_head(buffer_.data().substr(0, head_size_));
    buffer_.consume(head_size_);
    if (refusal) {
        co_await refuse(*refusal, call.path);
        co_return false;
    }
    call.remote = remote_;
    call.tls = tls_;
    call.client_certificates = certificates_;
    co_return co_await answer(call);
}

Awaitable<Response> Connection::ask_handler(Call& call) {
    try {
        co_return co_await handler_.handle(call);
    } catch (const std::exception&) {
        // What went wrong is for the handler to log; it is nothing for the wire.
        co_return refusal_response({500, "internal error"});
    }
}

Awaitable<bool> Connection::answer(Call& call) {
    stream_.set_deadline(never);
    const Response response = co_await ask_handler(call);
    ReplyTo to;
    to.head = call.method == "HEAD";
    to.http11 = call.head().http11;
    to.gzip = accepts_gzip(call.headers);
    to.close = response.close || draining_ || !call.head().keep_alive || !call.can_keep_alive();
    const Transfer sent = co_await send_response(stream_, response, to, limits().write_timeout, scratch_);
    if (sent.error) co_return false;
    if (to.close) {
        co_await stream_.finish(linger);
        co_return false;
    }
    co_return co_await call.discard_rest();
}

}  // namespace hutong::http
