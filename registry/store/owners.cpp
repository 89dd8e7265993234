#include "registry/store/owners.hpp"

#include "registry/store/sql.hpp"

namespace hutong::registry {

Awaitable<Result<std::optional<std::string>>> organisation_of_consumer(pg::Session& session,
                                                                       std::string consumer) {
    HUTONG_QUERY(rows, session, "select org from consumers where id = $1", with(consumer));
    std::optional<std::string> org;
    if (!rows.empty()) org = std::string(rows.text(0, 0));
    co_return org;
}

Awaitable<Result<std::optional<Sides>>> sides_of_request(pg::Session& session, std::string request) {
    HUTONG_QUERY(rows, session,
                 "select c.org, r.org from grant_requests r join consumers c on c.id = r.consumer "
                 "where r.id = $1",
                 with(request));
    std::optional<Sides> sides;
    if (!rows.empty()) sides = Sides{std::string(rows.text(0, 0)), std::string(rows.text(0, 1))};
    co_return sides;
}

}  // namespace hutong::registry
