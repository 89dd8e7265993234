#include "registry/store/service_history.hpp"

#include "registry/store/sql.hpp"

namespace hutong::registry {

Awaitable<Result<void>> record_step(pg::Session& session, const std::string& org, const std::string& name,
                                    ServiceRecord record) {
    pg::Param from;
    if (record.from) from = std::string(to_string(*record.from));
    const pg::Param person = record.person.empty() ? pg::Param() : pg::Param(record.person);
    HUTONG_QUERY(added, session,
                 "insert into service_history (org, name, version, from_status, to_status, reason, actor, "
                 "person) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                 with(org, name, std::to_string(record.version), from, std::string(to_string(record.to)),
                      record.reason, record.actor, person));
    co_return Result<void>();
}

// Before histories were kept, what was offline had been online.
Awaitable<Result<bool>> was_online(pg::Session& session, const std::string& org, const std::string& name) {
    HUTONG_QUERY(last, session,
                 "select coalesce(from_status in ('online', 'deprecated'), true) from service_history "
                 "where org = $1 and name = $2 and to_status = 'offline' order by id desc limit 1",
                 with(org, name));
    co_return !last.empty() && last.boolean(0, 0);
}

Awaitable<Result<std::vector<ServiceRecord>>> history_of(pg::Session& session, const std::string& org,
                                                         const std::string& name) {
    HUTONG_QUERY(rows, session,
                 "select version, from_status, to_status, reason, actor, " + as_utc("at") +
                     " from service_history where org = $1 and name = $2 order by id",
                 with(org, name));
    std::vector<ServiceRecord> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ServiceRecord& record = all.emplace_back();
        record.version = static_cast<unsigned>(rows.integer(i, 0));
        if (const auto from = rows.value(i, 1)) record.from = status_from(*from).value();
        record.to = status_from(rows.text(i, 2)).value();
        record.reason = rows.text(i, 3);
        record.actor = rows.text(i, 4);
        record.at = parse_utc(rows.text(i, 5)).value();
    }
    co_return all;
}

}  // namespace hutong::registry
