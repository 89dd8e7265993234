#include "registry/publication/credentials.hpp"

#include "registry/publication/steps.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

constexpr std::size_t max_name_bytes = 1024;

Error no_consumer(const std::string& consumer) {
    return not_found("there is no consumer " + consumer + "; add it with: hutong consumer add");
}

Awaitable<Result<void>> must_exist(pg::Session& session, std::string consumer) {
    HUTONG_QUERY(known, session, "select 1 from consumers where id = $1", with(consumer));
    if (known.empty()) co_return no_consumer(consumer);
    co_return Result<void>();
}

bool is_plain(const std::string& name) {
    return !name.empty() && name.size() <= max_name_bytes &&
           name.find_first_of(std::string_view("\0\r\n\t", 4)) == std::string::npos && name.front() != ' ' &&
           name.back() != ' ';
}

}  // namespace

Awaitable<Result<bool>> Credentials::has_secrets() {
    HUTONG_QUERY(rows, pool_,
                 "select exists (select 1 from consumer_passwords) or exists (select 1 from officers where "
                 "totp is not null or totp_pending is not null)");
    co_return rows.boolean(0, 0);
}

Awaitable<Result<void>> Credentials::set_password(std::string consumer, Bytes sealed) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        const auto exists = co_await must_exist(session, consumer);
        if (exists.has_error()) co_return exists;
        HUTONG_QUERY(
            done, session,
            "insert into consumer_passwords (consumer, sealed) values ($1, $2) on conflict (consumer) "
            "do update set sealed = excluded.sealed, changed = now()",
            with(consumer, pg::bytea(sealed)));
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<void>> Credentials::remove_password(std::string consumer) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(gone, session, "delete from consumer_passwords where consumer = $1 returning consumer",
                     with(consumer));
        if (gone.empty()) co_return not_found("consumer " + consumer + " has no password");
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<void>> Credentials::bind_saml(std::string consumer, SamlName name) {
    if (!is_plain(name.issuer) || !is_plain(name.name_id))
        co_return invalid(
            "the issuer's entity id and the NameID must be texts of one line, up to 1024 bytes");
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        const auto exists = co_await must_exist(session, consumer);
        if (exists.has_error()) co_return exists;
        HUTONG_QUERY(
            bound, session,
            "insert into consumer_saml_names (issuer, name_id, consumer) values ($1, $2, $3) on conflict "
            "(issuer, name_id) do update set bound = consumer_saml_names.bound returning consumer",
            with(name.issuer, name.name_id, consumer));
        if (bound.text(0, 0) != consumer)
            co_return conflict("the name belongs to consumer " + std::string(bound.text(0, 0)) +
                               ": a name of an issuer means one consumer only");
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<void>> Credentials::unbind_saml(std::string consumer, SamlName name) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(gone, session,
                     "delete from consumer_saml_names where issuer = $1 and name_id = $2 and consumer = $3 "
                     "returning consumer",
                     with(name.issuer, name.name_id, consumer));
        if (gone.empty()) co_return not_found("consumer " + consumer + " is not bound to that name");
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<void>> Credentials::set_vouches(std::string consumer, bool vouches) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(done, session, "update consumers set vouches = $2 where id = $1 returning id",
                     with(consumer, std::string(vouches ? "true" : "false")));
        if (done.empty()) co_return no_consumer(consumer);
        co_return co_await raise_generation(session);
    });
}

}  // namespace hutong::registry
