// GET /api/v1/catalogue… and /api/v1/search: the resource catalogue and the search, for anybody, as UDDI
// inquiry is.
//
// So many requests at a time and no more; the blocking pool works on them, data threads only carry the bytes.
// handle() runs on any thread.
#pragma once

#include <atomic>

#include "gateway/http/message.hpp"
#include "registry/catalogue/resource_catalogue.hpp"

namespace hutong::daemon {

class CataloguePaths : public http::Handler {
  public:
    static constexpr std::string_view list_path = "/api/v1/catalogue";
    static constexpr std::string_view folder = "/api/v1/catalogue/";
    static constexpr std::string_view search_path = "/api/v1/search";

    CataloguePaths(registry::ResourceCatalogue& catalogue, asio::thread_pool& workers)
        : catalogue_(catalogue), workers_(workers) {}
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    Awaitable<http::Response> answer(std::string path, std::string query);

    registry::ResourceCatalogue& catalogue_;
    asio::thread_pool& workers_;
    std::atomic<unsigned> under_way_{0};
};

}  // namespace hutong::daemon
