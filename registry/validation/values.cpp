#include "registry/validation/values.hpp"

#include <algorithm>

#include "base/coroutine.hpp"
#include "registry/store/sql.hpp"
#include "registry/validation/canonical.hpp"

namespace hutong::registry::uddi {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_capital_or_digit(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z');
}

// Six digits, the first two a province's.
std::string province_of(std::string_view code) {
    if (code.size() != 6 || !std::ranges::all_of(code, is_digit)) return {};
    return std::string(code.substr(0, 2)) + "0000";
}

// A country, or behind a hyphen what is in it: one to three letters or digits (ISO 3166-2).
std::string country_of(std::string_view code) {
    if (code.size() < 3 || code[2] != '-') return std::string(code);
    const std::string_view within = code.substr(3);
    if (within.empty() || within.size() > 3 || !std::ranges::all_of(within, is_capital_or_digit)) return {};
    return std::string(code.substr(0, 2));
}

}  // namespace

std::string listed_value(std::string_view set, std::string_view value) {
    if (set == gbt2260_key) return province_of(value);
    if (set == iso3166_key) return country_of(value);
    return std::string(value);
}

Awaitable<Result<std::optional<SetAndValue>>> wrong_value(pg::Session& session,
                                                          std::set<SetAndValue> values) {
    std::optional<SetAndValue> wrong;
    if (values.empty()) co_return wrong;
    std::vector<pg::Param> sets, given, listed;
    for (const auto& [set, value] : values) {
        sets.emplace_back(set);
        given.emplace_back(value);
        listed.emplace_back(listed_value(set, value));
    }
    HUTONG_QUERY(
        rows, session,
        "select u.t, u.v from unnest($1::text[], $2::text[], $3::text[]) u (t, v, l) where exists (select 1 "
        "from uddi_values where tmodel = u.t) and not exists (select 1 from uddi_values where tmodel = u.t "
        "and value = u.l) limit 1",
        with(pg::array(sets), pg::array(given), pg::array(listed)));
    if (!rows.empty()) wrong.emplace(rows.text(0, 0), rows.text(0, 1));
    co_return wrong;
}

}  // namespace hutong::registry::uddi
