// Runs a call through the ordered list of stages and back.
//
// Made once at start; run() may be called on all data threads at once.
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

  private:
    std::vector<std::unique_ptr<Stage>> stages_;
};

}  // namespace hutong::gateway
