// A stage of the pipeline: one look at the request on its way down, one at the response on its way up, and
// two while the request is still being read.
//
// Down the list goes request(). The stage that reads the message (stages/read_message.hpp) is one of them,
// and from inside its request() it calls at_header() of every stage in the order of the list, later
// at_operation() of every stage: so a caller who may not call is known before the rest of the message has
// cost anything. What these two leave to do comes in the stage's own request(), when the whole message is
// there and verified.
//
// Stages are made once, used by all data threads at once and keep no state of a call but in its Exchange. The
// two moments may come on a thread of a pool, but never at the same time as anything else of that call; they
// must not block.
#pragma once

#include <optional>
#include <string_view>

#include "base/asio.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace hutong::gateway {

class Stage {
  public:
    virtual ~Stage() = default;
    virtual std::string_view name() const = 0;

    // The Header has been read: message.layout has its blocks. In signed services the signature over
    // SignedInfo is good, and so are the parts of the Header that it covers (claims); the Body's bytes may
    // still turn out to be others than those that were signed, and then the call is refused as not verified.
    virtual std::optional<Refusal> at_header(Exchange&) { return std::nullopt; }

    // The Body's first child is known: message.layout.operation, empty where there is none.
    virtual std::optional<Refusal> at_operation(Exchange&) { return std::nullopt; }

    // Empty: the call goes on to the next stage.
    virtual Awaitable<std::optional<Refusal>> request(Exchange&) { co_return std::nullopt; }

    // Called for every call, from the last stage to the first, however far its request came; a refusal has
    // become `exchange.reply` by then. A refusal returned here replaces the reply for the stages still above.
    virtual Awaitable<std::optional<Refusal>> response(Exchange&) { co_return std::nullopt; }
};

}  // namespace hutong::gateway
