// Reads the request: as its bytes come in, the envelope in them is found, verified, routed, authorised and
// validated, in one pass (message_reading.hpp).
//
// A caller without a good signature or grant is refused at </Header>, whatever would still have come. Small
// messages are read on the data thread; what would hold it up goes slice by slice to a pool. Messages outside
// of the one-pass reader's profile are read as a tree, on a pool of their own since an attacker can choose
// that.
#pragma once

#include "gateway/pipeline/stage.hpp"
#include "gateway/pipeline/work_pool.hpp"

namespace hutong::gateway {

class ReadMessageStage final : public Stage {
  public:
    ReadMessageStage(asio::thread_pool& heavy, WorkPool& trees) : heavy_(heavy), trees_(trees) {}
    std::string_view name() const override { return "read"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;

  private:
    asio::thread_pool& heavy_;
    WorkPool& trees_;
};

}  // namespace hutong::gateway
