#include "registry/publication/steps.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "registry/store/service_rows.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

Error bad_name(const std::string& what, const std::string& id) {
    return invalid(what + " \"" + id +
                   "\": use 1 to 63 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit");
}

Error conflict(std::string detail) {
    return {ErrorCode::conflict, std::move(detail)};
}

Error no_service(const std::string& service) {
    return not_found("there is no service " + service + "; see: hutong service list");
}

Result<std::pair<std::string, std::string>> split(const std::string& service) {
    const std::size_t slash = service.find('/');
    if (slash == std::string::npos || !is_name(service.substr(0, slash)) ||
        !is_name(service.substr(slash + 1)))
        return invalid("service \"" + service + "\" must be written ORG/NAME");
    return std::pair(service.substr(0, slash), service.substr(slash + 1));
}

Awaitable<Result<Service>> locked_service(pg::Session& session, const std::string& org,
                                          const std::string& name, const Edit& edit) {
    HUTONG_QUERY(locked, session, "select 1 from services where org = $1 and name = $2 for update",
                 with(org, name));
    if (locked.empty()) co_return no_service(org + "/" + name);
    auto now = co_await revision_of(session, org, name);
    if (now.has_error()) co_return now.error();
    const auto unchanged = co_await check_seen(session, revised_service(org, name), std::move(*now), edit);
    if (unchanged.has_error()) co_return unchanged.error();
    HUTONG_QUERY(rows, session, select_services("where s.org = $1 and s.name = $2"), with(org, name));
    co_return services_of(rows).front();
}

Awaitable<Result<Made>> made_by(pg::Session& session, const std::string& org, const std::string& name,
                                const Edit& edit) {
    Made made;
    const auto revision = co_await revision_of(session, org, name);
    if (revision.has_error()) co_return revision.error();
    made.revision = *revision;
    auto replaced = co_await replaced_by(session, revised_service(org, name), *revision, edit);
    if (replaced.has_error()) co_return replaced.error();
    made.replaced = std::move(*replaced);
    co_return made;
}

Awaitable<Result<std::vector<std::string>>> granted_consumers(pg::Session& session, const std::string& org,
                                                              const std::string& name) {
    HUTONG_QUERY(rows, session,
                 "select distinct consumer from grants where org = $1 and name = $2 order by consumer",
                 with(org, name));
    std::vector<std::string> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.emplace_back(rows.text(i, 0));
    co_return all;
}

std::string first_of(const std::vector<std::string>& consumers) {
    constexpr std::size_t most = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(consumers.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + consumers[i];
    if (consumers.size() > most) text += " and " + std::to_string(consumers.size() - most) + " more";
    return text;
}

Awaitable<Result<void>> raise_generation(pg::Session& session) {
    HUTONG_QUERY(raised, session, "select raise_generation()");
    co_return Result<void>();
}

}  // namespace hutong::registry
