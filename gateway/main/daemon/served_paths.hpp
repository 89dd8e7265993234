// What the node answers over HTTP: the one table of paths, and the handlers of all but the calls and the JSON
// API, which come in behind their gates when they are ready.
//
// Made before the server starts; handler() then serves any thread. What Parts refers to outlives it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/main/daemon/catalogue_paths.hpp"
#include "gateway/main/daemon/gate.hpp"
#include "gateway/main/daemon/ocsp_path.hpp"
#include "gateway/main/daemon/pki_paths.hpp"
#include "gateway/main/daemon/probes.hpp"
#include "gateway/main/daemon/router.hpp"
#include "gateway/main/daemon/threads.hpp"
#include "gateway/main/daemon/tsa_path.hpp"
#include "gateway/main/daemon/uddi_paths.hpp"

namespace hutong::daemon {

class ServedPaths {
  public:
    struct Parts {
        const Home& home;
        Threads& threads;
        std::function<std::shared_ptr<const registry::Catalogue>()> newest;  // may give nullptr
        security::CertificateRegister& certificates;
        const security::Authorities* authorities;  // null: this node has no CA
        security::NewestTimestamps timestamps;
        registry::uddi::Endpoint& uddi;
        registry::ResourceCatalogue& resources;
        Hindrances hindrances;
        std::function<std::string()> metrics;
    };

    explicit ServedPaths(Parts parts);

    http::Handler& handler() { return router_; }
    void open_calls(http::Handler& calls) { calls_.open(calls); }
    void open_api(http::Handler& api) { api_.open(api); }

  private:
    Gate calls_;
    Gate api_;
    HealthProbe health_;
    ReadyProbe ready_;
    MetricsProbe metrics_;
    OcspPath ocsp_;
    TsaPath tsa_;
    PkiPaths pki_;
    UddiPaths uddi_;
    CataloguePaths catalogue_;
    Router router_{calls_};
};

}  // namespace hutong::daemon
