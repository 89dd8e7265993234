#include "security/access/sessions.hpp"

#include "base/bytes.hpp"
#include "base/pg/sql.hpp"

namespace hutong::security {

namespace {

using pg::with;

constexpr std::size_t token_bytes = 32;

Error over() {
    return refused("you are not signed in, or the session is over: sign in");
}

}  // namespace

std::string_view to_string(Channel channel) {
    return channel == Channel::socket ? "socket" : "api";
}

Awaitable<Result<std::string>> Sessions::open(std::string officer, Channel channel, std::string place) {
    const std::string token = to_hex(random_bytes(token_bytes));
    HUTONG_QUERY(opened, pool_,
                 "insert into officer_sessions (digest, officer, channel, place) values ($1, $2, $3, $4)",
                 with(to_hex(sha256(token)), officer, std::string(to_string(channel)), place));
    // Those that ran out are of no use to anybody.
    HUTONG_QUERY(
        cleaned, pool_,
        "delete from officer_sessions where used < now() - make_interval(secs => $1::float8) or "
        "opened < now() - make_interval(secs => $2::float8)",
        with(std::to_string(options_.session_idle.count()), std::to_string(options_.session_life.count())));
    co_return token;
}

// A session of the socket belongs to the login at the machine that opened it: officers there share a user. An
// address may change on its way through proxies, so it binds nothing.
Awaitable<Result<Officer>> Sessions::find(std::string token, Channel channel, std::string place) {
    HUTONG_QUERY(
        rows, pool_,
        "update officer_sessions set used = now() where digest = $1 and channel = $2 and (channel = "
        "'api' or place = $3) and used >= now() - make_interval(secs => $4::float8) and opened >= "
        "now() - make_interval(secs => $5::float8) returning officer",
        with(to_hex(sha256(token)), std::string(to_string(channel)), place,
             std::to_string(options_.session_idle.count()), std::to_string(options_.session_life.count())));
    if (rows.empty()) co_return over();
    const auto officer = co_await accounts_.officer(std::string(rows.text(0, 0)));
    if (officer.has_error() && officer.error().code == ErrorCode::refused) co_return over();
    co_return officer;
}

Awaitable<Result<void>> Sessions::close(std::string token) {
    HUTONG_QUERY(closed, pool_, "delete from officer_sessions where digest = $1",
                 with(to_hex(sha256(token))));
    co_return Result<void>();
}

Awaitable<Result<void>> Sessions::close_all(std::string officer) {
    HUTONG_QUERY(closed, pool_, "delete from officer_sessions where officer = $1", with(officer));
    co_return Result<void>();
}

}  // namespace hutong::security
