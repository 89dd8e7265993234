#include "registry/publication/service_keys.hpp"

#include "base/ids.hpp"
#include "registry/publication/steps.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

Error no_key(const std::string& name) {
    return not_found("there is no security key " + name + "; see: hutong security-key list");
}

Awaitable<Result<std::string>> name_of(pg::Session& session, std::string org) {
    HUTONG_QUERY(rows, session, "select name from organisations where id = $1", with(org));
    if (rows.empty())
        co_return not_found("there is no organisation " + org + "; add it with: hutong org add " + org +
                            " --name NAME");
    co_return std::string(rows.text(0, 0));
}

}  // namespace

Awaitable<Result<std::string>> ServiceKeys::check_new(std::string name, std::string org) {
    if (!is_name(name)) co_return bad_name("security key", name);
    std::string people;
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(known, session, "select 1 from service_keys where name = $1", with(name));
        if (!known.empty()) co_return conflict("there is a security key " + name + " already");
        const auto found = co_await name_of(session, org);
        if (found.has_error()) co_return found.error();
        people = *found;
        co_return Result<void>();
    });
    if (done.has_error()) co_return done.error();
    co_return people;
}

Awaitable<Result<void>> ServiceKeys::add(ServiceKey key, std::string public_key) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(added, session,
                     "insert into service_keys (name, org, uri, kind, purpose, chain, public_key) "
                     "values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning name",
                     with(key.name, key.org, key.uri, key.kind, std::string(to_string(key.purpose)),
                          key.chain, public_key));
        if (added.empty())
            co_return conflict("there is a security key " + key.name +
                               " already, or one of another name with the same key");
        HUTONG_QUERY(granted, session, "insert into service_key_grants (key, org) values ($1, $2)",
                     with(key.name, key.org));
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<void>> ServiceKeys::grant(std::string key, std::string org) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(known, session, "select 1 from service_keys where name = $1", with(key));
        if (known.empty()) co_return no_key(key);
        const auto people = co_await name_of(session, org);
        if (people.has_error()) co_return people.error();
        HUTONG_QUERY(done, session,
                     "insert into service_key_grants (key, org) values ($1, $2) on conflict do nothing",
                     with(key, org));
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<void>> ServiceKeys::revoke(std::string key, std::string org) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(gone, session,
                     "delete from service_key_grants where key = $1 and org = $2 returning key",
                     with(key, org));
        if (gone.empty()) co_return not_found("security key " + key + " is not granted to " + org);
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<std::string>> ServiceKeys::with_public_key(std::string public_key) {
    HUTONG_QUERY(rows, pool_, "select name from service_keys where public_key = $1", with(public_key));
    co_return rows.empty() ? std::string() : std::string(rows.text(0, 0));
}

}  // namespace hutong::registry
