#include "gateway/monitor/call_metrics.hpp"

#include <array>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace hutong::gateway {

struct CallMetrics::State {
    prometheus::Registry registry;
    std::array<prometheus::Counter*, 3> calls{};
    prometheus::Histogram* seconds{nullptr};
};

CallMetrics::CallMetrics() : state_(std::make_unique<State>()) {
    auto& calls =
        prometheus::BuildCounter()
            .Name("hutong_calls_total")
            .Help("Service calls by how they ended: answered, refused by the gateway, failed behind it.")
            .Register(state_->registry);
    state_->calls = {&calls.Add({{"outcome", "answered"}}), &calls.Add({{"outcome", "refused"}}),
                     &calls.Add({{"outcome", "failed"}})};
    auto& seconds = prometheus::BuildHistogram()
                        .Name("hutong_call_seconds")
                        .Help("Time from a call's headers to its reply, evidence included.")
                        .Register(state_->registry);
    state_->seconds =
        &seconds.Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                 0.25, 0.5, 1, 2.5, 5, 10, 30});
}

CallMetrics::~CallMetrics() = default;

void CallMetrics::record(CallOutcome outcome, std::chrono::duration<double> took) {
    state_->calls[static_cast<std::size_t>(outcome)]->Increment();
    state_->seconds->Observe(took.count());
}

std::string CallMetrics::text() const {
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace hutong::gateway
