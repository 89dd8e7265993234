#include <filesystem>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/evidence/head_rows.hpp"
#include "security/journal/beside.hpp"

namespace hutong::admin {

namespace {

constexpr std::chrono::seconds patience_for_a_stamp{10};

Awaitable<Result<std::uint64_t>> seal(security::Journal& journal) {
    using Signature = void(Result<std::uint64_t>);
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), Signature>(
        [&journal](auto handler) {
            // The writer's thread must not run the coroutine; it posts it back to where it came from.
            auto executor = asio::get_associated_executor(handler);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            journal.seal([executor, shared](Result<std::uint64_t> sealed) {
                asio::post(executor,
                           [shared, sealed = std::move(sealed)]() mutable { (*shared)(std::move(sealed)); });
            });
        },
        asio::use_awaitable);
}

}  // namespace

// Seals what was written so far, and waits a little for its timestamp.
Answer journal_seal(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const std::uint64_t segment, co_await seal(services.journal));
    const auto stamp = security::journal::timestamp_path(services.home.journal(), segment);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    bool there = segment > 0 && std::filesystem::exists(stamp);
    const auto until = std::chrono::steady_clock::now() + patience_for_a_stamp;
    while (segment > 0 && !there && std::chrono::steady_clock::now() < until) {
        const bool go_on = co_await sleep_for(timer, std::chrono::milliseconds(100));
        if (!go_on) break;
        there = std::filesystem::exists(stamp);
    }
    co_return json::object{{"segment", segment}, {"timestamped", there}};
}

Answer journal_heads(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto heads,
                     co_await security::evidence::kept_heads(*services.database, services.node));
    json::array lines;
    for (const auto& head : heads) lines.emplace_back(to_line(head));
    co_return json::value(std::move(lines));
}

}  // namespace hutong::admin
