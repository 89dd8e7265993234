#include "security/pki/crl_rows.hpp"

namespace hutong::security {

namespace {

Awaitable<Result<std::uint64_t>> newest_number(pg::Session& session, std::string ca) {
    const std::string sql = "select coalesce(max(number), 0) from crls where ca = $1";
    HUTONG_QUERY(numbers, session, sql, with(ca));
    co_return static_cast<std::uint64_t>(numbers.integer(0, 0));
}

}  // namespace

Awaitable<Result<void>> hold_crls(pg::Session& session) {
    const std::string lock = "lock table crls in share row exclusive mode";
    co_return co_await run(session, lock);
}

Awaitable<Result<void>> store_crl(pg::Session& session, std::string ca, std::uint64_t number, Bytes der) {
    const auto newest = co_await newest_number(session, ca);
    if (!newest) co_return newest.error();
    if (number <= *newest)
        co_return refused("the CRL of " + ca + " has the number " + std::to_string(number) + ", and number " +
                          std::to_string(*newest) + " is in use: make it with a higher one");
    const std::string store =
        "insert into crls (ca, number, der) values ($1, $2, $3) on conflict (ca) do update "
        "set number = excluded.number, der = excluded.der, made = now()";
    HUTONG_STEP(run(session, store, with(ca, std::to_string(number), pg::bytea(der))));
    co_return co_await raise_generation(session);
}

Awaitable<Result<void>> store_next_crl(pg::Session& session, std::string ca,
                                       std::function<Result<Bytes>(std::uint64_t number)> make) {
    const auto newest = co_await newest_number(session, ca);
    if (!newest) co_return newest.error();
    const std::uint64_t number = *newest + 1;
    auto der = make(number);
    if (!der) co_return der.error();
    co_return co_await store_crl(session, std::move(ca), number, std::move(*der));
}

}  // namespace hutong::security
