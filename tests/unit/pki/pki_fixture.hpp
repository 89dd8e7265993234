// A platform's home with a CA in a temporary folder, and the openssl command as the second opinion.
#pragma once

#include <filesystem>
#include <string>

#include "base/home.hpp"
#include "security/pki/authorities.hpp"

namespace hutong::security::test {

class PkiHome {
  public:
    PkiHome();
    ~PkiHome();
    PkiHome(const PkiHome&) = delete;
    PkiHome& operator=(const PkiHome&) = delete;

    std::unique_ptr<Authorities> found_all() const;
    std::shared_ptr<const Authority> found() const;  // the first of them
    std::filesystem::path at(const std::string& name) const { return home.root / name; }
    void write(const std::string& name, std::string_view content) const;
    // Runs in the home folder; fails the test when the exit code is not 0. Returns what it printed.
    std::string shell(const std::string& command) const;
    std::string request(const std::string& algorithm) const;  // a request made by openssl, in PEM
    Issued issue(const Authority& authority, Profile profile = Profile::agency_signing) const;

    Home home;
};

bool contains(std::string_view text, std::string_view part);

}  // namespace hutong::security::test
