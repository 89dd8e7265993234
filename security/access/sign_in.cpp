#include "security/access/sign_in.hpp"

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/pg/sql.hpp"
#include "base/place.hpp"
#include "security/access/password.hpp"
#include "security/access/totp.hpp"
#include "security/keys/secret_box.hpp"

namespace hutong::security {

namespace {

using pg::with;
using Outcome = SignIn::Outcome;
using std::chrono::steady_clock;

// 32 MiB each and some tenths of a second: more than these wait in vain.
constexpr unsigned most_waiting = 16;
constexpr std::chrono::milliseconds answer_grid{500};

Outcome no(std::string reason, std::string account = {}) {
    return {std::nullopt, std::move(reason), std::move(account)};
}

Outcome yes(const std::string& name, std::string_view role, std::string unready, std::string_view org) {
    return {Officer{name, role_from(role).value(), std::move(unready), std::string(org)}, {}, name};
}

// Until the next full step since `begun`, so that what was done inside cannot be told from outside.
Awaitable<> wait_for_the_grid(steady_clock::time_point begun) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto passed = (steady_clock::now() - begun) / answer_grid;
    timer.expires_at(begun + (passed + 1) * answer_grid);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

// The task is a named variable: g++ 12 destroys a closure made inside a co_await twice, and this one owns
// texts.
template <class Work>
auto PasswordThread::run(Work work) -> Awaitable<Result<std::invoke_result_t<Work>>> {
    using Value = std::invoke_result_t<Work>;
    const Place place(works_);
    if (place.number > most_waiting)
        co_return unavailable("too many sign-ins at once: try again in a moment");
    auto task = [work = std::move(work)]() mutable -> Awaitable<Value> { co_return work(); };
    Value done = co_await asio::co_spawn(thread_.get_executor(), std::move(task), asio::use_awaitable);
    co_return done;
}

Awaitable<Result<bool>> PasswordThread::matches(std::string password, std::string stored) {
    auto compare = [password = std::move(password), stored = std::move(stored)] {
        return password_matches(password, stored);
    };
    Result<bool> matched = co_await run(std::move(compare));
    co_return matched;
}

Awaitable<Result<std::string>> PasswordThread::hash(std::string password) {
    auto make = [password = std::move(password)] { return hash_password(password); };
    Result<std::string> made = co_await run(std::move(make));
    co_return made;
}

SignIn::SignIn(pg::Pool& pool, PasswordThread& passwords, const Home& home, const config::Officers& options)
    : pool_(pool),
      passwords_(passwords),
      home_(home),
      options_(options),
      nobodys_(hash_password(to_hex(random_bytes(32)))) {}

Error SignIn::refusal() {
    return refused(
        "the sign-in is refused: name, password, code or certificate do not fit together, or the "
        "account is locked for a while");
}

Awaitable<Result<Outcome>> SignIn::verify(Credential credential) {
    const auto begun = steady_clock::now();
    Result<Outcome> outcome = no("");
    if (credential.certificate.empty()) {
        outcome = co_await by_password(std::move(credential));
    } else {
        outcome = co_await by_certificate(std::move(credential));
    }
    if (outcome.has_error() || !outcome->officer) co_await wait_for_the_grid(begun);
    co_return outcome;
}

Awaitable<Result<void>> SignIn::confirm(std::string name, std::string password) {
    HUTONG_QUERY(
        rows, pool_,
        "select password from officers where name = $1 and not disabled and password is not null and "
        "(locked_until is null or locked_until <= now())",
        with(name));
    std::string stored = rows.empty() ? nobodys_ : std::string(rows.text(0, 0));
    const auto matches = co_await passwords_.matches(std::move(password), std::move(stored));
    if (matches.has_error()) co_return matches.error();
    if (!rows.empty() && *matches) co_return Result<void>();
    const auto counted = co_await wrong(std::move(name), std::string());
    if (counted.has_error()) co_return counted.error();
    co_return refused("the present password is not that, or the account is locked for a while");
}

// A wrong try counts, unless the account is locked already: else a guesser could keep it so for ever.
Awaitable<Result<Outcome>> SignIn::wrong(std::string name, std::string reason) {
    HUTONG_QUERY(counted, pool_,
                 "update officers set failures = failures + 1, locked_until = case when failures + 1 >= $2 "
                 "then now() + least(make_interval(secs => $3::float8 * 2.0 ^ least(failures + 1 - $2, 30)), "
                 "make_interval(secs => $4::float8)) end "
                 "where name = $1 and (locked_until is null or locked_until <= now()) returning failures",
                 with(name, std::to_string(options_.lock_after), std::to_string(options_.lock_delay.count()),
                      std::to_string(options_.max_lock.count())));
    co_return no(std::move(reason), std::move(name));
}

Awaitable<Result<Outcome>> SignIn::by_password(Credential credential) {
    const std::string name = is_name(credential.officer) ? credential.officer : std::string();
    HUTONG_QUERY(rows, pool_,
                 "select role, disabled, password, temporary, totp, totp_step, certificate is not null, "
                 "coalesce(locked_until > now(), false), org from officers where name = $1",
                 with(name));
    const bool usable = !rows.empty() && rows.value(0, 2);
    const std::string stored = usable ? std::string(rows.text(0, 2)) : nobodys_;
    const auto matches = co_await passwords_.matches(credential.password, stored);
    if (matches.has_error()) co_return matches.error();
    if (rows.empty()) co_return no("there is no such officer");
    if (rows.boolean(0, 7)) co_return no("the account is locked after wrong tries", name);
    if (rows.boolean(0, 1)) co_return co_await wrong(name, "the account is disabled");
    if (!usable || !*matches) co_return co_await wrong(name, "wrong password");

    std::int64_t step = rows.integer(0, 5);
    const bool totp = rows.value(0, 4).has_value();
    if (totp) {
        const auto box = SecretBox::load(home_);
        const auto secret =
            box ? box->open(rows.bytes(0, 4), "officer " + name) : Result<std::string>(box.error());
        // Only the operator is told: another answer than to a wrong password would say that this one is
        // right.
        if (!secret)
            co_return no("the one-time codes cannot be checked on this node: " + secret.error().detail, name);
        const auto matched = match_totp(as_bytes(*secret), credential.code, system_clock().now(),
                                        static_cast<std::uint64_t>(step));
        if (!matched) {
            std::string what = credential.code.empty() ? "no one-time code" : "wrong or used one-time code";
            co_return co_await wrong(name, std::move(what));
        }
        step = static_cast<std::int64_t>(*matched);
    }
    // Once more with everything that may have changed meanwhile: of two with one code the second is refused.
    HUTONG_QUERY(entered, pool_,
                 "update officers set failures = 0, locked_until = null, signed_in = now(), totp_step = $2 "
                 "where name = $1 and not disabled and (locked_until is null or locked_until <= now()) and "
                 "password = $3 and (totp is null or totp_step < $2) returning name",
                 with(name, std::to_string(step), stored));
    if (entered.empty())
        co_return no("the one-time code was used, or the account changed, at the same moment", name);
    if (is_outdated(stored)) {
        const auto anew = co_await passwords_.hash(credential.password);
        if (anew.has_value()) {
            HUTONG_QUERY(raised, pool_, "update officers set password = $2 where name = $1 and password = $3",
                         with(name, *anew, stored));
        }
    }
    const bool second = totp || rows.boolean(0, 6);
    Outcome entered_as =
        yes(name, rows.text(0, 0), unready_because(rows.boolean(0, 3), second, options_.second_factor),
            rows.text(0, 8));
    co_return entered_as;
}

// The name may be left out: a certificate names one person.
Awaitable<Result<Outcome>> SignIn::by_certificate(Credential credential) {
    HUTONG_QUERY(rows, pool_,
                 "update officers o set signed_in = now() where certificate = $1 and not disabled and "
                 "now() between not_before and not_after and not exists (select 1 from certificates c where "
                 "c.thumbprint = o.certificate and (c.status = 'revoked' or c.ca in (select ca from "
                 "revoked_authorities))) and ($2 = '' or name = $2) "
                 "returning name, role, temporary, org",
                 with(credential.certificate, credential.officer));
    if (rows.empty()) {
        HUTONG_QUERY(meant, pool_, "select name from officers where certificate = $1 or name = $2 order by 1",
                     with(credential.certificate, credential.officer));
        co_return no(
            "the certificate is nobody's here, is out of date or revoked, or the account is disabled",
            meant.empty() ? std::string() : std::string(meant.text(0, 0)));
    }
    // The key that was proven is a factor that nobody handed out: a temporary password beside it does no
    // harm.
    Outcome entered_as =
        yes(std::string(rows.text(0, 0)), rows.text(0, 1),
            unready_because(rows.boolean(0, 2), true, options_.second_factor), rows.text(0, 3));
    co_return entered_as;
}

}  // namespace hutong::security
