// The face of the message path: service calls and published contracts below /services/.
//
// Made at start with the data plane's io_contexts, which outlive it. handle() runs on the data threads;
// take() and reload() may be called from any one thread besides.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "base/home.hpp"
#include "gateway/http/message.hpp"
#include "gateway/monitor/meter.hpp"
#include "registry/model/entities.hpp"
#include "registry/store/replay_keys.hpp"
#include "security/journal/journal.hpp"
#include "security/keys/key_providers.hpp"
#include "security/keys/signing_key.hpp"
#include "security/timestamp/timestamp.hpp"

namespace hutong::gateway {

struct GatewayParts {
    const config::Config& config;
    const Home& home;
    std::string node;
    std::string public_url;
    security::SigningKeys keys;
    security::Journal& journal;
    // What the replay window is rebuilt by: how long each service's messages live. May be null.
    std::shared_ptr<const registry::Catalogue> catalogue;
    registry::ReplayKeys* replay_keys{nullptr};  // outlives the gateway; null: no service may share its scope
    security::KeyProvidersPtr providers{std::make_shared<const security::KeyProviders>()};
    security::Stamper stamper{};  // for the security service; empty: it stamps nothing
};

class Gateway final : public http::Handler {
  public:
    // Rebuilds the replay window from the journal. Errors: corrupt or unavailable journal.
    static Result<std::unique_ptr<Gateway>> make(std::vector<asio::io_context*> contexts, GatewayParts parts);
    ~Gateway() override;

    // A new routing snapshot, compiled on the caller's thread, then swapped in. On an error the old one
    // stays.
    Result<void> take(std::shared_ptr<const registry::Catalogue> catalogue);
    Result<void> reload(const config::Config& config, security::SigningKeys keys);
    // How stale the snapshot is; asked by every call, which is refused beyond snapshot.max_age.
    void catalogue_age(std::function<std::chrono::seconds()> age);

    Awaitable<http::Response> handle(http::Request& request) override;
    // Journals it; the caller waits for no disk.
    std::string turned_away(const http::TurnedAway& what) override;
    std::string metrics() const;
    // What was counted of calls since the last time; resumes its caller on the caller's executor.
    Awaitable<Meter::Taken> take_meter();

  private:
    struct State;
    explicit Gateway(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hutong::gateway
