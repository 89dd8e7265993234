// One more of what is counted, for as long as it lives: how so many works at a time are let in and no more.
//
// The counter has to outlive it. Safe from any thread.
#pragma once

#include <atomic>

namespace hutong {

struct Place {
    explicit Place(std::atomic<unsigned>& counter) : taken(counter), number(++counter) {}
    ~Place() { --taken; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    std::atomic<unsigned>& taken;
    const unsigned number;  // from 1: how many there were with it when it was made
};

}  // namespace hutong
