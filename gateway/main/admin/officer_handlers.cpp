// The officers' accounts, their separation, and the owner's recovery: hutong officers.
#include "base/log.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/access/password.hpp"

namespace hutong::admin {

namespace {

json::value told(const std::optional<TimePoint>& time) {
    return time ? json::value(format_utc(*time)) : json::value();
}

json::object told(const security::Recovery& recovery) {
    return {{"officer", recovery.officer},
            {"asked", format_utc(recovery.asked)},
            {"effective", format_utc(recovery.effective)}};
}

using Change = Awaitable<Result<void>> (security::Accounts::*)(std::string name);

// An agency's account is the registry administrator's work too, and has commands of its own.
Awaitable<Result<std::string>> officers_account(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const security::Account account,
                     co_await services.access.accounts.find(std::move(name)));
    if (security::is_agencys(account.role))
        co_return refused(account.name + " is an account of " + account.org + ": see hutong account");
    co_return account.name;
}

Answer change_account(Services& services, const Arguments& arguments, Change change) {
    HUTONG_CO_ASSIGN(const std::string name, co_await officers_account(services, arguments));
    HUTONG_CO_TRY(co_await (services.access.accounts.*change)(name));
    co_return json::value(json::object{{"name", name}});
}

}  // namespace

json::object told(const security::Account& account) {
    return {{"name", account.name},
            {"role", security::to_string(account.role)},
            {"disabled", account.disabled},
            {"temporary", account.temporary},
            {"totp", account.totp},
            {"certificate", account.certificate.empty() ? json::value() : json::value(account.certificate)},
            {"failures", account.failures},
            {"locked_until", told(account.locked_until)},
            {"signed_in", told(account.signed_in)}};
}

Answer officers_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto accounts, co_await services.access.accounts.list());
    json::array all;
    for (const security::Account& account : accounts)
        if (!security::is_agencys(account.role)) all.push_back(told(account));
    co_return json::value(std::move(all));
}

// The temporary password is in the answer alone, never in an argument: what waits for a second person holds
// no secret.
Answer officers_add(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const std::string role_name, arguments.text("role"));
    HUTONG_CO_ASSIGN(const security::Role role, security::role_from(role_name));
    if (security::is_agencys(role))
        co_return invalid("the role " + role_name + " is an agency's: hutong account add " + name +
                          " --org ORG --role " + role_name);
    std::string password = security::make_temporary_password();
    HUTONG_CO_ASSIGN(std::string hash, co_await services.access.passwords.hash(password));
    HUTONG_CO_TRY(co_await services.access.accounts.add(name, role, std::move(hash)));
    co_return json::value(
        json::object{{"name", name}, {"role", security::to_string(role)}, {"password", std::move(password)}});
}

Answer officers_disable(Services& services, const Arguments& arguments) {
    return change_account(services, arguments, &security::Accounts::disable);
}

Answer officers_enable(Services& services, const Arguments& arguments) {
    return change_account(services, arguments, &security::Accounts::enable);
}

Answer officers_unlock(Services& services, const Arguments& arguments) {
    return change_account(services, arguments, &security::Accounts::unlock);
}

Answer officers_reset(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string name, co_await officers_account(services, arguments));
    std::string password = security::make_temporary_password();
    HUTONG_CO_ASSIGN(std::string hash, co_await services.access.passwords.hash(password));
    HUTONG_CO_TRY(co_await services.access.accounts.reset(name, std::move(hash)));
    HUTONG_CO_TRY(co_await services.access.separation.tell_everybody(
        "officer " + name + " was given a temporary password by " + arguments.caller().text()));
    co_return json::value(json::object{{"name", name}, {"password", std::move(password)}});
}

Answer officers_separate(Services& services, const Arguments&) {
    const security::Separation::Look ready = [&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_CO_ASSIGN(const auto missing,
                         co_await services.access.accounts.roles_without_officer(session));
        if (missing.empty()) co_return Result<void>();
        std::string names;
        for (const security::Role role : missing)
            names += (names.empty() ? "" : ", ") + std::string(title_of(role));
        co_return refused("there is no working account yet for: " + names +
                          "; each needs a password of its own and a second factor (hutong officers list)");
    };
    const auto delay = services.access.options.recovery_delay;
    HUTONG_CO_TRY(co_await services.access.separation.begin(delay, ready));
    log(MessageId::HT1021);
    co_return json::value(json::object{{"mode", "three-officer"}, {"recovery_delay", delay.count()}});
}

Answer officers_recover(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const security::Recovery recovery,
                     co_await services.access.separation.begin_recovery(name));
    log(MessageId::HT1023, {{"officer", name},
                            {"who", arguments.caller().text()},
                            {"effective", format_utc(recovery.effective)}});
    co_return json::value(told(recovery));
}

Answer officers_recovery_finish(Services& services, const Arguments& arguments) {
    std::string password = security::make_temporary_password();
    HUTONG_CO_ASSIGN(std::string hash, co_await services.access.passwords.hash(password));
    HUTONG_CO_ASSIGN(const std::string officer,
                     co_await services.access.separation.finish_recovery(std::move(hash)));
    log(MessageId::HT1023, {{"officer", officer}, {"who", arguments.caller().text()}, {"state", "done"}});
    co_return json::value(json::object{{"officer", officer}, {"password", std::move(password)}});
}

Answer officers_recovery_stop(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_TRY(co_await services.access.separation.stop_recovery(officer.name));
    co_return json::value(json::object{{"stopped_by", officer.name}});
}

}  // namespace hutong::admin
