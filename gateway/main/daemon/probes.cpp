#include "gateway/main/daemon/probes.hpp"

#include "gateway/main/daemon/get_only.hpp"

namespace hutong::daemon {

Awaitable<http::Response> HealthProbe::handle(http::Request& request) {
    if (auto refusal = unless_get(request)) co_return std::move(*refusal);
    co_return http::text_response(200, "text/plain; charset=utf-8", "alive\n");
}

Awaitable<http::Response> ReadyProbe::handle(http::Request& request) {
    if (auto refusal = unless_get(request)) co_return std::move(*refusal);
    const std::vector<std::string> hindrances = hindrances_();
    if (hindrances.empty()) co_return http::text_response(200, "text/plain; charset=utf-8", "ready\n");
    std::string text;
    for (const std::string& one : hindrances) text += one + "\n";
    co_return http::text_response(503, "text/plain; charset=utf-8", text);
}

Awaitable<http::Response> MetricsProbe::handle(http::Request& request) {
    if (request.tls)
        co_return http::text_response(404, "text/plain; charset=utf-8",
                                      "metrics are on the HTTP listener only\n");
    if (auto refusal = unless_get(request)) co_return std::move(*refusal);
    co_return http::text_response(200, "text/plain; version=0.0.4; charset=utf-8", text_());
}

}  // namespace hutong::daemon
