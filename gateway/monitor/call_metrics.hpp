// What Prometheus gets to know of calls: how many, how they ended, how long they took.
//
// Recording is lock-free and safe from any thread. Text exposition format 0.0.4.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace hutong::gateway {

enum class CallOutcome { answered, refused, failed };

class CallMetrics {
  public:
    CallMetrics();
    ~CallMetrics();
    void record(CallOutcome outcome, std::chrono::duration<double> took);
    std::string text() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hutong::gateway
