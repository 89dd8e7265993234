// What a command was given, read strictly: a missing or mistyped argument is an error that names it. And by
// whom.
//
// A view of the request's JSON and its caller; it must not outlive them.
#pragma once

#include <optional>
#include <vector>

#include "gateway/main/admin/caller.hpp"
#include "gateway/main/admin/protocol.hpp"

namespace hutong::admin {

class Arguments {
  public:
    Arguments(const json::object& object, const Caller& caller) : object_(object), caller_(caller) {}

    Result<std::string> text(std::string_view name) const;  // required, not empty
    Result<std::optional<std::string>> optional_text(std::string_view name) const;
    Result<std::vector<std::string>> texts(std::string_view name) const;  // absent: none
    Result<std::optional<bool>> flag(std::string_view name) const;
    Result<std::int64_t> number(std::string_view name, std::int64_t otherwise) const;
    Result<const json::object*> object(std::string_view name) const;  // required

    bool has(std::string_view name) const;  // null is as good as absent

    const Caller& caller() const { return caller_; }
    Result<security::Officer> officer() const;  // refused, when no officer asks

  private:
    const json::object& object_;
    const Caller& caller_;
};

}  // namespace hutong::admin
