// /uddi/{inquiry,publish,security,custody,subscription}: the registry's UDDI APIs over HTTP, and their
// contracts at ?wsdl.
//
// Bodies are bounded before they are kept. Requests are worked on by the blocking pool, so many at a time and
// no more; the data threads only carry the bytes. handle() runs on any thread.
#pragma once

#include <atomic>

#include "gateway/http/message.hpp"
#include "registry/soap/endpoint.hpp"

namespace hutong::daemon {

class UddiPaths : public http::Handler {
  public:
    static constexpr std::string_view folder = "/uddi/";

    UddiPaths(registry::uddi::Endpoint& endpoint, asio::thread_pool& workers)
        : endpoint_(endpoint), workers_(workers) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    Awaitable<http::Response> page(std::string api, std::string query);
    Awaitable<http::Response> answer_query(http::Request& request);
    Awaitable<http::Response> answer(http::Request& request, std::string api);

    registry::uddi::Endpoint& endpoint_;
    asio::thread_pool& workers_;
    std::atomic<unsigned> under_way_{0};
};

}  // namespace hutong::daemon
