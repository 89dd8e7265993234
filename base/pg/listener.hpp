// LISTEN on its own connection, with reconnect; used to hear of committed changes at once.
//
// Callbacks run on the executor given. A reconnect is reported too, since notifications may have been missed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/asio.hpp"

namespace hutong::pg {

class Listener {
  public:
    // `heard(channel, payload)`; after each (re)connect it is called once with an empty channel.
    using Heard = std::function<void(std::string channel, std::string payload)>;

    Listener(asio::any_io_executor executor, std::string url, std::vector<std::string> channels, Heard heard);
    ~Listener();
    void stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace hutong::pg
