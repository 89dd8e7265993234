#include "gateway/stages/limits.hpp"

#include <charconv>

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

constexpr unsigned default_concurrency = 4096;

// One call's place among those in flight; given back when the exchange ends.
class Ticket {
  public:
    explicit Ticket(std::shared_ptr<std::atomic<unsigned>> counter) : counter_(std::move(counter)) {}
    ~Ticket() { counter_->fetch_sub(1, std::memory_order_relaxed); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

  private:
    std::shared_ptr<std::atomic<unsigned>> counter_;
};

}  // namespace

Awaitable<std::optional<Refusal>> LimitsStage::request(Exchange& exchange) {
    const config::Config& config = exchange.settings->config;
    const unsigned most =
        config.throttle.max_concurrent == 0 ? default_concurrency : config.throttle.max_concurrent;
    const bool full = in_flight_->fetch_add(1, std::memory_order_relaxed) >= most;
    exchange.ticket = std::make_shared<Ticket>(in_flight_);
    if (full) co_return refuse::not_soap(503, "Too many calls at once; try again in a moment.");

    if (exchange.request.method != "POST")
        co_return refuse::not_soap(405, "Calls are made with POST; GET serves the contract with ?wsdl.");
    if (const auto length = exchange.request.headers.find("Content-Length")) {
        std::uint64_t bytes = 0;
        const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), bytes);
        if (error != std::errc() || end != length->data() + length->size())
            co_return refuse::not_soap(400, "Content-Length is not a number.");
        if (bytes > config.http.max_body_bytes)
            co_return refuse::not_soap(
                413, "The message is longer than " + std::to_string(config.http.max_body_bytes) + " bytes.");
    }
    co_return std::nullopt;
}

}  // namespace hutong::gateway
