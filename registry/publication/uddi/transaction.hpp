// A transaction whose work may end in a Fault. Internal to this folder.
#pragma once

#include <functional>
#include <optional>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

using Work = std::function<Awaitable<OrFault<void>>(pg::Session&)>;

// A Fault rolls everything back. The work may be begun anew (pg::Pool::repeatable_transaction).
inline Awaitable<OrFault<void>> in_transaction(pg::Pool& pool, Work work) {
    std::optional<Fault> fault;
    auto step = [&fault, &work](pg::Session& session) -> Awaitable<Result<void>> {
        fault.reset();
        const auto done = co_await work(session);
        if (done.has_value()) co_return Result<void>();
        fault = done.error();
        co_return refused("the UDDI request is refused");
    };
    const auto done = co_await pool.repeatable_transaction(step);
    if (done.has_value()) co_return OrFault<void>();
    // Where the pool gave up, that is the last word, and not what stopped the last try.
    if (fault && done.error().code == ErrorCode::refused) co_return *fault;
    co_return Fault(done.error());
}

}  // namespace hutong::registry::uddi
