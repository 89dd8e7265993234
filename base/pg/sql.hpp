// What statements share: parameters without braces, times as text, and the one way to leave with an error.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/pg/pool.hpp"

namespace hutong::pg {

// A parameter list; a braced list inside a co_await expression is more than g++ 12 takes.
template <class... Values>
Params with(Values&&... values) {
    Params params;
    params.reserve(sizeof...(values));
    (params.emplace_back(std::forward<Values>(values)), ...);
    return params;
}

// Empty becomes NULL. A choice with ?: between two such values inside a co_await expression is, like a braced
// list, more than g++ 12 takes: the temporaries may be destroyed twice.
inline Param or_null(const std::string& text) {
    return text.empty() ? Param() : Param(text);
}

// A parameter of an array type, e.g. for "key = any($1::text[])" or unnest(); nullopt is NULL.
inline std::string array(const std::vector<Param>& values) {
    std::string text = "{";
    for (const Param& value : values) {
        if (text.size() > 1) text += ',';
        if (!value) {
            text += "NULL";
            continue;
        }
        text += '"';
        for (const char c : *value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + "}";
}

inline constexpr const char* utc = "YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"";

// A timestamptz column as xs:dateTime, for parse_utc().
inline std::string as_utc(const std::string& column) {
    return "to_char(" + column + " at time zone 'UTC', '" + utc + "')";
}

}  // namespace hutong::pg

// Runs a statement in a coroutine that returns a Result; `rows` is declared, or the coroutine leaves with the
// error.
#define HUTONG_QUERY(rows, session, ...)                            \
    auto rows##_result = co_await (session).query(__VA_ARGS__);     \
    if (rows##_result.has_error()) co_return rows##_result.error(); \
    const pg::Rows rows = std::move(*rows##_result)
