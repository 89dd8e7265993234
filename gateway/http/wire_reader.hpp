// One HTTP/1.1 message off the wire: head, then body, parsed by Beast behind this plain face.
//
// Beast parses; the framing rules it is lenient about are checked here, because two programs that disagree on
// where a message ends are how requests are smuggled (RFC 9112 sections 2.2, 5.2, 6.3, 11.2). One reader per
// message.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "gateway/http/message.hpp"

namespace hutong::http {

// Why a message is not taken, as HTTP says it.
struct Refusal {
    unsigned status{400};
    std::string text;
};

struct Head {
    std::string method;  // requests
    std::string target;
    unsigned status{0};  // responses
    bool http11{true};
    Headers headers;
    bool keep_alive{false};
    bool has_body{false};
    std::optional<std::uint64_t> content_length;
};

// The length of the head with its empty line, or 0 when it is not complete. `from`: where the last search
// ended.
std::size_t head_length(std::string_view bytes, std::size_t from);

class WireReader {
  public:
    enum class Kind { request, response, response_to_head };
    WireReader(Kind kind, std::size_t max_head_bytes);
    ~WireReader();

    // `text`: exactly the head. Nothing returned: it is good.
    std::optional<Refusal> head(std::string_view text, Head& head);
    // Takes what it can of `bytes` and returns how much; the rest comes again with more behind it, or belongs
    // to the next message when done(). Errors: invalid, and whatever the sink returns.
    Result<std::size_t> body(std::string_view bytes, BodySink& sink);
    // The connection ended in order: error when that cuts the message.
    Result<void> end();
    bool done() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hutong::http
