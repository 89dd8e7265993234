// Changes to the registry: every call is one transaction that raises the generation, or changes nothing.
//
// Errors name the field and say how to mend it. Thread-safe as far as the pool is.
#pragma once

#include "base/asio.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"
#include "registry/store/revisions.hpp"
#include "wsdl/diff/contract_diff.hpp"

namespace hutong::registry {

struct PublishRequest {
    std::string org;
    std::string name;
    wsdl::Bundle bundle;
    std::vector<std::string> endpoints;  // empty: the address in the WSDL
    std::string local;                   // answered by this program itself, by that name, at no endpoint
    std::string wsdl_service;            // needed only where the contract has several
    // What of these is not given stays as it is; of a new service, the contract proposes the policy, and
    // requests are validated.
    std::optional<Policy> policy;  // the preset
    std::string policy_document;   // on top of it, see policy_document.hpp; `policy_name` is its file's
    std::string policy_name{"the policy"};
    std::optional<Forward> forward;
    std::optional<JournalLevel> journal;
    std::optional<bool> validate;
    bool draft{false};  // it begins, or goes back to, its life's first state; else it goes online at once
    bool accept_breaking{false};  // also when it breaks what consumers with grants do
    std::string reason;           // for the history, as is who it was
    std::string actor;
    std::string person{};  // the account of it; empty: the owner's
    Edit edit{};
};

// What is not given stays as it is.
struct ServiceSettings {
    std::optional<std::optional<JournalLevel>> journal;  // no level: the node's own
    std::optional<bool> validate;
};

struct PublishOutcome {
    unsigned version{1};
    bool changed{true};  // false: the same contract and settings were online already
    std::vector<wsdl::Finding> findings;
    std::vector<wsdl::Change> changes{};  // from the version there was
    std::string revision{};
    std::optional<Replaced> replaced{};
};

// A service as an edit of its policy or settings left it.
struct EditedService {
    Service service;
    std::string revision{};
    std::optional<Replaced> replaced{};
};

struct ServiceDetail {
    Service service;
    std::vector<std::pair<unsigned, std::string>> versions;  // version, contract id; newest first
    std::vector<Grant> grants;
    std::string revision{};  // to be given back as Edit::seen
};

class Publication {
  public:
    // Contracts are read and compared on `blocking`, which takes up to seconds. `signs_with`: the kinds of
    // key that this node has for answers.
    Publication(pg::Pool& pool, const config::Wsdl& limits, asio::thread_pool& blocking,
                std::vector<security::KeyKind> signs_with = {security::KeyKind::rsa, security::KeyKind::p256})
        : pool_(pool), limits_(limits), blocking_(blocking), signs_with_(std::move(signs_with)) {}

    Awaitable<Result<void>> add_organisation(Organisation organisation);
    Awaitable<Result<std::vector<Organisation>>> organisations();
    Awaitable<Result<void>> add_consumer(Consumer consumer);  // with its certificates_der bound to it
    Awaitable<Result<std::vector<Consumer>>> consumers();
    // The certificates become this consumer's, all or none; conflict when one is another's.
    Awaitable<Result<void>> bind_certificates(std::string consumer, std::vector<Bytes> certificates);
    // One, within somebody's transaction.
    static Awaitable<Result<void>> bind_certificate(pg::Session& session, std::string consumer, Bytes der);
    Awaitable<Result<PublishOutcome>> publish(PublishRequest request);
    // The policy document applied to what the service has.
    Awaitable<Result<EditedService>> change_policy(std::string service, std::string document,
                                                   std::string name, Edit edit = {});
    Awaitable<Result<EditedService>> change_settings(std::string service, ServiceSettings settings,
                                                     Edit edit = {});
    Awaitable<Result<std::vector<Service>>> services();
    Awaitable<Result<ServiceDetail>> show(std::string service);
    Awaitable<Result<void>> grant(Grant grant);  // not_found names the operation and the nearest known one
    Awaitable<Result<void>> ungrant(Grant grant);
    Awaitable<Result<std::vector<Grant>>> grants(std::string consumer);

  private:
    // What a request changes against the version there is.
    struct Comparison {
        std::string contract;  // that it was compared with; empty: none
        std::vector<wsdl::Change> changes;
    };
    Awaitable<Result<Comparison>> compare(const PublishRequest& request);

    pg::Pool& pool_;
    config::Wsdl limits_;
    asio::thread_pool& blocking_;
    const std::vector<security::KeyKind> signs_with_;
};

}  // namespace hutong::registry
