// The paths that machines look at: /healthz (alive), /readyz (may get calls), /metrics (Prometheus text).
//
// Safe on any thread, as what they read is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/http/message.hpp"

namespace hutong::daemon {

// Reasons why this node should get no calls now; empty when it may.
using Hindrances = std::function<std::vector<std::string>()>;

class HealthProbe : public http::Handler {
  public:
    Awaitable<http::Response> handle(http::Request& request) override;
};

class ReadyProbe : public http::Handler {
  public:
    explicit ReadyProbe(Hindrances hindrances) : hindrances_(std::move(hindrances)) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    Hindrances hindrances_;
};

// On the plain HTTP listener only, which is the loopback one: who calls whom is nobody else's business.
class MetricsProbe : public http::Handler {
  public:
    explicit MetricsProbe(std::function<std::string()> text) : text_(std::move(text)) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    std::function<std::string()> text_;
};

}  // namespace hutong::daemon
