#include "security/access/accounts.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/pg/sql.hpp"

namespace hutong::security {

namespace {

using pg::as_utc;
using pg::with;
using Done = Awaitable<Result<void>>;

Error no_officer(const std::string& name) {
    return not_found("there is no account " + name + "; see: hutong officers list, hutong account list");
}

Done end_sessions(pg::Session& session, std::string name) {
    HUTONG_QUERY(ended, session, "delete from officer_sessions where officer = $1", with(name));
    co_return Result<void>();
}

// An update of one account, by a statement whose first parameter is the name and that returns a row.
Done change(pg::Pool& pool, std::string sql, pg::Params params) {
    co_return co_await pool.transaction([&](pg::Session& session) -> Done {
        const std::string name = *params[0];
        HUTONG_QUERY(changed, session, sql, params);
        if (changed.empty()) co_return no_officer(name);
        co_return co_await end_sessions(session, name);
    });
}

std::optional<TimePoint> time_in(const pg::Rows& rows, std::size_t row, std::size_t column) {
    const auto text = rows.value(row, column);
    return text ? std::optional(parse_utc(*text).value()) : std::nullopt;
}

std::string select_accounts(const std::string& where) {
    return "select name, role, disabled, temporary or password is null, totp is not null, certificate, "
           "failures, " +
           as_utc("locked_until") + ", " + as_utc("signed_in") + ", org from officers " + where +
           " order by role, name";
}

std::vector<Account> accounts_of(const pg::Rows& rows) {
    std::vector<Account> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({std::string(rows.text(i, 0)), role_from(rows.text(i, 1)).value(), rows.boolean(i, 2),
                       rows.boolean(i, 3), rows.boolean(i, 4), std::string(rows.text(i, 5)),
                       static_cast<unsigned>(rows.integer(i, 6)), time_in(rows, i, 7), time_in(rows, i, 8),
                       std::string(rows.text(i, 9))});
    return all;
}

std::string unready(const Account& account, const config::Officers& options) {
    return unready_because(account.temporary, account.totp || !account.certificate.empty(),
                           options.second_factor);
}

}  // namespace

std::string unready_because(bool temporary, bool second_factor, bool second_factor_needed) {
    if (temporary)
        return "the password was handed out by somebody else: set one of your own first with hutong officers "
               "password";
    if (second_factor_needed && !second_factor)
        return "a second factor is missing: enrol one first with hutong officers totp or hutong officers "
               "certificate";
    return {};
}

Done Accounts::add(std::string name, Role role, std::string password, std::string org) {
    if (!is_name(name))
        co_return invalid("account \"" + name +
                          "\": use 1 to 63 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit");
    if (is_agencys(role) == org.empty())
        co_return invalid(
            "an account of the " + std::string(title_of(role)) +
            (org.empty() ? " acts for an organisation: say which" : " acts for no organisation"));
    if (!org.empty()) {
        HUTONG_QUERY(known, pool_, "select 1 from organisations where id = $1", with(org));
        if (known.empty()) co_return not_found("there is no organisation " + org + "; see: hutong org list");
    }
    const pg::Param of = org.empty() ? pg::Param() : pg::Param(org);
    HUTONG_QUERY(added, pool_,
                 "insert into officers (name, role, password, org) values ($1, $2, $3, $4) on conflict do "
                 "nothing returning name",
                 with(name, std::string(to_string(role)), password, of));
    if (added.empty())
        co_return Error{ErrorCode::conflict, "account " + name +
                                                 " exists already: a name means one person "
                                                 "and one role, for ever"};
    co_return Result<void>();
}

Awaitable<Result<bool>> Accounts::agencies_have_some() {
    HUTONG_QUERY(rows, pool_,
                 "select exists (select 1 from officers where org is not null and not disabled)");
    co_return rows.boolean(0, 0);
}

Awaitable<Result<std::vector<Account>>> Accounts::list() {
    HUTONG_QUERY(rows, pool_, select_accounts(""));
    co_return accounts_of(rows);
}

Awaitable<Result<Account>> Accounts::find(std::string name) {
    HUTONG_QUERY(rows, pool_, select_accounts("where name = $1"), with(name));
    if (rows.empty()) co_return no_officer(name);
    co_return accounts_of(rows).front();
}

Awaitable<Result<Officer>> Accounts::officer(std::string name) {
    const auto account = co_await find(name);
    if (account.has_error()) co_return account.error();
    if (account->disabled) co_return refused("the account of " + name + " is disabled");
    Officer found{name, account->role, unready(*account, options_), account->org};
    co_return found;
}

Done Accounts::disable(std::string name) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Done {
        // One after the other: two who disable each other must not both succeed.
        HUTONG_QUERY(locked, session, "lock table officers in share row exclusive mode");
        HUTONG_QUERY(rows, session, select_accounts("where not disabled"));
        const std::vector<Account> working = accounts_of(rows);
        const auto account = std::find_if(working.begin(), working.end(),
                                          [&](const Account& one) { return one.name == name; });
        if (account == working.end())
            co_return not_found("there is no account " + name + " that is not disabled");
        const bool others = std::any_of(working.begin(), working.end(), [&](const Account& one) {
            return one.role == account->role && one.name != name && unready(one, options_).empty();
        });
        if (!others && is_officers(account->role))
            co_return Error{ErrorCode::conflict, name + " is the last working " +
                                                     std::string(title_of(account->role)) +
                                                     ": somebody else has to be able to do that work first"};
        HUTONG_QUERY(done, session, "update officers set disabled = true where name = $1", with(name));
        co_return co_await end_sessions(session, name);
    });
}

Done Accounts::enable(std::string name) {
    co_return co_await change(pool_, "update officers set disabled = false where name = $1 returning name",
                              with(name));
}

// No credential changes, so that sessions go on.
Done Accounts::unlock(std::string name) {
    HUTONG_QUERY(unlocked, pool_,
                 "update officers set failures = 0, locked_until = null where name = $1 returning name",
                 with(name));
    if (unlocked.empty()) co_return no_officer(name);
    co_return Result<void>();
}

// What was bound goes too: who asks for a reset has lost it, or somebody else has it.
Done Accounts::reset(std::string name, std::string password) {
    co_return co_await change(
        pool_,
        "update officers set password = $2, temporary = true, totp = null, totp_pending = null, certificate "
        "= "
        "null, not_before = null, not_after = null, failures = 0, locked_until = null where name = $1 "
        "returning name",
        with(name, password));
}

Done Accounts::set_password(std::string name, std::string password) {
    co_return co_await change(
        pool_, "update officers set password = $2, temporary = false where name = $1 returning name",
        with(name, password));
}

Awaitable<Result<std::string>> Accounts::password(std::string name) {
    HUTONG_QUERY(rows, pool_, "select password from officers where name = $1", with(name));
    if (rows.empty()) co_return no_officer(name);
    co_return std::string(rows.text(0, 0));
}

Done Accounts::begin_totp(std::string name, Bytes sealed) {
    HUTONG_QUERY(begun, pool_, "update officers set totp_pending = $2 where name = $1",
                 with(name, pg::bytea(sealed)));
    co_return Result<void>();
}

Awaitable<Result<Bytes>> Accounts::pending_totp(std::string name) {
    HUTONG_QUERY(rows, pool_,
                 "select totp_pending from officers where name = $1 and totp_pending is not null",
                 with(name));
    if (rows.empty()) co_return not_found("no one-time codes were begun: ask for a secret first");
    co_return rows.bytes(0, 0);
}

Done Accounts::confirm_totp(std::string name, std::uint64_t step, Bytes sealed) {
    const auto confirmed = co_await change(
        pool_,
        "update officers set totp = totp_pending, totp_pending = null, totp_step = greatest(totp_step, $2) "
        "where name = $1 and totp_pending = $3 returning name",
        with(name, std::to_string(step), pg::bytea(sealed)));
    if (confirmed.has_error() && confirmed.error().code == ErrorCode::not_found)
        co_return Error{ErrorCode::conflict, "another secret was begun for " + name +
                                                 " at the same moment: give a code of that one"};
    co_return confirmed;
}

Done Accounts::bind_certificate(std::string name, std::optional<BoundCertificate> certificate) {
    pg::Params params = with(name, std::nullopt, std::nullopt, std::nullopt);
    if (certificate)
        params = with(name, certificate->thumbprint, format_utc(certificate->not_before),
                      format_utc(certificate->not_after));
    const auto bound = co_await change(pool_,
                                       "update officers set certificate = $2, not_before = $3, not_after = "
                                       "$4 where name = $1 returning name",
                                       params);
    if (bound.has_error() && bound.error().code == ErrorCode::conflict)
        co_return Error{ErrorCode::conflict,
                        "the certificate belongs to another account: a certificate names one person only"};
    co_return bound;
}

Awaitable<Result<std::vector<Role>>> Accounts::roles_without_officer() {
    co_return co_await roles_without_officer(pool_);
}

Awaitable<Result<std::vector<Role>>> Accounts::roles_without_officer(pg::Session& session) {
    HUTONG_QUERY(rows, session, select_accounts("where not disabled"));
    std::vector<Role> missing(officer_roles.begin(), officer_roles.end());
    for (const Account& account : accounts_of(rows))
        if (unready(account, options_).empty()) std::erase(missing, account.role);
    co_return missing;
}

}  // namespace hutong::security
