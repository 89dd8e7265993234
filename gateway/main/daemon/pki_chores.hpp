// What a node does by itself for certificates: keeps CRLs and OCSP answers fresh (where the CA is), fetches
// others' revocations, keeps the answer that goes along in TLS, and watches what ends.
//
// Runs on the control thread; references outlive it.
#pragma once

#include <filesystem>

#include "gateway/http/staple.hpp"
#include "gateway/main/daemon/own_records.hpp"
#include "gateway/main/daemon/pki_watch.hpp"
#include "gateway/main/daemon/revocation_fetch.hpp"
#include "registry/store/catalogue_keeper.hpp"

namespace hutong::daemon {

class PkiChores {
  public:
    struct Parts {
        security::CertificateRegister& certificates;
        registry::CatalogueKeeper& keeper;
        security::Authorities* authorities;  // null: this node has no CA
        security::TrustedAuthorities& trusted;
        RevocationFetch& fetch;
        PkiWatch& watch;
        http::Staple& staple;
        OwnRecords& records;
        std::filesystem::path tls_chain;
    };
    explicit PkiChores(Parts parts) : parts_(std::move(parts)) {}

    // Each ends when its timer is cancelled.
    Awaitable<> keep_fresh(asio::steady_timer& timer);  // only with a CA
    Awaitable<> fetch(asio::steady_timer& timer);
    Awaitable<> keep_staple(asio::steady_timer& timer);
    Awaitable<> watch(asio::steady_timer& timer);

  private:
    Awaitable<> publish_missing();
    Awaitable<> renew_delegates();
    Awaitable<> renew_crls();
    Awaitable<> renew_root_crl();
    Awaitable<> refresh_staple();
    bool crl_is_due(const std::string& ca) const;

    Parts parts_;
};

}  // namespace hutong::daemon
