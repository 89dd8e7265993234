// What is known about certificates that end and about others' revocations: for `hutong status`, doctor, the
// metrics and the log.
//
// refresh() on the control thread, every now and then; the rest on any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "security/pki/register.hpp"
#include "security/pki/trusted_authorities.hpp"

namespace hutong::daemon {

class PkiWatch {
  public:
    PkiWatch(security::CertificateRegister& certificates, security::TrustedAuthorities& trusted)
        : certificates_(certificates), trusted_(trusted) {}

    // Reads both anew; says in the log what comes to its end, each step (60, 30, 7 days) once on all nodes.
    Awaitable<> refresh();

    boost::json::object json() const;
    std::string metrics() const;  // Prometheus text

  private:
    struct State {
        std::vector<security::CertificateRegister::Expiring> expiring;
        std::vector<security::TrustedAuthority> authorities;
    };

    security::CertificateRegister& certificates_;
    security::TrustedAuthorities& trusted_;
    std::atomic<std::shared_ptr<const State>> state_{std::make_shared<const State>()};
};

// Why revocations of the CA are not, or soon not, known; empty: they are.
std::string revocation_trouble(const security::TrustedAuthority& ca, TimePoint now);

}  // namespace hutong::daemon
