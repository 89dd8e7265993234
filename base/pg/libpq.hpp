// libpq's objects with owners, and its failures as our errors. Internal to base/pg.
//
// Pure helpers, safe from any thread.
#pragma once

#include <memory>
#include <string>

#include <libpq-fe.h>

#include "base/result.hpp"

namespace hutong::pg {

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
    void operator()(PGnotify* notify) const { PQfreemem(notify); }
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ConnectionHandle = std::unique_ptr<PGconn, Finish>;
using ResultHandle = std::unique_ptr<PGresult, Finish>;
using NotifyHandle = std::unique_ptr<PGnotify, Finish>;

// libpq's messages span lines; ours do not.
std::string one_line(const char* text);

// What the connection says went wrong: always unavailable.
Error connection_error(const PGconn* connection);

// The kind by SQLSTATE (PostgreSQL 15, appendix A), the text by the server's message and detail.
Error sql_error(const PGresult* result);

// The server ended the transaction for the sake of another one (40P01, deadlock; 40001, serialization
// failure): it may well be done when it is begun anew.
bool is_collision(const PGresult* result);

bool succeeded(const PGresult* result);

// Where the connection leads, without secrets: "hutong at 127.0.0.1:5432".
std::string describe(const PGconn* connection);

void ignore_notices(PGconn* connection);

}  // namespace hutong::pg
