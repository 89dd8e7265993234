// cert.issue, list, show, renew, revoke, history.
#include "base/log.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/admin/issuing.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/pki/crl.hpp"

namespace hutong::admin {

namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::object described(const security::RegisteredCertificate& one) {
    return {{"serial", one.serial},
            {"thumbprint", one.thumbprint},
            {"subject", one.subject},
            {"profile", one.profile},
            {"ca", one.ca},
            {"consumer", text_or_null(one.consumer)},
            {"not_before", format_utc(one.not_before)},
            {"not_after", format_utc(one.not_after)},
            {"status", one.status},
            {"reason", text_or_null(one.reason)},
            {"renews", text_or_null(one.renews)},
            {"ends", one.ends ? json::value(format_utc(*one.ends)) : json::value()}};
}

constexpr std::size_t longest_history_key = 128;

}  // namespace

Answer cert_issue(Services& services, const Arguments& arguments) {
    Wish wish;
    HUTONG_CO_ASSIGN(wish.csr, arguments.text("csr"));
    HUTONG_CO_ASSIGN(const auto profile, arguments.optional_text("profile"));
    HUTONG_CO_ASSIGN(wish.profile, security::find_profile(profile.value_or("agency_signing")));
    HUTONG_CO_ASSIGN(wish.ca, arguments.optional_text("ca"));
    HUTONG_CO_TRY(co_await fill_subject(services, arguments, wish));
    co_return co_await issue_and_bind(services, std::move(wish));
}

Answer cert_renew(Services& services, const Arguments& arguments) {
    Wish wish;
    HUTONG_CO_ASSIGN(wish.csr, arguments.text("csr"));
    HUTONG_CO_ASSIGN(const std::string serial, arguments.text("serial"));
    HUTONG_CO_ASSIGN(wish.overlap_days, overlap_days(arguments));
    HUTONG_CO_ASSIGN(wish.ca, arguments.optional_text("ca"));
    HUTONG_CO_TRY(co_await fill_from_renewed(services, serial, wish));
    co_return co_await issue_and_bind(services, std::move(wish));
}

Answer cert_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto certificates, co_await services.certificates.list());
    json::array all;
    for (const security::RegisteredCertificate& one : certificates) all.push_back(described(one));
    co_return json::value(std::move(all));
}

Answer cert_show(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string serial, arguments.text("serial"));
    HUTONG_CO_ASSIGN(const auto found, co_await services.certificates.find(std::move(serial)));
    json::object said = described(found);
    said["pem"] = found.pem;
    co_return json::value(std::move(said));
}

Answer cert_revoke(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    HUTONG_CO_ASSIGN(const std::string serial, arguments.text("serial"));
    HUTONG_CO_ASSIGN(const std::string reason, arguments.text("reason"));
    HUTONG_CO_TRY(security::revocation_code(reason));
    HUTONG_CO_TRY(
        co_await services.certificates.revoke(serial, reason, services.actor, *services.authorities));
    log(MessageId::HT4002, {{"serial", serial}, {"reason", reason}});
    co_return json::object{{"serial", serial}, {"status", "revoked"}, {"reason", reason}};
}

Answer cert_history(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const auto about, arguments.optional_text("about"));
    std::string key = about.value_or("");
    if (key.size() > longest_history_key)
        co_return invalid("give a serial number, a request's id, a CA's name or a thumbprint");
    HUTONG_CO_ASSIGN(const auto entries, co_await services.certificates.history(std::move(key)));
    json::array all;
    for (const security::HistoryEntry& one : entries)
        all.push_back(json::object{{"at", format_utc(one.at)},
                                   {"actor", one.actor},
                                   {"action", one.action},
                                   {"subject", one.subject},
                                   {"detail", one.detail}});
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
