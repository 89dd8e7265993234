// What `hutong status` and /readyz say about a running node.
//
// Collected on the control thread; everything read is thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "gateway/http/server.hpp"
#include "gateway/main/daemon/database.hpp"
#include "gateway/main/daemon/head_keeping.hpp"
#include "gateway/main/daemon/pki_watch.hpp"
#include "gateway/main/daemon/segment_chores.hpp"
#include "gateway/main/node_keys.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "security/journal/journal.hpp"

namespace hutong::daemon {

class Status {
  public:
    struct Sources {
        const config::Config& config;
        const Database& database;
        const pg::Pool& pool;
        const registry::CatalogueKeeper& keeper;
        const security::Journal& journal;
        const http::Server& server;
        std::string node;
        bool founder{false};
        std::function<std::string()> public_url;
        const PkiWatch& pki;
        const HeadKeeping& heads;
        const SegmentChores& segments;
        const Home& home;
        const KeyPlaces& places;
        std::function<std::vector<std::string>()> ended;  // one line for each own certificate that has
    };
    explicit Status(Sources sources) : sources_(std::move(sources)) {}

    void started() { started_ = true; }
    void draining() { draining_ = true; }
    std::vector<std::string> hindrances() const;  // why this node should get no calls; empty: it may
    boost::json::object json() const;
    boost::json::array keys() const;  // [{"name", "place", "configured"}]: where each lies
    boost::json::array endings()
        const;                    // [{"service", "ends"}]: deprecated ones within a month, soonest first
    std::string metrics() const;  // Prometheus text of what the gateway does not count itself

  private:
    Sources sources_;
    std::chrono::steady_clock::time_point began_{std::chrono::steady_clock::now()};
    std::atomic<bool> started_{false};
    std::atomic<bool> draining_{false};
};

}  // namespace hutong::daemon
