// The invitations that this node gave and that nobody has used yet, in HOME/pki, on the node with the CA.
//
// The token itself is here and on the paper of whoever was given it, and nowhere else: the database has its
// digest, so that who can write there cannot show it (registry/store/nodes, join_proof). An invitation is
// answered once. Blocking, small files; one at a time.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/home.hpp"

namespace hutong {

struct Invitation {
    std::string token;
    std::string officer;  // the account of who invited; empty: the machine's owner
    std::string by;       // the same person as records have it
    TimePoint expires;
    std::string node{};  // whom it lets in, from the moment that its keys are certified; nobody else any more
};

class Invitations {
  public:
    explicit Invitations(const Home& home) : folder_(home.pki() / "invitations") {}

    // Forgets those that have expired, too. Error: unavailable.
    Result<void> keep(const Invitation& invitation) const;
    // `digest`: SHA-256 of the token, hex. Error: refused, when there is none or it has expired.
    Result<Invitation> find(const std::string& digest, TimePoint now) const;
    void forget(const std::string& digest) const;

  private:
    std::filesystem::path file(const std::string& digest) const { return folder_ / (digest + ".json"); }

    const std::filesystem::path folder_;
};

}  // namespace hutong
