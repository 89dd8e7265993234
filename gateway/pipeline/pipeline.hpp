// Runs a call through the ordered list of stages and back.
//
// Made once at start; may be used on all data threads at once.
#pragma once

#include <memory>
#include <vector>

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class Pipeline {
  public:
    explicit Pipeline(std::vector<std::unique_ptr<Stage>> stages) : stages_(std::move(stages)) {}

    // Down until a stage refuses or the last one has answered, then up through every stage. After it,
    // exchange.reply is what goes to the caller. An exception of a stage becomes a Server fault.
    Awaitable<void> run(Exchange& exchange) const;

    // For the stage that reads: these moments of all stages, until one refuses.
    std::optional<Refusal> at_header(Exchange& exchange) const { return moment(&Stage::at_header, exchange); }
    std::optional<Refusal> at_operation(Exchange& exchange) const {
        return moment(&Stage::at_operation, exchange);
    }

  private:
    using Moment = std::optional<Refusal> (Stage::*)(Exchange&);
    std::optional<Refusal> moment(Moment which, Exchange& exchange) const;

    std::vector<std::unique_ptr<Stage>> stages_;
};

}  // namespace hutong::gateway
