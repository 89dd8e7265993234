// The accounts of agencies: hutong account. Officers' and the registry administrator's: officer_handlers.cpp.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/access/password.hpp"

namespace hutong::admin {

namespace {

using Change = Awaitable<Result<void>> (security::Accounts::*)(std::string name);

// An officer's account is officers' work, whoever asks.
Awaitable<Result<security::Account>> agencys_account(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(security::Account account, co_await services.access.accounts.find(std::move(name)));
    if (!security::is_agencys(account.role))
        co_return refused(account.name + " is no agency's account: see hutong officers");
    co_return account;
}

Answer change_account(Services& services, const Arguments& arguments, Change change) {
    HUTONG_CO_ASSIGN(const security::Account account, co_await agencys_account(services, arguments));
    HUTONG_CO_TRY(co_await (services.access.accounts.*change)(account.name));
    co_return json::value(json::object{{"name", account.name}, {"org", account.org}});
}

}  // namespace

Answer account_list(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const auto org, arguments.optional_text("org"));
    HUTONG_CO_ASSIGN(const auto accounts, co_await services.access.accounts.list());
    json::array all;
    for (const security::Account& account : accounts) {
        if (!security::is_agencys(account.role) || (org && *org != account.org)) continue;
        json::object one = told(account);
        one["org"] = account.org;
        all.push_back(std::move(one));
    }
    co_return json::value(std::move(all));
}

// The temporary password is in the answer alone, as an officer's.
Answer account_add(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(const std::string org, arguments.text("org"));
    HUTONG_CO_ASSIGN(const std::string role_name, arguments.text("role"));
    HUTONG_CO_ASSIGN(const security::Role role, security::role_from(role_name));
    if (!security::is_agencys(role))
        co_return invalid(
            "the role " + role_name +
            " is no agency's: one of publisher, approver, developer; others: hutong officers add");
    std::string password = security::make_temporary_password();
    HUTONG_CO_ASSIGN(std::string hash, co_await services.access.passwords.hash(password));
    HUTONG_CO_TRY(co_await services.access.accounts.add(name, role, std::move(hash), org));
    co_return json::value(json::object{{"name", name},
                                       {"role", security::to_string(role)},
                                       {"org", org},
                                       {"password", std::move(password)}});
}

Answer account_disable(Services& services, const Arguments& arguments) {
    return change_account(services, arguments, &security::Accounts::disable);
}

Answer account_enable(Services& services, const Arguments& arguments) {
    return change_account(services, arguments, &security::Accounts::enable);
}

Answer account_unlock(Services& services, const Arguments& arguments) {
    return change_account(services, arguments, &security::Accounts::unlock);
}

Answer account_reset(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Account account, co_await agencys_account(services, arguments));
    std::string password = security::make_temporary_password();
    HUTONG_CO_ASSIGN(std::string hash, co_await services.access.passwords.hash(password));
    HUTONG_CO_TRY(co_await services.access.accounts.reset(account.name, std::move(hash)));
    co_return json::value(
        json::object{{"name", account.name}, {"org", account.org}, {"password", std::move(password)}});
}

}  // namespace hutong::admin
