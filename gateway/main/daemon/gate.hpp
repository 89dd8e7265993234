// Stands before a handler that is made after the server has bound its ports; until then calls get 503.
//
// open() once; handle() on any thread. The handler outlives the gate.
#pragma once

#include <atomic>

#include "gateway/http/message.hpp"

namespace hutong::daemon {

class Gate : public http::Handler {
  public:
    void open(http::Handler& behind) { behind_.store(&behind, std::memory_order_release); }

    std::string turned_away(const http::TurnedAway& what) override {
        http::Handler* behind = behind_.load(std::memory_order_acquire);
        return behind ? behind->turned_away(what) : std::string();
    }

    Awaitable<http::Response> handle(http::Request& request) override {
        if (http::Handler* behind = behind_.load(std::memory_order_acquire))
            co_return co_await behind->handle(request);
        http::Response response = http::text_response(503, "text/plain; charset=utf-8",
                                                      "the gateway is starting: try again in a moment\n");
        response.headers.set("Retry-After", "1");
        co_return response;
    }

  private:
    std::atomic<http::Handler*> behind_{nullptr};
};

}  // namespace hutong::daemon
