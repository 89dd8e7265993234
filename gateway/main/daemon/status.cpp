#include "gateway/main/daemon/status.hpp"

#include <cstdint>
#include <map>

#include <unistd.h>

#include "version.hpp"

namespace hutong::daemon {

namespace json = boost::json;

std::vector<std::string> Status::hindrances() const {
    std::vector<std::string> all;
    if (!started_) all.push_back("the node is starting");
    if (draining_) all.push_back("the node is stopping");
    if (!sources_.keeper.current())
        all.push_back("the registry has not been read: the database is away and no snapshot is saved");
    else if (sources_.keeper.age() > sources_.config.snapshot.max_age)
        all.push_back("the registry snapshot is " + std::to_string(sources_.keeper.age().count()) +
                      " s old; calls are refused beyond snapshot.max_age");
    if (!sources_.journal.writable())
        all.push_back("the journal cannot be written: free disk space or mend the disk");
    for (std::string& ended : sources_.ended()) all.push_back(std::move(ended));
    for (std::string& trouble : sources_.places.providers->troubles()) all.push_back(std::move(trouble));
    return all;
}

json::object Status::json() const {
    const auto uptime =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began_).count();
    const std::vector<std::string> reasons = hindrances();
    const auto catalogue = sources_.keeper.current();
    const http::ServerCounters counters = sources_.server.counters();
    const security::Position last = sources_.journal.last();
    return {
        {"version", version},
        {"pid", std::int64_t{::getpid()}},
        {"uptime_seconds", uptime},
        {"node", sources_.node},
        {"founder", sources_.founder},
        {"roles", json::array(sources_.config.roles.begin(), sources_.config.roles.end())},
        {"ready", reasons.empty()},
        {"hindrances", json::array(reasons.begin(), reasons.end())},
        {"http", sources_.server.http_url()},
        {"https", sources_.server.https_url()},
        {"public_url", sources_.public_url()},
        {"database",
         {{"kind", sources_.database.embedded() ? "embedded" : "url"}, {"up", sources_.pool.available()}}},
        {"catalogue",
         {{"generation", catalogue ? json::value(catalogue->generation) : json::value()},
          {"age_seconds", catalogue ? json::value(sources_.keeper.age().count()) : json::value()}}},
        {"journal",
         {{"segment", last.segment},
          {"records", last.sequence},
          {"writable", sources_.journal.writable()},
          {"heads", sources_.heads.states()},
          {"sealed", sources_.segments.state()}}},
        {"certificates", sources_.pki.json()},
        {"keys", keys()},
        {"endings", endings()},
        {"connections", counters.connections},
        {"requests", counters.requests},
        {"refused_connections", counters.refused_connections},
    };
}

json::array Status::keys() const {
    json::array all;
    for (const NodeKey& key : node_keys())
        if (has_key(sources_.home, key.name))
            all.push_back(json::object{{"name", key.name},
                                       {"place", KeyPlaces::told(sources_.home, key.name)},
                                       {"configured", sources_.places.fits(sources_.home, key.name)}});
    return all;
}

json::array Status::endings() const {
    constexpr std::chrono::days soon{30};
    const auto catalogue = sources_.keeper.current();
    std::multimap<TimePoint, std::string> found;
    if (catalogue)
        for (const registry::Service& service : catalogue->services)
            if (service.ends && *service.ends <= system_clock().now() + soon)
                found.emplace(*service.ends, service.id());
    json::array all;
    for (const auto& [ends, service] : found)
        all.push_back(json::object{{"service", service}, {"ends", format_utc(ends)}});
    return all;
}

std::string Status::metrics() const {
    std::string text;
    const auto add = [&](std::string_view name, std::string_view type, std::string_view help,
                         std::uint64_t value) {
        text += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " + std::string(name) +
                " " + std::string(type) + "\n" + std::string(name) + " " + std::to_string(value) + "\n";
    };
    const http::ServerCounters counters = sources_.server.counters();
    const auto catalogue = sources_.keeper.current();
    add("hutong_http_connections", "gauge", "open HTTP connections", counters.connections);
    add("hutong_http_requests_total", "counter", "HTTP requests since start", counters.requests);
    add("hutong_http_refused_connections_total", "counter", "connections refused at the limit",
        counters.refused_connections);
    add("hutong_database_up", "gauge", "1 when the database answered last",
        sources_.pool.available() ? 1 : 0);
    add("hutong_catalogue_generation", "gauge", "generation of the routing snapshot",
        catalogue ? catalogue->generation : 0);
    if (catalogue)
        add("hutong_catalogue_age_seconds", "gauge", "time since the snapshot was known to be the newest",
            static_cast<std::uint64_t>(sources_.keeper.age().count()));
    add("hutong_journal_records", "gauge", "records in the journal", sources_.journal.last().sequence);
    add("hutong_journal_writable", "gauge", "1 when the journal takes records",
        sources_.journal.writable() ? 1 : 0);
    add("hutong_keys_up", "gauge", "1 when every key in use answers, as far as is known",
        sources_.places.providers->troubles().empty() ? 1 : 0);
    return text + sources_.pki.metrics();
}

}  // namespace hutong::daemon
