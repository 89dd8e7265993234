#include "base/pg/statement_names.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace hutong::pg {

StatementNames::StatementNames(std::size_t most)
    : most_(most), prefix_("hutong_" + to_hex(random_bytes(8)) + "_") {}

StatementNames::Choice StatementNames::choose(const std::string& sql) {
    ++clock_;
    if (const auto found = known_.find(sql); found != known_.end()) {
        Known& known = found->second;
        known.used = clock_;
        const bool fresh = known.name.empty();
        if (fresh) known.name = prefix_ + std::to_string(clock_);
        return {known.name, fresh, {}};
    }
    Choice choice;
    if (known_.size() >= most_) choice.deallocate = make_room();
    known_.emplace(sql, Known{{}, clock_});
    return choice;
}

// The name of the one that goes.
std::string StatementNames::make_room() {
    const auto oldest = std::ranges::min_element(known_, {}, [](const auto& one) { return one.second.used; });
    std::string name = std::move(oldest->second.name);
    known_.erase(oldest);
    return name;
}

}  // namespace hutong::pg
