#include "gateway/pipeline/pipeline.hpp"

#include <exception>

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

Refusal defect(std::string_view stage, std::string_view what) {
    return refuse::receiver("The gateway could not handle the call.",
                            "stage " + std::string(stage) + ": " + std::string(what));
}

}  // namespace

std::optional<Refusal> Pipeline::moment(Moment which, Exchange& exchange) const {
    for (const auto& stage : stages_) {
        try {
            if (auto refusal = ((*stage).*which)(exchange)) return refusal;
        } catch (const std::exception& e) {
            return defect(stage->name(), e.what());
        }
    }
    return std::nullopt;
}

Awaitable<void> Pipeline::run(Exchange& exchange) const {
    exchange.pipeline = this;
    for (const auto& stage : stages_) {
        std::optional<Refusal> refusal;
        try {
            refusal = co_await stage->request(exchange);
        } catch (const std::exception& e) {
            refusal = defect(stage->name(), e.what());
        }
        if (refusal) {
            refuse::answer_with(exchange, *refusal);
            break;
        }
    }
    for (auto stage = stages_.rbegin(); stage != stages_.rend(); ++stage) {
        std::optional<Refusal> refusal;
        try {
            refusal = co_await (*stage)->response(exchange);
        } catch (const std::exception& e) {
            refusal = defect((*stage)->name(), e.what());
        }
        if (refusal) refuse::answer_with(exchange, *refusal);
    }
}

}  // namespace hutong::gateway
