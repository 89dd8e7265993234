#include "base/pg/rows.hpp"

#include <charconv>
#include <stdexcept>

namespace hutong::pg {

namespace {

// libpq answers an index out of range with a warning and nothing; a wrong index is our defect and says so.
void check(const PGresult* result, std::size_t row, std::size_t column) {
    if (!result || row >= static_cast<std::size_t>(PQntuples(result)) ||
        column >= static_cast<std::size_t>(PQnfields(result)))
        throw std::out_of_range("database row " + std::to_string(row) + " column " + std::to_string(column) +
                                " is not in the answer");
}

std::string_view field(const PGresult* result, std::size_t row, std::size_t column) {
    const int r = static_cast<int>(row);
    const int c = static_cast<int>(column);
    return {PQgetvalue(result, r, c), static_cast<std::size_t>(PQgetlength(result, r, c))};
}

}  // namespace

std::size_t Rows::size() const {
    return state_ ? static_cast<std::size_t>(PQntuples(state_->result.get())) : 0;
}

std::string_view Rows::text(std::size_t row, std::size_t column) const {
    const PGresult* result = state_ ? state_->result.get() : nullptr;
    check(result, row, column);
    return field(result, row, column);
}

std::optional<std::string> Rows::value(std::size_t row, std::size_t column) const {
    const std::string_view found = text(row, column);
    if (PQgetisnull(state_->result.get(), static_cast<int>(row), static_cast<int>(column)))
        return std::nullopt;
    return std::string(found);
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const {
    const std::string_view digits = text(row, column);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failed != std::errc{} || end != digits.data() + digits.size())
        throw std::invalid_argument("database column " + std::to_string(column) + " is not an integer");
    return number;
}

bool Rows::boolean(std::size_t row, std::size_t column) const {
    return text(row, column) == "t";
}

Bytes Rows::bytes(std::size_t row, std::size_t column) const {
    const std::string_view hex = text(row, column);
    if (hex.empty()) return {};
    if (!hex.starts_with("\\x"))
        throw std::invalid_argument("database column " + std::to_string(column) + " is not of type bytea");
    return from_hex(hex.substr(2)).value();
}

std::uint64_t Rows::affected() const {
    if (!state_) return 0;
    const std::string_view digits = PQcmdTuples(state_->result.get());
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::string_view Rows::command() const {
    return state_ ? PQcmdStatus(state_->result.get()) : std::string_view();
}

std::string bytea(ByteView bytes) {
    return "\\x" + to_hex(bytes);
}

}  // namespace hutong::pg
