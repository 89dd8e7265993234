// The administration commands: an explicit table of names, duties, arguments and handlers over the registry,
// the PKI and the node.
//
// Every changing command is on the journal's disk before it is done, and answers only once it is in force on
// this node; what is refused is journaled too. Runs on one thread (the control context); references must
// outlive it.
#pragma once

#include <functional>
#include <span>

#include "base/asio.hpp"
#include "gateway/main/admin/arguments.hpp"
#include "gateway/main/admin/parameters.hpp"
#include "gateway/main/admin/server.hpp"
#include "gateway/main/admin/stranger_records.hpp"
#include "registry/catalogue/resource_catalogue.hpp"
#include "registry/lifecycle/service_life.hpp"
#include "registry/publication/credentials.hpp"
#include "registry/publication/grant_requests.hpp"
#include "registry/publication/publication.hpp"
#include "registry/publication/service_keys.hpp"
#include "registry/publication/uddi/publishers.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "registry/store/metering.hpp"
#include "registry/store/nodes.hpp"
#include "security/access/access.hpp"
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
    registry::ServiceKeys& service_keys;
    const Home& home;
    security::CertificateRegister& certificates;
    registry::Nodes& nodes;
    registry::CatalogueKeeper& keeper;
    security::Journal& journal;
    security::Access& access;
    asio::thread_pool& blocking;  // for reading files
    security::CertificateRequests& requests;
    security::TrustedAuthorities& trusted;
    security::Authorities* authorities{nullptr};  // null: this node has no CA
    std::function<std::string()> public_url;      // known once the server listens
    std::function<json::object()> status;
    std::function<Result<void>()> routed;  // whether this node routes by the newest catalogue
    pg::Session* database{nullptr};
    std::string node;
    security::KeyProvidersPtr keys{};
    registry::uddi::Publishers* publishers{nullptr};
    registry::ServiceLife* life{nullptr};
    registry::GrantRequests* grant_requests{nullptr};
    registry::Metering* metering{nullptr};
    registry::ResourceCatalogue* resources{nullptr};
    bool must_see{false};  // registry.require_if_match
    std::string actor{};   // who gave the command at hand, for the history
    std::string person{};  // the account of it; empty: the home's owner
    std::string editor{};  // whose edit it is: Caller::name()
    // Set by Commands: does what was proposed, in the first person's name and approved by the second.
    std::function<Awaitable<Result<json::value>>(std::string command, json::object arguments, Caller first)>
        run_approved{};
};

using Answer = Awaitable<Result<json::value>>;

enum class Effect { reads, changes };

// Whose work a command is (docs/security-officer-guide.md).
using Duty = security::Roles;
inline constexpr Duty by_system = security::Role::system;
inline constexpr Duty by_security = security::Role::security;
inline constexpr Duty by_auditor = security::Role::auditor;
inline constexpr Duty by_officers = by_system | by_security | by_auditor;
inline constexpr Duty by_registrar = security::Role::registrar;
inline constexpr Duty by_publisher = security::Role::publisher;
inline constexpr Duty by_approver = security::Role::approver;
inline constexpr Duty by_developer = security::Role::developer;
inline constexpr Duty by_keepers = by_officers | by_registrar;  // whom no organisation bounds
inline constexpr Duty by_agencies = by_publisher | by_approver | by_developer;
inline constexpr Duty by_everybody = by_keepers | by_agencies;
inline constexpr Duty by_anyone;  // of a read: whoever reaches the socket
inline constexpr Duty by_owner;   // of a change: the home's owner, and no officer

// Whether a second person has to approve: never, where the security officer has it so, always, or, what puts
// something online, once the officers are separated or agencies have accounts: then the security officer or
// an approver of the organisation, save of what is only a draft.
enum class Second { never, may, always, approval };

// Which organisation a command touches; an agency's account reaches its own only (reach.hpp). Every row that
// an agency's role may give names it.
enum class Subject {
    unnamed,   // of rows that are no agency's
    nobodys,   // none: one's own account, or what everybody may see
    org,       // the argument "org"; where it may be left out, an agency's account means its own
    service,   // the owner of the argument "service"
    consumer,  // the organisation of the argument "consumer"
    either,    // one of the two, which must be given
    asker,     // of the grant request "id": the consumer's organisation
    decider,   // of the grant request "id": the owner of the service
    entry,     // the owner of the catalogue's entry "id"
    proposal,  // what the proposal "id" touches
};

struct Command {
    std::string_view name;
    Effect effect;
    Duty duty;
    Second second;
    std::string_view takes;  // its arguments, see parameters.hpp
    Answer (*run)(Services& services, const Arguments& arguments);
    Subject subject{Subject::unnamed};
    std::string_view set{};  // those of one set need two persons together or not at all; empty: of none
};

std::span<const Command> command_table();
const Command* find_command(std::string_view name);            // nullptr: none
std::vector<std::string> chosen_with(const Command& command);  // the names of its set, its own among them

struct Circumstances;  // admission.hpp

class Commands {
  public:
    explicit Commands(Services services);
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    // From the socket. Who signs in for one command is told what there is for him with its answer.
    Awaitable<Reply> handle(Request request, Peer peer);
    // From whoever `caller` was found to be.
    Answer run(std::string command, json::object arguments, Caller caller);

    // A failed sign-in is journaled with its reason, and with the account if there is one of that name, and
    // answered with the one refusal.
    Awaitable<Result<Caller>> sign_in(security::Credential credential, Caller caller);
    Awaitable<Result<Caller>> resume(std::string session, Caller caller);

    // From the socket, what no command could be read from.
    Awaitable<Error> turn_away(Error error, Peer peer);
    // Journals what was turned away before it could run, of strangers as stranger_records.hpp has it; gives
    // back `error`.
    Answer refuse(std::string command, Caller caller, Error error);

  private:
    Awaitable<Result<Caller>> identify(const Request& request, const Peer& peer);
    Awaitable<Result<Circumstances>> circumstances(const Command& command);
    Answer admitted(const Command& command, json::object arguments, const Caller& caller);
    Answer propose(const Command& command, json::object arguments, std::string org, const Caller& caller);
    Answer read(const Command& command, const json::object& arguments, const Caller& caller);
    Answer change(const Command& command, const json::object& arguments, const Caller& caller);
    Answer refuse_with(std::string command, json::object arguments, const Caller& caller, Error error);

    // Whether a stranger's refusal is written itself; says how many others were not.
    Awaitable<Result<bool>> is_written(StrangerRecords& records, const Caller& caller);

    Services services_;
    StrangerRecords requests_, sign_ins_;
};

}  // namespace hutong::admin
