#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/admin/issuing.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/invitations.hpp"

namespace hutong::admin {

namespace {

constexpr std::chrono::hours token_lifetime{24};

}  // namespace

// Answers without the database too, which then is among what it says.
Answer node_status(Services& services, const Arguments&) {
    json::object said = services.status();
    const auto separated = co_await services.access.separation.since();
    said["mode"] = separated.has_error() ? "unknown, since the database is away"
                   : *separated          ? "three-officer"
                                         : "single-officer";
    const auto recovery = co_await services.access.separation.recovery();
    if (recovery.has_value() && *recovery)
        said["recovery"] = {{"officer", (*recovery)->officer},
                            {"asked", format_utc((*recovery)->asked)},
                            {"effective", format_utc((*recovery)->effective)}};
    co_return json::value(std::move(said));
}

// Only where it is answered: the node with the CA believes no invitation but its own.
Answer node_invite(Services& services, const Arguments&) {
    if (!services.authorities) co_return no_authority();
    Invitation made{{}, services.person, services.actor, system_clock().now() + token_lifetime};
    HUTONG_CO_ASSIGN(made.token, co_await services.nodes.make_token(token_lifetime, services.actor));
    HUTONG_CO_TRY(Invitations(services.home).keep(made));
    co_return json::object{{"token", made.token}, {"expires", format_utc(made.expires)}};
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
