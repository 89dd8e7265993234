#include "gateway/main/daemon/uddi_views.hpp"

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "registry/publication/uddi/views.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds pause{5};

}  // namespace

Awaitable<bool> complete_uddi_views(pg::Pool& pool, const config::Wsdl& limits) {
    const Result<unsigned> made = co_await registry::uddi::complete_views(pool, limits);
    if (made.has_error()) {
        log(MessageId::HT3022, {{"reason", made.error().detail}});
        co_return false;
    }
    if (*made > 0) log(MessageId::HT3021, {{"entities", std::to_string(*made)}});
    co_return true;
}

Awaitable<> keep_completing_uddi_views(pg::Pool& pool, const config::Wsdl& limits,
                                       asio::steady_timer& timer) {
    for (bool go_on = true; go_on;) {
        go_on = co_await sleep_for(timer, pause);
        if (go_on) go_on = !co_await complete_uddi_views(pool, limits);
    }
}

}  // namespace hutong::daemon
