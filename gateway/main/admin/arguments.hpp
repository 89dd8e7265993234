// What a command was given, read strictly: a missing or mistyped argument is an error that names it.
//
// A view of the request's JSON; it must not outlive it.
#pragma once

#include <optional>
#include <vector>

#include "gateway/main/admin/protocol.hpp"

namespace hutong::admin {

class Arguments {
  public:
    explicit Arguments(const json::object& object) : object_(object) {}

    Result<std::string> text(std::string_view name) const;  // required, not empty
    Result<std::optional<std::string>> optional_text(std::string_view name) const;
    Result<std::vector<std::string>> texts(std::string_view name) const;  // absent: none
    Result<bool> flag(std::string_view name, bool otherwise) const;
    Result<const json::object*> object(std::string_view name) const;  // required

  private:
    const json::object& object_;
};

}  // namespace hutong::admin
