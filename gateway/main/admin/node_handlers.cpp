#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

constexpr std::chrono::hours token_lifetime{24};

}  // namespace

Answer node_status(Services& services, const Arguments&) {
    co_return json::value(services.status());
}

Answer node_invite(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const std::string token, co_await services.nodes.make_token(token_lifetime));
    co_return json::object{{"token", token}, {"expires", format_utc(system_clock().now() + token_lifetime)}};
}

Answer node_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto nodes, co_await services.nodes.list());
    json::array all;
    for (const registry::Node& node : nodes)
        all.push_back(json::object{{"id", node.id},
                                   {"url", node.url},
                                   {"founder", node.founder},
                                   {"joined", format_utc(node.joined)},
                                   {"last_seen", format_utc(node.last_seen)}});
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
