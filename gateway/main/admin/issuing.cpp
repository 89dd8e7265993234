#include "gateway/main/admin/issuing.hpp"

#include <algorithm>
#include <charconv>

#include "base/log.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/pki/request.hpp"

namespace hutong::admin {

namespace {

constexpr const char* platform = "Hutong";  // organisation of the platform's own certificates
constexpr int longest_overlap = 3650;

// When the renewed certificate is to be revoked; nothing: it lives to its own end.
std::optional<TimePoint> overlap_end(const Wish& wish) {
    if (!wish.overlap_days) return std::nullopt;
    return system_clock().now() + std::chrono::hours(24) * *wish.overlap_days;
}

}  // namespace

Error no_authority() {
    return refused(
        "this node has no CA: give the command on the node that founded the platform (hutong node list)");
}

Result<std::optional<int>> overlap_days(const Arguments& arguments) {
    HUTONG_ASSIGN(const auto text, arguments.optional_text("overlap_days"));
    if (!text) return std::optional<int>();
    int days = -1;
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), days);
    if (failed != std::errc() || end != text->data() + text->size() || days < 0 || days > longest_overlap)
        return invalid("the overlap \"" + *text + "\" is no number of days from 0 to " +
                       std::to_string(longest_overlap));
    return std::optional<int>(days);
}

Awaitable<Result<void>> fill_subject_of_consumer(Services& services, Wish& wish) {
    HUTONG_CO_ASSIGN(const auto consumers, co_await services.publication.consumers());
    const auto consumer = std::ranges::find(consumers, wish.consumer, &registry::Consumer::id);
    if (consumer == consumers.end())
        co_return not_found("there is no consumer " + wish.consumer + ": add it with hutong consumer add " +
                            wish.consumer + " --org ORG");
    HUTONG_CO_ASSIGN(const auto organisations, co_await services.publication.organisations());
    wish.common_name = wish.consumer;
    wish.organisation = consumer->org;
    for (const registry::Organisation& one : organisations)
        if (one.id == consumer->org) wish.organisation = one.name;
    co_return Result<void>();
}

// Evidence counts what such a certificate signs as a node's word, so only nodes get one, for keys of their
// own.
Result<void> check_not_a_nodes(const security::ProfileRow& profile) {
    if (profile.profile != security::Profile::gateway_signing &&
        profile.profile != security::Profile::gateway_encryption)
        return {};
    return refused("certificates of the profile " + std::string(profile.name) +
                   " are made by nodes for themselves (hutong init, hutong join) and for nobody else");
}

Awaitable<Result<void>> fill_subject(Services& services, const Arguments& arguments, Wish& wish) {
    HUTONG_CO_TRY(check_not_a_nodes(*wish.profile));
    if (wish.profile->holder == security::Holder::consumer) {
        HUTONG_CO_ASSIGN(wish.consumer, arguments.text("consumer"));
        co_return co_await fill_subject_of_consumer(services, wish);
    }
    HUTONG_CO_ASSIGN(const auto consumer, arguments.optional_text("consumer"));
    if (consumer)
        co_return invalid("a certificate of the profile " + std::string(wish.profile->name) +
                          " is a machine's: give it a name instead of a consumer");
    HUTONG_CO_ASSIGN(wish.common_name, arguments.text("name"));
    HUTONG_CO_ASSIGN(wish.names, arguments.texts("names"));
    wish.organisation = platform;
    co_return Result<void>();
}

Awaitable<Result<void>> fill_from_renewed(Services& services, const std::string& serial, Wish& wish) {
    HUTONG_CO_ASSIGN(const auto old, co_await services.certificates.find(serial));
    if (old.status == "revoked")
        co_return refused("certificate " + old.serial +
                          " is revoked: nothing takes its place; issue a new one (hutong cert issue)");
    if (old.consumer.empty())
        co_return refused(
            "certificate " + old.serial +
            " is a machine's: nodes renew their own, for others a new one is issued (hutong cert issue)");
    HUTONG_CO_ASSIGN(wish.profile, security::find_profile(old.profile));
    wish.consumer = old.consumer;
    wish.renews = old.serial;
    co_return co_await fill_subject_of_consumer(services, wish);
}

Answer issue_and_bind(Services& services, Wish wish) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_TRY(check_not_a_nodes(*wish.profile));  // a request's is from the database
    HUTONG_CO_ASSIGN(const security::RequestFacts facts, security::read_request(wish.csr));
    HUTONG_CO_TRY(co_await services.certificates.check_key(facts.thumbprint));
    HUTONG_CO_ASSIGN(const auto authority, services.authorities->choose(wish.ca, facts.kind));
    HUTONG_CO_ASSIGN(const security::Issued issued,
                     authority->issue(wish.csr, wish.profile->profile, wish.common_name, wish.organisation,
                                      wish.names, wish.profile->lifetime));
    HUTONG_CO_TRY(co_await refuse_security_key(services, issued.der));
    const auto bind = [&](pg::Session& session) -> Awaitable<Result<void>> {
        if (wish.consumer.empty()) co_return Result<void>();
        co_return co_await registry::Publication::bind_certificate(session, wish.consumer, issued.der);
    };
    const security::Registration registration{std::string(wish.profile->name),
                                              wish.consumer,
                                              services.actor,
                                              wish.renews,
                                              overlap_end(wish),
                                              wish.request,
                                              bind,
                                              authority};
    HUTONG_CO_TRY(co_await services.certificates.add(issued, registration));
    log(MessageId::HT4001, {{"serial", issued.serial}, {"subject", issued.subject}, {"ca", issued.ca}});
    json::object told{{"serial", issued.serial},
                      {"thumbprint", issued.thumbprint},
                      {"subject", issued.subject},
                      {"profile", std::string(wish.profile->name)},
                      {"ca", issued.ca},
                      {"consumer", wish.consumer.empty() ? json::value() : json::value(wish.consumer)},
                      {"not_before", format_utc(issued.not_before)},
                      {"not_after", format_utc(issued.not_after)},
                      {"pem", issued.pem}};
    if (!wish.renews.empty()) told["renews"] = wish.renews;
    co_return json::value(std::move(told));
}

}  // namespace hutong::admin
