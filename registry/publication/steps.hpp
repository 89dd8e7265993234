// What the changes of a Publication have in common: names taken apart, and the last step of each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/pg/pool.hpp"
#include "base/result.hpp"
#include "registry/model/entities.hpp"
#include "registry/store/revisions.hpp"

namespace hutong::registry {

Error bad_name(const std::string& what, const std::string& id);
Error conflict(std::string detail);
Error no_service(const std::string& service);

// "org/name" taken apart.
Result<std::pair<std::string, std::string>> split(const std::string& service);

// The lock before the look: of two who change at once the second builds on what the first left, or is refused
// if he said which revision he has seen (store/revisions.hpp). Errors: not_found, conflict.
Awaitable<Result<Service>> locked_service(pg::Session& session, const std::string& org,
                                          const std::string& name, const Edit& edit);

// The revision that the edit made, and what it replaced.
struct Made {
    std::string revision{};
    std::optional<Replaced> replaced{};
};
Awaitable<Result<Made>> made_by(pg::Session& session, const std::string& org, const std::string& name,
                                const Edit& edit);

// Who holds grants for it, each once, by name; and the first of them in words.
Awaitable<Result<std::vector<std::string>>> granted_consumers(pg::Session& session, const std::string& org,
                                                              const std::string& name);
std::string first_of(const std::vector<std::string>& consumers);

// Every change ends with it: the generation that tells the nodes.
Awaitable<Result<void>> raise_generation(pg::Session& session);

}  // namespace hutong::registry
