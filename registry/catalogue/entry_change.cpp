// ResourceCatalogue::change: what an agency says about its service in its own words.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/coroutine.hpp"
#include "registry/catalogue/entry_rows.hpp"
#include "registry/publication/steps.hpp"
#include "registry/store/search_documents.hpp"
#include "registry/store/sql.hpp"
#include "registry/validation/canonical.hpp"
#include "registry/validation/values.hpp"

namespace hutong::registry {

namespace {

// The columns of catalogue_entries; lengths in bytes, where a character of Chinese has three.
constexpr std::array fields{
    EntryField{"title", 255},    EntryField{"abstract", 4000},  EntryField{"provider", 255},
    EntryField{"contact", 500},  EntryField{"theme", 20},       EntryField{"theme_name", 255},
    EntryField{"region", 6},     EntryField{"identifier", 255}, EntryField{"keywords", 2000},
    EntryField{"published", 10}, EntryField{"begins", 10},      EntryField{"ends", 10},
    EntryField{"online", 2000},  EntryField{"maintainer", 500}};

Error wrong(std::string_view field, const std::string& value, std::string_view must) {
    return invalid(std::string(field) + ": \"" + value + "\" " + std::string(must));
}

bool is_day(const std::string& text) {
    int year = 0;
    unsigned month = 0, day = 0;
    char end = 0;
    if (text.size() != 10 || text.find_first_not_of("0123456789-") != std::string::npos) return false;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &end) != 3) return false;
    return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                       std::chrono::day(day))
        .ok();
}

Result<void> check_field(const std::string& name, const std::string& value) {
    const auto known = std::find_if(fields.begin(), fields.end(),
                                    [&](const EntryField& field) { return field.name == name; });
    if (known == fields.end()) return invalid(name + " is no element of a catalogue entry");
    if (value.empty()) return {};
    if (value.size() > known->most)
        return invalid(name + ": " + std::to_string(known->most) + " bytes at most");
    if (value.find('\0') != std::string::npos) return invalid(name + ": holds a null character");
    if (name == "theme" &&
        value.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.") !=
            std::string::npos)
        return wrong(name, value, "is no code of GB/T 21063.4: use letters, digits and dots");
    if ((name == "published" || name == "begins" || name == "ends") && !is_day(value))
        return wrong(name, value, "is no day: write YYYY-MM-DD");
    if (name == "online" && !value.starts_with("http://") && !value.starts_with("https://"))
        return wrong(name, value, "is no address: begin with http:// or https://");
    return {};
}

Awaitable<Result<void>> check_region(pg::Session& session, const std::string& region) {
    if (region.empty()) co_return Result<void>();
    std::set<uddi::SetAndValue> one;
    one.emplace(uddi::gbt2260_key, region);
    HUTONG_CO_ASSIGN(const auto bad, co_await uddi::wrong_value(session, std::move(one)));
    if (bad)
        co_return wrong("region", region,
                        "is no code of GB/T 2260, which has six digits, the first two a province's");
    co_return Result<void>();
}

Awaitable<Result<void>> store(pg::Session& session, const std::string& key, const EntryChange& change) {
    pg::Params params = with(key);
    std::string columns, values, set;
    std::vector<pg::Param> names;
    for (const auto& [name, value] : change.fields) {
        params.emplace_back(value);
        names.emplace_back(name);
        columns += ", " + name;
        values += ", $" + std::to_string(params.size());
        set += ", " + name + " = excluded." + name;
    }
    const std::string what = "$" + std::to_string(params.size() + 1);
    const std::string editor = "$" + std::to_string(params.size() + 2);
    params.emplace_back(pg::array(names));
    params.emplace_back(change.edit.by);
    const std::string statement =
        "with stored as (insert into catalogue_entries as c (service, revision" + columns +
        ") values ($1, 1" + values +
        ") on conflict (service) do update set revision = c.revision + 1, updated = now()" + set +
        " returning service, revision) insert into catalogue_revisions (service, revision, what, editor) "
        "select service, revision, " +
        what + "::text[], " + editor + "::text from stored";
    HUTONG_QUERY(stored, session, statement, std::move(params));
    co_return Result<void>();
}

}  // namespace

std::span<const EntryField> entry_fields() {
    return fields;
}

Awaitable<Result<EditedEntry>> ResourceCatalogue::change(EntryChange change) {
    if (change.fields.empty()) co_return invalid("there is nothing to set: name at least one element");
    for (const auto& [name, value] : change.fields) HUTONG_CO_TRY(check_field(name, value));
    EditedEntry edited;
    const std::string url = public_url_();
    auto work = [&](pg::Session& session) -> Awaitable<Result<void>> {
        std::string id = change.id;
        HUTONG_CO_ASSIGN(ResourceEntry now, co_await read_entry(session, id, url));
        // The lock before the look: of two who change at once the second sees what the first left.
        HUTONG_QUERY(locked, session, "select 1 from uddi_entities where key = $1 for no key update",
                     with(now.key));
        HUTONG_CO_ASSIGN(now, co_await read_entry(session, std::move(id), url));
        // What nobody has said anything about yet, nobody can lose.
        const Revised what = revised_entry(change.id, now.key);
        Edit edit = change.edit;
        edit.must_see = edit.must_see && now.revision != "0";
        HUTONG_CO_TRY(co_await check_seen(session, what, now.revision, edit));
        if (const auto region = change.fields.find("region"); region != change.fields.end())
            HUTONG_CO_TRY(co_await check_region(session, region->second));
        HUTONG_CO_TRY(co_await store(session, now.key, change));
        std::vector<std::string> keys(1, now.key);
        HUTONG_CO_TRY(co_await write_documents(session, std::move(keys)));
        HUTONG_CO_ASSIGN(edited.entry, co_await read_entry(session, now.key, url));
        const ResourceEntry& changed = edited.entry;
        if (!changed.begins.empty() && !changed.ends.empty() && changed.ends < changed.begins)
            co_return invalid("ends: " + changed.ends + " is before it begins, " + changed.begins);
        HUTONG_CO_ASSIGN(edited.replaced, co_await replaced_by(session, what, changed.revision, edit));
        co_return Result<void>();
    };
    HUTONG_CO_TRY(co_await pool_.transaction(work));
    co_return edited;
}

}  // namespace hutong::registry
