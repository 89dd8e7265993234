// A transaction whose work may end in a Fault. Internal to this folder.
#pragma once

#include <functional>
#include <optional>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

using Work = std::function<Awaitable<OrFault<void>>(pg::Session&)>;

// A Fault rolls everything back.
inline Awaitable<OrFault<void>> in_transaction(pg::Pool& pool, Work work) {
    std::optional<Fault> fault;
    auto step = [&fault, &work](pg::Session& session) -> Awaitable<Result<void>> {
        const auto done = co_await work(session);
        if (done.has_value()) co_return Result<void>();
        fault = done.error();
        co_return refused("the UDDI request is refused");
    };
    const auto done = co_await pool.transaction(step);
    if (fault) co_return *fault;
    if (done.has_error()) co_return Fault(done.error());
    co_return OrFault<void>();
}

}  // namespace hutong::registry::uddi
