#include "security/pki/history.hpp"

#include "security/pki/sql.hpp"

namespace hutong::security {

Awaitable<Result<void>> remember(pg::Session& session, std::string actor, std::string action,
                                 std::string subject, std::string detail) {
    const std::string sql =
        "insert into certificate_history (actor, action, subject, detail) values ($1, $2, $3, $4)";
    co_return co_await run(session, sql, with(actor, action, subject, detail));
}

Awaitable<Result<std::vector<HistoryEntry>>> history(pg::Pool& pool, std::string about) {
    const std::string sql =
        "select " + as_utc("at") +
        ", actor, action, subject, detail from certificate_history where $1 = '' or subject in ('certificate "
        "' "
        "|| $1, 'request ' || $1, 'ca ' || $1, 'trusted ca ' || $1) order by id desc limit 1000";
    HUTONG_QUERY(rows, pool, sql, with(about));
    std::vector<HistoryEntry> entries;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(row, column)); };
        const auto at = parse_utc(text(0));
        if (!at) co_return at.error();
        entries.push_back({*at, text(1), text(2), text(3), text(4)});
    }
    co_return entries;
}

}  // namespace hutong::security
