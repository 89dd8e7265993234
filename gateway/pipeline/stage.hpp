// A stage of the pipeline: one look at the request on its way down, one at the response on its way up.
//
// Stages are made once, used by all data threads at once and keep no state of a call but in its Exchange.
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

    // Empty: the call goes on to the next stage.
    virtual Awaitable<std::optional<Refusal>> request(Exchange&) { co_return std::nullopt; }

    // Called for every call, from the last stage to the first, however far its request came; a refusal has
    // become `exchange.reply` by then. A refusal returned here replaces the reply for the stages still above.
    virtual Awaitable<std::optional<Refusal>> response(Exchange&) { co_return std::nullopt; }
};

}  // namespace hutong::gateway
