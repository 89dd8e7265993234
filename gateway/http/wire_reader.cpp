#include "gateway/http/wire_reader.hpp"

#include <cstring>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "gateway/http/text.hpp"

namespace hutong::http {

namespace beast_http = boost::beast::http;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;

namespace {

std::string_view view(BeastView text) {
    return {text.data(), text.size()};
}

// Beast asserts that once it has seen the last chunk's size the whole of it is there when it is asked again.
// That can fail only of a body that has no other chunk; it has nothing to say of such a part anyway.
bool is_part_of_last_chunk(std::string_view bytes) {
    return bytes == "00\r\n" || (bytes.size() < 5 && bytes.starts_with("0\r\n"));
}

// What both directions of Beast's parser call back.
template <bool is_request>
class Parser final : public beast_http::basic_parser<is_request> {
  public:
    Head* head{nullptr};
    BodySink* sink{nullptr};
    Result<void> sunk;

  private:
    using Size = boost::optional<std::uint64_t>;

    void on_request_impl(beast_http::verb, BeastView method, BeastView target, int version,
                         BeastError&) override {
        head->method = view(method);
        head->target = view(target);
        head->http11 = version == 11;
    }
    void on_response_impl(int status, BeastView, int version, BeastError&) override {
        head->status = static_cast<unsigned>(status);
        head->http11 = version == 11;
    }
    void on_field_impl(beast_http::field, BeastView name, BeastView value, BeastError&) override {
        // Fields behind a chunked body are dropped (RFC 9110 section 6.5.1): merged, they could forge the
        // head's.
        if (head != nullptr) head->headers.add(std::string(view(name)), std::string(view(value)));
    }
    void on_header_impl(BeastError&) override {}
    void on_body_init_impl(const Size&, BeastError&) override {}
    std::size_t on_body_impl(BeastView bytes, BeastError& error) override {
        sunk = sink->take(view(bytes));
        if (sunk.has_error()) error = make_error_code(boost::system::errc::operation_canceled);
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, BeastError& error) override {
        return on_body_impl(bytes, error);
    }
    void on_finish_impl(BeastError&) override {}
};

// Line ends are CRLF and nothing else; no line continues the one before; no NUL.
std::optional<Refusal> check_lines(std::string_view text) {
    if (std::memchr(text.data(), '\0', text.size()) != nullptr)
        return Refusal{400, "the header holds a NUL byte"};
    for (std::size_t at = 0; (at = text.find_first_of("\r\n", at)) != std::string_view::npos; at += 2) {
        if (text.compare(at, 2, "\r\n") != 0) return Refusal{400, "a header line does not end in CR LF"};
        if (at + 2 < text.size() && (text[at + 2] == ' ' || text[at + 2] == '\t')) {
            return Refusal{400, "a header line is folded"};
        }
    }
    return std::nullopt;
}

// Exactly one way to tell the length of the body.
std::optional<Refusal> check_framing(const Head& head, bool is_request) {
    const Headers& headers = head.headers;
    const std::size_t encodings = headers.count("Transfer-Encoding");
    const std::size_t lengths = headers.count("Content-Length");
    if (encodings > 0 && lengths > 0)
        return Refusal{400, "both Content-Length and Transfer-Encoding are given"};
    if (lengths > 1 && is_request) return Refusal{400, "Content-Length is given twice"};
    if (lengths == 1) {
        const std::string_view length = *headers.find("Content-Length");
        if (length.empty() || length.size() > 19 || !std::all_of(length.begin(), length.end(), is_digit)) {
            return Refusal{400, "Content-Length is not a number"};
        }
    }
    if (encodings == 0) return std::nullopt;
    if (!head.http11) return Refusal{400, "Transfer-Encoding in an HTTP/1.0 message"};
    if (encodings > 1 || !same_ignoring_case(*headers.find("Transfer-Encoding"), "chunked")) {
        return Refusal{501, "the only Transfer-Encoding taken is chunked"};
    }
    return std::nullopt;
}

Refusal from_beast(const BeastError& code) {
    using beast_http::error;
    if (code == make_error_code(error::header_limit)) return {431, "the header is too large"};
    if (code == make_error_code(error::bad_version))
        return {505, "the protocol version is not HTTP/1.0 or HTTP/1.1"};
    return {400, "not a good HTTP message: " + code.message()};
}

}  // namespace

struct WireReader::State {
    virtual ~State() = default;
    virtual std::optional<Refusal> head(std::string_view text, Head& head) = 0;
    virtual Result<std::size_t> body(std::string_view bytes, BodySink& sink) = 0;
    virtual Result<void> end() = 0;
    virtual bool done() const = 0;

    template <bool is_request>
    class Of;
};

template <bool is_request>
class WireReader::State::Of final : public State {
  public:
    Of(std::size_t max_head_bytes, bool skip_body) {
        parser_.header_limit(static_cast<std::uint32_t>(max_head_bytes + 1));  // Beast's limit is exclusive
        parser_.body_limit(boost::none);  // limits are the sink's, which knows both sizes of a gzip body
        if (skip_body) parser_.skip(true);
    }

    std::optional<Refusal> head(std::string_view text, Head& head) override {
        if (auto refusal = check_lines(text)) return refusal;
        parser_.head = &head;
        BeastError error;
        const std::size_t used = parser_.put(boost::asio::buffer(text.data(), text.size()), error);
        parser_.head = nullptr;
        // Said in our own words where Beast gives one code for several reasons.
        if (auto refusal = check_framing(head, is_request)) return refusal;
        if (error) return from_beast(error);
        if (used != text.size() || !parser_.is_header_done())
            return Refusal{400, "the header does not end where it seems to"};
        head.keep_alive = parser_.keep_alive();
        head.has_body = !parser_.is_done();
        if (const auto length = parser_.content_length()) head.content_length = *length;
        parser_.eager(true);
        return std::nullopt;
    }

    Result<std::size_t> body(std::string_view bytes, BodySink& sink) override {
        if (parser_.chunked() && !begun_ && is_part_of_last_chunk(bytes)) return std::size_t{0};
        parser_.sink = &sink;
        BeastError error;
        const std::size_t used = parser_.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        if (parser_.sunk.has_error()) return parser_.sunk.error();
        if (error && error != make_error_code(beast_http::error::need_more)) {
            return invalid("the chunked body is malformed: " + error.message());
        }
        begun_ = begun_ || used > 0;
        return used;
    }

    Result<void> end() override {
        BeastError error;
        parser_.put_eof(error);
        if (error) return invalid("the connection ended in the middle of the message");
        return {};
    }

    bool done() const override { return parser_.is_done(); }

  private:
    Parser<is_request> parser_;
    bool begun_{false};  // some of the body was taken
};

std::size_t head_length(std::string_view bytes, std::size_t from) {
    const std::size_t end = bytes.find("\r\n\r\n", from > 3 ? from - 3 : 0);
    return end == std::string_view::npos ? 0 : end + 4;
}

WireReader::WireReader(Kind kind, std::size_t max_head_bytes) {
    if (kind == Kind::request) {
        state_ = std::make_unique<State::Of<true>>(max_head_bytes, false);
    } else {
        state_ = std::make_unique<State::Of<false>>(max_head_bytes, kind == Kind::response_to_head);
    }
}

WireReader::~WireReader() = default;

std::optional<Refusal> WireReader::head(std::string_view text, Head& head) {
    return state_->head(text, head);
}
Result<std::size_t> WireReader::body(std::string_view bytes, BodySink& sink) {
    return state_->body(bytes, sink);
}
Result<void> WireReader::end() {
    return state_->end();
}
bool WireReader::done() const {
    return state_->done();
}

}  // namespace hutong::http
