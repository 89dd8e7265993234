// The admin audit log of what the platform does by itself where an officer's command would be journaled: it
// lets nodes in, certifies keys of its own, and takes its configuration.
//
// On disk when write() returns. Runs on the control thread; the journal outlives it.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "base/asio.hpp"
#include "base/result.hpp"
#include "security/journal/journal.hpp"

namespace hutong::daemon {

class OwnRecords {
  public:
    explicit OwnRecords(security::Journal& journal) : journal_(journal) {}

    // `outcome` as for a command: "begun", "ok", or an error's code, then with `reason`.
    Awaitable<Result<void>> write(std::string command, boost::json::object arguments, std::string outcome,
                                  std::string reason = {});

  private:
    security::Journal& journal_;
};

}  // namespace hutong::daemon
