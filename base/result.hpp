// Result<T>: a value, or one flat Error that says what failed, where, and how to mend it.
//
// The data plane reports failure only through Result; exceptions are for start-up and the gSOAP fence.
// Values, freely copied and moved between threads.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

namespace hutong {

// What kind of failure it is: the only thing code branches on. People read Error::detail.
enum class ErrorCode {
    invalid,      // the input breaks a rule; the detail names the rule and the place
    not_found,    // what was named does not exist
    conflict,     // it exists already, or it was changed meanwhile
    refused,      // understood, but not allowed
    limit,        // a configured limit was exceeded
    unavailable,  // something outside is away: database, backend, disk
    timeout,      // it took longer than configured
    corrupt,      // stored data does not fit its own checks
    internal,     // a defect of this program
};

std::string_view to_string(ErrorCode code);

struct Error {
    ErrorCode code{ErrorCode::internal};
    std::string detail;  // one line, English, for the log or the operator

    // The same error with where it happened put in front: "service.toml line 3: unknown key".
    Error at(std::string_view place) const { return {code, std::string(place) + ": " + detail}; }
};

// Thrown only where a Result cannot be returned (start-up, constructors).
class Failure : public std::runtime_error {
  public:
    explicit Failure(Error error) : std::runtime_error(error.detail), error_(std::move(error)) {}
    const Error& error() const { return error_; }

  private:
    Error error_;
};

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw Failure(error);
}

template <class T>
using Result = boost::system::result<T, Error>;

inline Error invalid(std::string detail) {
    return {ErrorCode::invalid, std::move(detail)};
}
inline Error not_found(std::string detail) {
    return {ErrorCode::not_found, std::move(detail)};
}
inline Error refused(std::string detail) {
    return {ErrorCode::refused, std::move(detail)};
}
inline Error unavailable(std::string detail) {
    return {ErrorCode::unavailable, std::move(detail)};
}
inline Error internal(std::string detail) {
    return {ErrorCode::internal, std::move(detail)};
}

}  // namespace hutong

// Leaves the enclosing function with the error of `expression` (a Result), if it holds one.
#define HUTONG_TRY(expression)                                               \
    do {                                                                     \
        if (auto&& try_result_ = (expression); try_result_.has_error())      \
            return std::forward<decltype(try_result_)>(try_result_).error(); \
    } while (false)

#define HUTONG_CONCAT_(a, b) a##b
#define HUTONG_CONCAT(a, b) HUTONG_CONCAT_(a, b)

// Declares `variable` from the value of `expression`, or leaves with its error.
#define HUTONG_ASSIGN(variable, expression)                         \
    auto HUTONG_CONCAT(assign_, __LINE__) = (expression);           \
    if (HUTONG_CONCAT(assign_, __LINE__).has_error())               \
        return std::move(HUTONG_CONCAT(assign_, __LINE__)).error(); \
    variable = std::move(*HUTONG_CONCAT(assign_, __LINE__))
