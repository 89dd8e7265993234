#include "base/pg/migrations.hpp"

#include <array>
#include <charconv>
#include <map>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/pg/libpq.hpp"

namespace hutong::pg {

namespace {

// pg_advisory_lock key of "migrations run": any number, the same in every version of this program.
constexpr const char* lock_key = "7241370017";

struct Applied {
    std::string name;
    std::string digest;
};

// A blocking connection for start-up.
class Link {
  public:
    static Result<Link> open(const std::string& url) {
        const std::array keys{"connect_timeout", "gssencmode",      "fallback_application_name",
                              "dbname",          "client_encoding", static_cast<const char*>(nullptr)};
        const std::array values{"10",        "disable", "hutong",
                                url.c_str(), "UTF8",    static_cast<const char*>(nullptr)};
        ConnectionHandle handle(PQconnectdbParams(keys.data(), values.data(), 1));
        if (!handle || PQstatus(handle.get()) != CONNECTION_OK) return connection_error(handle.get());
        ignore_notices(handle.get());
        return Link(std::move(handle));
    }

    Result<ResultHandle> run(const std::string& sql) { return checked(PQexec(handle_.get(), sql.c_str())); }

    Result<ResultHandle> run(const std::string& sql, const std::vector<std::string>& params) {
        std::vector<const char*> values;
        for (const std::string& param : params) values.push_back(param.c_str());
        return checked(PQexecParams(handle_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                    values.data(), nullptr, nullptr, 0));
    }

    std::string where() const { return describe(handle_.get()); }

  private:
    explicit Link(ConnectionHandle handle) : handle_(std::move(handle)) {}

    Result<ResultHandle> checked(PGresult* raw) {
        ResultHandle result(raw);
        if (!succeeded(raw)) return sql_error(raw);
        return result;
    }

    ConnectionHandle handle_;
};

std::string digest_of(const Migration& migration) {
    return to_hex(sha256(migration.sql));
}

std::string label(unsigned number, const std::string& name) {
    return "migration " + std::to_string(number) + " (" + name + ")";
}

Result<std::map<unsigned, Applied>> read_applied(Link& link) {
    HUTONG_TRY(
        link.run("create table if not exists schema_migrations (number integer primary key, "
                 "name text not null, sha256 text not null, applied timestamptz not null default now())"));
    HUTONG_ASSIGN(const auto rows,
                  link.run("select number, name, sha256 from schema_migrations order by number"));
    std::map<unsigned, Applied> applied;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
        const std::string_view digits = PQgetvalue(rows.get(), row, 0);
        unsigned number = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        applied[number] = {PQgetvalue(rows.get(), row, 1), PQgetvalue(rows.get(), row, 2)};
    }
    return applied;
}

// What ran must be the beginning of what we know, unchanged.
Result<void> check(const std::map<unsigned, Applied>& applied, const std::vector<Migration>& known) {
    std::map<unsigned, const Migration*> by_number;
    for (const Migration& migration : known) by_number[migration.number] = &migration;
    for (const auto& [number, was] : applied) {
        const auto ours = by_number.find(number);
        if (ours == by_number.end())
            return refused("the database is newer than this program: it has " + label(number, was.name) +
                           ", which this hutong does not know; install the newer hutong");
        if (digest_of(*ours->second) != was.digest)
            return refused(
                "the database's " + label(number, was.name) +
                " is not the one this hutong knows; use the hutong that made it, or restore a backup");
    }
    for (const Migration& migration : known) {
        if (!applied.empty() && migration.number < applied.rbegin()->first &&
            !applied.contains(migration.number))
            return refused("the database lacks " + label(migration.number, migration.name) +
                           " though later ones ran; restore a backup");
    }
    return {};
}

Result<void> apply(Link& link, const Migration& migration) {
    const std::string name = label(migration.number, migration.name);
    HUTONG_TRY(link.run("begin"));
    if (auto done = link.run(migration.sql); done.has_error()) return done.error().at(name);
    if (auto noted =
            link.run("insert into schema_migrations (number, name, sha256) values ($1::integer, $2, $3)",
                     {std::to_string(migration.number), migration.name, digest_of(migration)});
        noted.has_error())
        return noted.error().at(name);
    HUTONG_ASSIGN(const auto ended, link.run("commit"));
    if (std::string_view(PQcmdStatus(ended.get())) != "COMMIT") return internal(name + ": rolled back");
    return {};
}

}  // namespace

Result<unsigned> migrate(const std::string& url, const std::vector<Migration>& migrations) {
    HUTONG_ASSIGN(Link link, Link::open(url));
    // Held until the connection ends, which is also what ends it when we crash.
    HUTONG_TRY(link.run(std::string("select pg_advisory_lock(") + lock_key + ")"));
    HUTONG_ASSIGN(const auto applied, read_applied(link));
    HUTONG_TRY(check(applied, migrations));
    unsigned count = 0;
    for (const Migration& migration : migrations) {
        if (applied.contains(migration.number)) continue;
        HUTONG_TRY(apply(link, migration));
        ++count;
    }
    if (count > 0) log(MessageId::HT2003, {{"database", link.where()}, {"applied", std::to_string(count)}});
    return count;
}

}  // namespace hutong::pg
