// Maps request paths to handlers: an explicit table, the first row that fits answers.
//
// Rows are fixed before the server starts; handle() may then run on any thread. Handlers outlive the router.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.hpp"

namespace hutong::daemon {

class Router : public http::Handler {
  public:
    explicit Router(http::Handler& recorder) : recorder_(recorder) {}  // hears of what was turned away

    // `path` fits as a whole, or, when it ends in '/', as the beginning of what is longer.
    void mount(std::string path, http::Handler& handler);
    http::Handler* find(std::string_view path) const;  // nullptr: nobody

    std::string turned_away(const http::TurnedAway& what) override { return recorder_.turned_away(what); }
    bool takes_escaped_slashes(std::string_view path) const override {
        const http::Handler* const handler = find(path);
        return handler && handler->takes_escaped_slashes(path);
    }
    Awaitable<http::Response> handle(http::Request& request) override;

  private:
    struct Row {
        std::string path;
        http::Handler* handler;
    };
    http::Handler& recorder_;
    std::vector<Row> rows_;
};

}  // namespace hutong::daemon
