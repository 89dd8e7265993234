// Deadlines of many connections with one timer: moving a deadline is a store, not a timer operation.
//
// One Timekeeper per io_context, used only from its thread. Deadlines are kept to a tenth of a second.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/asio.hpp"

namespace hutong::http {

using Instant = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

inline Instant now() {
    return std::chrono::steady_clock::now();
}
constexpr Instant never = Instant::max();

class Timekeeper : public std::enable_shared_from_this<Timekeeper> {
  public:
    // One watched deadline; withdraws itself when destroyed.
    class Watch {
      public:
        explicit Watch(std::shared_ptr<Timekeeper> keeper);
        virtual ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        void set_deadline(Instant when);

      protected:
        virtual void overdue() = 0;  // once per deadline; must not add or remove watches

      private:
        friend class Timekeeper;
        std::shared_ptr<Timekeeper> keeper_;
        std::size_t index_;
    };

    explicit Timekeeper(asio::io_context& context) : timer_(context) {}

  private:
    struct Slot {
        Instant deadline;
        Watch* watch;
    };
    void tick();

    asio::steady_timer timer_;
    bool ticking_{false};
    std::vector<Slot> slots_;
};

}  // namespace hutong::http
