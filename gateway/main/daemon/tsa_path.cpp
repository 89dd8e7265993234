#include "gateway/main/daemon/tsa_path.hpp"

#include "security/timestamp/timestamp.hpp"

namespace hutong::daemon {

namespace {

constexpr const char* plain = "text/plain; charset=utf-8";

// Takes no more than a query may have.
class QuerySink final : public http::BodySink {
  public:
    Result<void> take(std::string_view bytes) override {
        if (text.size() + bytes.size() > security::longest_timestamp)
            return Error{ErrorCode::limit, "a timestamp query of more than 64 KiB"};
        text.append(bytes);
        return {};
    }
    std::string text;
};

}  // namespace

bool TsaPath::may_ask(const std::string& remote) {
    const std::lock_guard lock(mutex_);
    return asked_.may_try(remote.substr(0, remote.rfind(':')), system_clock().now());
}

Awaitable<http::Response> TsaPath::handle(http::Request& request) {
    if (request.method != "POST") {
        http::Response refusal =
            http::text_response(405, plain, "send a timestamp query by POST (RFC 3161)\n");
        refusal.headers.add("Allow", "POST");
        co_return refusal;
    }
    const auto type = http::parse_media_type(request.headers.find("Content-Type").value_or(""));
    if (!type || type->type != "application/timestamp-query")
        co_return http::text_response(415, plain,
                                      "send application/timestamp-query (RFC 3161 section 3.4)\n");
    const auto authority = newest_();
    if (!authority) co_return http::text_response(503, plain, "this node has no key for timestamps\n");
    if (!may_ask(request.remote)) {
        http::Response refusal = http::text_response(
            429, plain, "too many timestamp queries from this address; try again in a minute\n");
        refusal.headers.add("Retry-After", "60");
        refusal.close = true;  // the query was not read
        co_return refusal;
    }
    QuerySink query;
    for (bool more = true; more;) {
        const Result<bool> read = co_await request.read_some(query);
        if (!read) {
            http::Response refusal = http::text_response(413, plain, read.error().detail + "\n");
            refusal.close = true;
            co_return refusal;
        }
        more = *read;
    }
    auto sign = [&authority, &query] {
        return authority->answer(as_bytes(query.text), system_clock().now());
    };
    const auto answer = co_await run_on(signing_, std::move(sign));
    if (!answer) co_return http::text_response(503, plain, "this node cannot stamp at the moment\n");
    co_return http::text_response(200, "application/timestamp-reply", std::string(as_text(*answer)));
}

}  // namespace hutong::daemon
