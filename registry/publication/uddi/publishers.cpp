#include "registry/publication/uddi/publishers.hpp"

#include "base/coroutine.hpp"
#include "base/ids.hpp"
#include "registry/publication/steps.hpp"
#include "registry/store/sql.hpp"
#include "security/access/password.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr const char* token_life = "1 hour";
constexpr std::string_view token_prefix = "authToken:";  // so that people recognise one in a log

Fault unknown_user() {
    return Fault(failure::unknown_user,
                 "The userID or the cred is not right, or the account waits after wrong tries.");
}

Error no_publisher(const std::string& name) {
    return not_found("there is no publisher " + name + "; see: hutong publisher list");
}

Result<void> changed_one(const pg::Rows& rows, const std::string& name) {
    if (rows.affected() == 0) return no_publisher(name);
    return {};
}

}  // namespace

Publishers::Publishers(pg::Pool& pool, security::PasswordThread& passwords)
    : pool_(pool), passwords_(passwords), nobodys_(security::hash_password(to_hex(random_bytes(16)))) {}

Awaitable<Result<void>> Publishers::add(Publisher publisher, std::string password) {
    if (!is_name(publisher.name)) co_return bad_name("publisher id", publisher.name);
    HUTONG_QUERY(org, pool_, "select 1 from organisations where id = $1", with(publisher.org));
    if (org.empty())
        co_return not_found("there is no organisation " + publisher.org + "; add it with: hutong org add");
    HUTONG_QUERY(
        added, pool_,
        "insert into publishers (name, org, password) values ($1, $2, $3) on conflict do nothing returning 1",
        with(publisher.name, publisher.org, password));
    if (added.empty()) co_return conflict("publisher " + publisher.name + " exists already");
    co_return Result<void>();
}

Awaitable<Result<void>> Publishers::set_password(std::string name, std::string password) {
    HUTONG_QUERY(done, pool_,
                 "with changed as (update publishers set password = $2, failures = 0, locked_until = null "
                 "where name = $1 returning name), "
                 "gone as (delete from publisher_tokens where publisher in (select name from changed)) "
                 "select name from changed",
                 with(name, password));
    if (done.empty()) co_return no_publisher(name);
    co_return Result<void>();
}

Awaitable<Result<void>> Publishers::bind_certificate(std::string name, PublisherCertificate certificate) {
    HUTONG_QUERY(done, pool_,
                 "update publishers set certificate = $2, not_before = $3, not_after = $4 where name = $1",
                 with(name, certificate.thumbprint, format_utc(certificate.not_before),
                      format_utc(certificate.not_after)));
    co_return changed_one(done, name);
}

Awaitable<Result<void>> Publishers::remove(std::string name) {
    HUTONG_QUERY(done, pool_, "delete from publishers where name = $1", with(name));
    co_return changed_one(done, name);
}

Awaitable<Result<std::vector<PublisherAccount>>> Publishers::list() {
    HUTONG_QUERY(rows, pool_,
                 "select name, org, certificate is not null, coalesce(locked_until > now(), false) "
                 "from publishers order by name");
    std::vector<PublisherAccount> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({{std::string(rows.text(i, 0)), std::string(rows.text(i, 1))},
                       rows.boolean(i, 2),
                       rows.boolean(i, 3)});
    co_return all;
}

Awaitable<OrFault<std::string>> Publishers::open_token(std::string name, std::string password) {
    HUTONG_QUERY(rows, pool_,
                 "select password, coalesce(locked_until > now(), false) from publishers where name = $1",
                 with(name));
    const bool known = !rows.empty() && rows.value(0, 0).has_value() && !rows.boolean(0, 1);
    std::string stored = known ? std::string(rows.text(0, 0)) : nobodys_;
    HUTONG_CO_ASSIGN(const bool right, co_await passwords_.matches(std::move(password), std::move(stored)));
    if (!known || !right) {
        // A second more for each wrong try beyond the fourth, a quarter of an hour at most.
        HUTONG_QUERY(
            counted, pool_,
            "update publishers set failures = failures + 1, locked_until = case when failures >= 4 then "
            "now() + least(power(2, least(failures, 20)) * interval '1 second', interval '15 min') end "
            "where name = $1 and coalesce(locked_until <= now(), true)",
            with(name));
        co_return unknown_user();
    }
    std::string token = std::string(token_prefix) + to_hex(random_bytes(32));
    HUTONG_QUERY(
        opened, pool_,
        "with old as (delete from publisher_tokens where expires < now() - interval '1 day'), "
        "good as (update publishers set failures = 0, locked_until = null where name = $1) "
        "insert into publisher_tokens (digest, publisher, expires) values ($2, $1, now() + interval '" +
            std::string(token_life) + "')",
        with(name, to_hex(sha256(token))));
    co_return token;
}

Awaitable<OrFault<void>> Publishers::discard_token(std::string token) {
    HUTONG_QUERY(gone, pool_, "delete from publisher_tokens where digest = $1", with(to_hex(sha256(token))));
    if (gone.affected() == 0)
        co_return Fault(failure::token_required,
                        "The authInfo is not a token that this registry has given out.");
    co_return OrFault<void>();
}

Awaitable<OrFault<Publisher>> Publishers::by_token(std::string token) {
    HUTONG_QUERY(rows, pool_,
                 "select p.name, p.org, t.expires > now() from publisher_tokens t join publishers p "
                 "on p.name = t.publisher where t.digest = $1",
                 with(to_hex(sha256(token))));
    if (rows.empty())
        co_return Fault(failure::token_required,
                        "The authInfo is not a token that this registry has given out.");
    if (!rows.boolean(0, 2))
        co_return Fault(failure::token_expired,
                        "The authToken has expired; ask for a new one with get_authToken.");
    co_return Publisher{std::string(rows.text(0, 0)), std::string(rows.text(0, 1))};
}

Awaitable<OrFault<Publisher>> Publishers::by_certificate(std::string thumbprint) {
    HUTONG_QUERY(
        rows, pool_,
        "select name, org from publishers where certificate = $1 and now() between not_before and not_after "
        "and not exists (select 1 from certificates where thumbprint = $1 and (status = 'revoked' or ca in "
        "(select ca from revoked_authorities)))",
        with(thumbprint));
    if (rows.empty())
        co_return Fault(
            failure::token_required,
            "authInfo is missing, and the client certificate is not a publisher's, has expired or is "
            "revoked; call get_authToken.");
    co_return Publisher{std::string(rows.text(0, 0)), std::string(rows.text(0, 1))};
}

}  // namespace hutong::registry::uddi
