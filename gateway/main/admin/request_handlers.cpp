// cert.request, requests, approve, refuse.
//
// Whether a second officer must agree is not this file's business: it is so for any command.
#include <boost/json/value_from.hpp>

#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/admin/issuing.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/pki/request.hpp"

namespace hutong::admin {

namespace {

constexpr std::size_t longest_reason = 500;

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::object described(const security::CertificateRequest& one) {
    return {{"id", one.id},
            {"state", one.state},
            {"profile", one.profile},
            {"consumer", text_or_null(one.consumer)},
            {"common_name", one.common_name},
            {"organisation", one.organisation},
            {"names", json::value_from(one.names)},
            {"key", one.key},
            {"key_text", one.key_text},
            {"renews", text_or_null(one.renews)},
            {"overlap_days", one.overlap_days ? json::value(*one.overlap_days) : json::value()},
            {"serial", text_or_null(one.serial)},
            {"reason", text_or_null(one.reason)},
            {"made", format_utc(one.made)}};
}

}  // namespace

Answer cert_request(Services& services, const Arguments& arguments) {
    Wish wish;
    HUTONG_CO_ASSIGN(wish.csr, arguments.text("csr"));
    HUTONG_CO_ASSIGN(const security::RequestFacts facts, security::read_request(wish.csr));
    HUTONG_CO_TRY(co_await services.certificates.check_key(facts.thumbprint));
    HUTONG_CO_ASSIGN(const auto renews, arguments.optional_text("renews"));
    HUTONG_CO_ASSIGN(wish.overlap_days, overlap_days(arguments));
    if (renews) {
        HUTONG_CO_TRY(co_await fill_from_renewed(services, *renews, wish));
    } else {
        HUTONG_CO_ASSIGN(const auto profile, arguments.optional_text("profile"));
        HUTONG_CO_ASSIGN(wish.profile, security::find_profile(profile.value_or("agency_signing")));
        if (wish.overlap_days)
            co_return invalid("an overlap is between a certificate and the one it renews: give --renews too");
        HUTONG_CO_TRY(co_await fill_subject(services, arguments, wish));
    }
    security::CertificateRequest request;
    request.csr = wish.csr;
    request.key = facts.thumbprint;
    request.key_text = facts.key_text;
    request.profile = wish.profile->name;
    request.consumer = wish.consumer;
    request.common_name = wish.common_name;
    request.organisation = wish.organisation;
    request.names = wish.names;
    request.renews = wish.renews;
    request.overlap_days = wish.overlap_days;
    request.state = "pending";
    request.made = system_clock().now();
    HUTONG_CO_ASSIGN(request.id, co_await services.requests.add(request, services.actor));
    co_return json::value(described(request));
}

Answer cert_requests(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto requests, co_await services.requests.list());
    json::array all;
    for (const security::CertificateRequest& one : requests) all.push_back(described(one));
    co_return json::value(std::move(all));
}

Answer cert_approve(Services& services, const Arguments& arguments) {
    Wish wish;
    HUTONG_CO_ASSIGN(wish.request, arguments.text("id"));
    HUTONG_CO_ASSIGN(wish.ca, arguments.optional_text("ca"));
    HUTONG_CO_ASSIGN(const auto request, co_await services.requests.find_pending(wish.request));
    HUTONG_CO_ASSIGN(wish.profile, security::find_profile(request.profile));
    wish.csr = request.csr;
    wish.consumer = request.consumer;
    wish.common_name = request.common_name;
    wish.organisation = request.organisation;
    wish.names = request.names;
    wish.renews = request.renews;
    wish.overlap_days = request.overlap_days;
    co_return co_await issue_and_bind(services, std::move(wish));
}

Answer cert_refuse(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string id, arguments.text("id"));
    HUTONG_CO_ASSIGN(const std::string reason, arguments.text("reason"));
    if (reason.size() > longest_reason)
        co_return invalid("the reason is longer than " + std::to_string(longest_reason) + " bytes");
    HUTONG_CO_TRY(co_await services.requests.refuse(id, reason, services.actor));
    co_return json::object{{"id", id}, {"state", "refused"}, {"reason", reason}};
}

}  // namespace hutong::admin
