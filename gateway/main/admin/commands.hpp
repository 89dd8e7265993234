// The administration commands: an explicit table of names and handlers over the registry, the PKI and the
// node.
//
// Every changing command is on the journal's disk before it is done, and answers only once it is in force on
// this node. Runs on one thread (the control context); references must outlive it.
#pragma once

#include <functional>
#include <span>

#include "base/asio.hpp"
#include "gateway/main/admin/arguments.hpp"
#include "gateway/main/admin/server.hpp"
#include "registry/publication/credentials.hpp"
#include "registry/publication/publication.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "registry/store/nodes.hpp"
#include "security/journal/journal.hpp"
#include "security/keys/secret_box.hpp"
#include "security/pki/register.hpp"
#include "security/pki/requests.hpp"
#include "security/pki/trusted_authorities.hpp"

namespace hutong::admin {

// What the handlers work on.
struct Services {
    registry::Publication& publication;
    registry::Credentials& credentials;
    const Home& home;
    security::CertificateRegister& certificates;
    registry::Nodes& nodes;
    registry::CatalogueKeeper& keeper;
    security::Journal& journal;
    security::CertificateRequests& requests;
    security::TrustedAuthorities& trusted;
    security::Authorities* authorities{nullptr};  // null: this node has no CA
    std::function<std::string()> public_url;      // known once the server listens
    std::function<json::object()> status;
    std::function<Result<void>()> routed;  // whether this node routes by the newest catalogue
    std::string actor{};                   // who gave the command at hand, for the history
};

using Answer = Awaitable<Result<json::value>>;

enum class Effect { reads, changes };

struct Command {
    std::string_view name;
    Effect effect;
    Answer (*run)(Services& services, const Arguments& arguments);
};

std::span<const Command> command_table();

class Commands {
  public:
    explicit Commands(Services services) : services_(std::move(services)) {}
    Answer handle(Request request, Peer peer);

  private:
    Answer change(const Command& command, const Request& request, const Peer& peer);
    Services services_;
};

}  // namespace hutong::admin
