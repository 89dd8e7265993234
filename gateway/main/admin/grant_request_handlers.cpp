// grant.request, list, accept, refuse, withdraw.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::object told(const registry::GrantRequest& request) {
    return {{"id", request.id},
            {"state", request.state},
            {"consumer", request.grant.consumer},
            {"consumer_org", request.consumer_org},
            {"service", request.grant.service},
            {"operation", text_or_null(request.grant.operation)},
            {"reason", request.reason},
            {"asked_by", request.asked_by},
            {"asked", format_utc(request.asked)},
            {"decision", text_or_null(request.decision)},
            {"decided_by", text_or_null(request.decided_by)},
            {"decided", request.decided ? json::value(format_utc(*request.decided)) : json::value()}};
}

using Decide = Awaitable<Result<registry::GrantRequest>> (registry::GrantRequests::*)(std::string,
                                                                                      std::string,
                                                                                      registry::By);

Answer decide(Services& services, const Arguments& arguments, Decide how) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("id"));
    HUTONG_CO_ASSIGN(std::string reason, arguments.text("reason"));
    registry::By by{services.actor, services.person};
    HUTONG_CO_ASSIGN(
        const registry::GrantRequest decided,
        co_await (services.grant_requests->*how)(std::move(id), std::move(reason), std::move(by)));
    co_return json::value(told(decided));
}

}  // namespace

Answer grant_request(Services& services, const Arguments& arguments) {
    registry::Grant grant;
    HUTONG_CO_ASSIGN(grant.consumer, arguments.text("consumer"));
    HUTONG_CO_ASSIGN(grant.service, arguments.text("service"));
    HUTONG_CO_ASSIGN(const auto operation, arguments.optional_text("operation"));
    grant.operation = operation.value_or("");
    HUTONG_CO_ASSIGN(std::string reason, arguments.text("reason"));
    registry::By by{services.actor, services.person};
    HUTONG_CO_ASSIGN(
        const registry::GrantRequest request,
        co_await services.grant_requests->ask(std::move(grant), std::move(reason), std::move(by)));
    co_return json::value(told(request));
}

Answer grant_list(Services& services, const Arguments& arguments) {
    registry::GrantRequestFilter filter;
    HUTONG_CO_ASSIGN(const auto consumer, arguments.optional_text("consumer"));
    HUTONG_CO_ASSIGN(const auto service, arguments.optional_text("service"));
    HUTONG_CO_ASSIGN(const auto state, arguments.optional_text("state"));
    filter.consumer = consumer.value_or("");
    filter.service = service.value_or("");
    filter.state = state.value_or("");
    HUTONG_CO_ASSIGN(const auto requests, co_await services.grant_requests->list(std::move(filter)));
    json::array all;
    for (const registry::GrantRequest& request : requests) all.push_back(told(request));
    co_return json::value(std::move(all));
}

Answer grant_accept(Services& services, const Arguments& arguments) {
    return decide(services, arguments, &registry::GrantRequests::accept);
}

Answer grant_refuse(Services& services, const Arguments& arguments) {
    return decide(services, arguments, &registry::GrantRequests::refuse);
}

Answer grant_withdraw(Services& services, const Arguments& arguments) {
    return decide(services, arguments, &registry::GrantRequests::withdraw);
}

}  // namespace hutong::admin
