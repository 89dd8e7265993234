// A founded platform in a home, whose CA certifies what a test needs.
#pragma once

#include "base/home.hpp"
#include "security/keys/pem.hpp"
#include "security/pki/authorities.hpp"
#include "tests/unit/journal/fixture.hpp"

namespace hutong::security::test {

class Platform {
  public:
    explicit Platform(Home home) : home_(std::move(home)) {
        home_.create().value();
        Authorities::found(home_, {"Hutong", "http://127.0.0.1"}).value();
        authority_ = Authorities::open(home_).value()->choose().value();
    }

    const Authority& authority() const { return *authority_; }

    // A P-256 key and its certificate, good for a day, under `name` in the home's folder of keys.
    std::shared_ptr<const SigningKey> make_key(const std::string& name, Profile profile,
                                               const std::string& common_name,
                                               const std::string& organisation = "Hutong") const {
        const std::string csr = make_key_and_csr(home_, name, KeyKind::p256).value();
        const Issued issued =
            authority_->issue(csr, profile, common_name, organisation, {}, std::chrono::hours(24)).value();
        store_chain(home_, name, issued.pem).value();
        return load_pem_key((home_.keys() / (name + ".key")).string(),
                            (home_.keys() / (name + ".pem")).string())
            .value();
    }

  private:
    const Home home_;
    std::shared_ptr<const Authority> authority_;
};

}  // namespace hutong::security::test
