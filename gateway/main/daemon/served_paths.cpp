#include "gateway/main/daemon/served_paths.hpp"

#include "gateway/main/node_keys.hpp"

namespace hutong::daemon {

ServedPaths::ServedPaths(Parts parts)
    : ready_(std::move(parts.hindrances)),
      metrics_(std::move(parts.metrics)),
      ocsp_(parts.newest, parts.certificates, parts.authorities, parts.threads.control().get_executor()),
      tsa_(std::move(parts.timestamps), parts.threads.keys()),
      pki_(parts.newest, chain_file(parts.home, "encrypt-rsa"), chain_file(parts.home, "encrypt-sm2")),
      uddi_(parts.uddi, parts.threads.blocking()),
      catalogue_(parts.resources, parts.threads.blocking()) {
    router_.mount("/services/", calls_);
    // The first that fits: these need nobody to sign in, what else is below the API does.
    router_.mount(std::string(CataloguePaths::list_path), catalogue_);
    router_.mount(std::string(CataloguePaths::folder), catalogue_);
    router_.mount(std::string(CataloguePaths::search_path), catalogue_);
    router_.mount("/api/v1/", api_);
    router_.mount("/healthz", health_);
    router_.mount("/readyz", ready_);
    router_.mount("/metrics", metrics_);
    router_.mount("/pki/ocsp", ocsp_);
    router_.mount("/pki/ocsp/", ocsp_);
    router_.mount("/pki/tsa", tsa_);
    router_.mount("/pki/", pki_);
    router_.mount(std::string(UddiPaths::folder), uddi_);
}

}  // namespace hutong::daemon
