#include "registry/store/revisions.hpp"

#include <algorithm>

#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

constexpr std::string_view stale = "changed meanwhile: ";
constexpr std::string_view unseen = "say which revision you build on: ";
constexpr std::size_t most_digits = 18;

bool is_revision(const std::string& text) {
    return !text.empty() && text.size() <= most_digits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool says(const Error& error, std::string_view what) {
    return error.code == ErrorCode::conflict && error.detail.find(what) != std::string::npos;
}

// "$3", the parameter after the key's.
std::string next_after(const pg::Params& key, std::size_t further = 0) {
    return "$" + std::to_string(key.size() + 1 + further);
}

}  // namespace

Revised revised_service(const std::string& org, const std::string& name) {
    const std::string id = org + "/" + name;
    return {id, "hutong service show " + id, "service_revisions", "org = $1 and name = $2", with(org, name)};
}

Revised revised_entry(const std::string& id, const std::string& key) {
    return {"the entry of " + id, "hutong catalogue show " + id, "catalogue_revisions", "service = $1",
            with(key)};
}

Awaitable<Result<std::string>> revision_of(pg::Session& session, const std::string& org,
                                           const std::string& name) {
    HUTONG_QUERY(rows, session, "select revision from services where org = $1 and name = $2",
                 with(org, name));
    std::string revision;
    if (!rows.empty()) revision = rows.text(0, 0);
    co_return revision;
}

Awaitable<Result<void>> check_seen(pg::Session& session, Revised what, std::string now, Edit edit) {
    if (edit.seen.empty()) {
        if (!edit.must_see || now.empty()) co_return Result<void>();
        co_return Error{ErrorCode::conflict, std::string(unseen) + what.name + " is at revision " + now +
                                                 ", and this platform takes no edit without it "
                                                 "(registry.require_if_match). Look at it first (" +
                                                 what.look + "), then give If-Match or --if-match"};
    }
    if (!is_revision(edit.seen)) co_return invalid("\"" + edit.seen + "\" is no revision; see: " + what.look);
    if (now == edit.seen) co_return Result<void>();
    const std::string since =
        "select string_agg(distinct one, ', '), string_agg(distinct nullif(editor, "
        "''), ', ') from " +
        what.table + ", unnest(what) one where " + what.where + " and revision > " + next_after(what.key);
    pg::Params params = what.key;
    params.emplace_back(edit.seen);
    HUTONG_QUERY(found, session, since, std::move(params));
    std::string changed = found.value(0, 0) ? std::string(found.text(0, 0)) : "everything";
    if (found.value(0, 1)) changed += ", by " + std::string(found.text(0, 1));
    const std::string is = now.empty() ? "is not there" : "is at revision " + now;
    co_return Error{ErrorCode::conflict, std::string(stale) + what.name + " " + is +
                                             ", and you have seen revision " + edit.seen +
                                             "; changed since: " + changed + ". Look at it again (" +
                                             what.look + "), then decide"};
}

bool is_stale(const Error& error) {
    return says(error, stale);
}

bool is_unseen(const Error& error) {
    return says(error, unseen);
}

Awaitable<Result<std::optional<Replaced>>> replaced_by(pg::Session& session, Revised what,
                                                       std::string revision, Edit edit) {
    std::optional<Replaced> replaced;
    if (!edit.seen.empty()) co_return replaced;
    const std::string made = next_after(what.key), editor = next_after(what.key, 1);
    const std::string statement =
        "select part, revision, editor, made from (select distinct on (part) part, r.revision, r.editor, " +
        as_utc("r.at") + " made from " + what.table + " r, unnest(r.what) part where " + what.where +
        " and r.revision < " + made + " and part <> 'status' and part in (select unnest(what) from " +
        what.table + " where " + what.where + " and revision = " + made +
        ") order by part, r.revision desc) latest where editor not in ('', " + editor +
        ") order by revision desc, part";
    pg::Params params = what.key;
    params.emplace_back(revision);
    params.emplace_back(edit.by);
    HUTONG_QUERY(rows, session, statement, std::move(params));
    if (rows.empty()) co_return replaced;
    replaced.emplace();
    replaced->revision = rows.text(0, 1);
    replaced->by = rows.text(0, 2);
    replaced->at = rows.text(0, 3);
    for (std::size_t i = 0; i < rows.size(); ++i) replaced->parts.emplace_back(rows.text(i, 0));
    co_return replaced;
}

}  // namespace hutong::registry
