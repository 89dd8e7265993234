#include "base/pg/libpq.hpp"

#include <string_view>

namespace hutong::pg {

namespace {

// On a foreign key both directions share one SQLSTATE. The server's English tells them apart; where it speaks
// another language the commoner one is assumed.
ErrorCode foreign_key_code(std::string_view detail) {
    return detail.find("still referenced") != std::string_view::npos ? ErrorCode::conflict
                                                                     : ErrorCode::not_found;
}

ErrorCode code_of(std::string_view state, std::string_view detail) {
    if (state == "23505" || state == "23P01" || state == "23001" || state == "40001" || state == "40P01")
        return ErrorCode::conflict;
    if (state == "23503") return foreign_key_code(detail);
    if (state == "57014" || state == "55P03" || state == "25P03") return ErrorCode::timeout;
    if (state == "42501") return ErrorCode::refused;
    if (state == "25006") return ErrorCode::unavailable;  // a read-only standby
    const auto kind = state.substr(0, 2);
    if (kind == "23" || kind == "22") return ErrorCode::invalid;
    if (kind == "08" || kind == "53" || kind == "57" || kind == "58" || kind == "28")
        return ErrorCode::unavailable;
    return ErrorCode::internal;
}

}  // namespace

std::string one_line(const char* text) {
    std::string line;
    for (const char* at = text ? text : ""; *at; ++at) {
        const bool space = *at == '\n' || *at == '\r' || *at == '\t' || *at == ' ';
        if (!space)
            line.push_back(*at);
        else if (!line.empty() && line.back() != ' ')
            line.push_back(' ');
    }
    if (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

Error connection_error(const PGconn* connection) {
    const std::string reason = connection ? one_line(PQerrorMessage(connection)) : "out of memory";
    return unavailable("the database is away: " + (reason.empty() ? "the connection broke" : reason));
}

Error sql_error(const PGresult* result) {
    const auto field = [result](int code) {
        const char* text = result ? PQresultErrorField(result, code) : nullptr;
        return one_line(text);
    };
    const std::string state = field(PG_DIAG_SQLSTATE);
    const std::string detail = field(PG_DIAG_MESSAGE_DETAIL);
    std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty()) message = result ? one_line(PQresultErrorMessage(result)) : "out of memory";
    // A connection that broke has a message but no SQLSTATE.
    if (state.empty()) return unavailable("the database is away: " + message);
    const ErrorCode code = code_of(state, detail);
    std::string line = (code == ErrorCode::unavailable ? "the database is away: " : "database: ") + message;
    if (!detail.empty()) line += " (" + detail + ")";
    return {code, line};
}

bool is_collision(const PGresult* result) {
    const std::string state = one_line(result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr);
    return state == "40P01" || state == "40001";
}

bool succeeded(const PGresult* result) {
    const auto status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
}

std::string describe(const PGconn* connection) {
    const auto text = [](const char* value) { return std::string(value ? value : ""); };
    const std::string host = text(PQhost(connection));
    std::string place = text(PQdb(connection)) + " at " + host;
    if (!host.starts_with('/')) place += ":" + text(PQport(connection));
    return place;
}

void ignore_notices(PGconn* connection) {
    PQsetNoticeReceiver(
        connection, [](void*, const PGresult*) {}, nullptr);
}

}  // namespace hutong::pg
