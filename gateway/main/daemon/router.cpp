#include "gateway/main/daemon/router.hpp"

namespace hutong::daemon {

void Router::mount(std::string path, http::Handler& handler) {
    rows_.push_back({std::move(path), &handler});
}

http::Handler* Router::find(std::string_view path) const {
    for (const Row& row : rows_) {
        const bool folder = row.path.ends_with('/');
        if (folder ? path.size() > row.path.size() && path.starts_with(row.path) : path == row.path)
            return row.handler;
    }
    return nullptr;
}

Awaitable<http::Response> Router::handle(http::Request& request) {
    if (http::Handler* handler = find(request.path)) co_return co_await handler->handle(request);
    co_return http::text_response(404, "text/plain; charset=utf-8", "nothing is published at this path\n");
}

}  // namespace hutong::daemon
