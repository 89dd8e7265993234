#include "registry/subscription/turns.hpp"

namespace hutong::registry::uddi {

Awaitable<> Turns::take() {
    if (free_ > 0) {
        --free_;
        co_return;
    }
    asio::steady_timer turn(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    waiting_.push_back(&turn);
    boost::system::error_code woken;
    co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

void Turns::give_back() {
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    waiting_.front()->cancel();  // the turn is its
    waiting_.pop_front();
}

}  // namespace hutong::registry::uddi
