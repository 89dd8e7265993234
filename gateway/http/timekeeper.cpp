#include "gateway/http/timekeeper.hpp"

namespace hutong::http {

Timekeeper::Watch::Watch(std::shared_ptr<Timekeeper> keeper)
    : keeper_(std::move(keeper)), index_(keeper_->slots_.size()) {
    keeper_->slots_.push_back({never, this});
    if (!keeper_->ticking_) keeper_->tick();
}

Timekeeper::Watch::~Watch() {
    auto& slots = keeper_->slots_;
    slots[index_] = slots.back();
    slots[index_].watch->index_ = index_;
    slots.pop_back();
}

void Timekeeper::Watch::set_deadline(Instant when) {
    keeper_->slots_[index_].deadline = when;
}

void Timekeeper::tick() {
    ticking_ = !slots_.empty();
    if (!ticking_) return;
    timer_.expires_after(milliseconds(100));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (!self || failed) return;
        const Instant current = now();
        for (Slot& slot : self->slots_) {
            if (slot.deadline > current) continue;
            slot.deadline = never;
            slot.watch->overdue();
        }
        self->tick();
    });
}

}  // namespace hutong::http
