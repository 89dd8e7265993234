#include "registry/store/revisions.hpp"

#include <algorithm>

#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

constexpr std::string_view stale = "changed meanwhile: ";
constexpr std::size_t most_digits = 18;

bool is_revision(const std::string& text) {
    return !text.empty() && text.size() <= most_digits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Awaitable<Result<std::string>> revision_of(pg::Session& session, const std::string& org,
                                           const std::string& name) {
    HUTONG_QUERY(rows, session, "select revision from services where org = $1 and name = $2",
                 with(org, name));
    std::string revision;
    if (!rows.empty()) revision = rows.text(0, 0);
    co_return revision;
}

Awaitable<Result<void>> check_seen(pg::Session& session, const std::string& org, const std::string& name,
                                   const std::string& seen) {
    if (seen.empty()) co_return Result<void>();
    const std::string service = org + "/" + name;
    if (!is_revision(seen))
        co_return invalid("\"" + seen + "\" is no revision; see: hutong service show " + service);
    const auto now = co_await revision_of(session, org, name);
    if (now.has_error()) co_return now.error();
    if (*now == seen) co_return Result<void>();
    HUTONG_QUERY(what, session,
                 "select string_agg(distinct one, ', ') from service_revisions, unnest(what) one where org = "
                 "$1 and name = $2 and revision > $3",
                 with(org, name, seen));
    const std::string changed = what.value(0, 0) ? std::string(what.text(0, 0)) : "everything";
    const std::string is = now->empty() ? "is not there" : "is at revision " + *now;
    co_return Error{ErrorCode::conflict,
                    std::string(stale) + service + " " + is + ", and you have seen revision " + seen +
                        "; changed since: " + changed + ". Look at it again (hutong service show " + service +
                        "), then decide"};
}

bool is_stale(const Error& error) {
    return error.code == ErrorCode::conflict && error.detail.find(stale) != std::string::npos;
}

}  // namespace hutong::registry
