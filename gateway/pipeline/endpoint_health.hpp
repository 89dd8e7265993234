// One backend address and what recent calls said of its health.
//
// Passive: an endpoint that failed some times in a row is passed over until its time is up; then the next
// call tries it again. Lock-free; shared between tables so that a new snapshot forgets nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "gateway/http/client.hpp"

namespace hutong::gateway {

class Endpoint {
  public:
    Endpoint(std::string address, http::Url url) : address_(std::move(address)), url_(std::move(url)) {}

    const std::string& address() const { return address_; }
    const http::Url& url() const { return url_; }
    bool available() const { return down_until_.load(std::memory_order_relaxed) <= now(); }
    void succeeded();
    void failed(const config::Backend& options);

  private:
    static std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

    std::string address_;
    http::Url url_;
    std::atomic<unsigned> failures_{0};
    std::atomic<std::int64_t> down_until_{0};  // steady clock ticks
};

// The endpoints in the order to try them: round robin over those available, then the others.
class RoundRobin {
  public:
    std::vector<Endpoint*> order(const std::vector<std::shared_ptr<Endpoint>>& endpoints);

  private:
    std::atomic<unsigned> next_{0};
};

}  // namespace hutong::gateway
