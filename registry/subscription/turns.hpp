// So many at a time; the others wait for their turn in the order in which they came.
//
// On one thread's executor, which outlives the waiting. Internal to this folder.
#pragma once

#include <list>

#include "base/asio.hpp"

namespace hutong::registry::uddi {

class Turns {
  public:
    explicit Turns(unsigned at_once) : free_(at_once) {}

    Awaitable<> take();
    void give_back();  // after each take()

  private:
    unsigned free_;
    std::list<asio::steady_timer*> waiting_;
};

}  // namespace hutong::registry::uddi
