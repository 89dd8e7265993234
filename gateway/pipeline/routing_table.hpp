// What a call is routed and judged by: one immutable table made of one Catalogue.
//
// Made off the data threads, swapped as a whole, shared by reference count; every call keeps the table it
// began with.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "base/xml/schema.hpp"
#include "gateway/http/client.hpp"
#include "gateway/pipeline/endpoint_health.hpp"
#include "gateway/pipeline/service_keys.hpp"
#include "registry/model/entities.hpp"
#include "security/inbound/policy.hpp"
#include "security/keys/secret_box.hpp"
#include "security/tokens/known_certificates.hpp"
#include "security/tokens/username_token.hpp"
#include "security/trust/trust_store.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::gateway {

class LocalService;
// The services that this program answers itself, by the name in their endpoint "internal:NAME".
using LocalServices = std::map<std::string, LocalService*, std::less<>>;

// A contract read once, whatever number of services and tables use it.
struct CompiledContract {
    std::shared_ptr<const registry::Contract> contract;
    wsdl::Description description;
    std::unique_ptr<const xml::SchemaSet>
        schemas;  // null: its schemas do not compile, so nothing is validated
};

struct OperationRoute {
    const wsdl::Operation* operation;
    std::string default_action;  // WS-Addressing 1.0 Metadata section 4.4.4
};

struct ServiceRoute {
    registry::Service service;
    std::shared_ptr<const CompiledContract> contract;
    std::multimap<xml::QName, OperationRoute> soap11;  // by the first child of Body
    std::multimap<xml::QName, OperationRoute> soap12;
    std::vector<std::shared_ptr<Endpoint>> endpoints;
    std::shared_ptr<RoundRobin> round_robin{std::make_shared<RoundRobin>()};
    LocalService* local{nullptr};                  // answers instead of the endpoints
    std::string address;                           // the public URL
    std::map<std::string, std::string> published;  // by query, see wsdl/publish
    registry::JournalLevel journal;

    // What the messages of each direction must carry.
    const security::MessagePolicy& request_policy() const { return service.security.request; }
    const security::MessagePolicy& response_policy() const { return service.security.response; }
    const std::multimap<xml::QName, OperationRoute>& operations(soap::Version version) const {
        return version == soap::Version::v11 ? soap11 : soap12;
    }
};

struct RoutingTable {
    std::uint64_t generation{0};
    std::unordered_map<std::string, std::shared_ptr<const ServiceRoute>>
        services;  // by org/name, online and deprecated ones
    std::unordered_map<std::string, std::shared_ptr<const registry::Consumer>>
        consumers;  // by certificate thumbprint
    std::unordered_map<std::string, std::vector<std::string>>
        grants;  // "consumer service" → operations, "" = all
    std::map<std::pair<std::string, std::string>, std::shared_ptr<const registry::Consumer>>
        saml_names;  // by issuer and NameID
    std::unordered_map<std::string, std::shared_ptr<const registry::Consumer>>
        users;                                 // by id: those with a password
    security::Passwords passwords;             // theirs, opened
    security::KnownCertificates certificates;  // of all consumers
    std::shared_ptr<const security::TrustStore> trust;
    std::shared_ptr<const ServiceKeys> service_keys;
    std::unordered_map<std::string, std::shared_ptr<const CompiledContract>> contracts;
    security::TimeLimits longest_times{};  // as longest_times() says

    bool granted(const std::string& consumer, const std::string& service) const;
    bool granted(const std::string& consumer, const std::string& service, const std::string& operation) const;
};

struct TableOptions {
    std::string public_url;
    registry::JournalLevel journal{registry::JournalLevel::evidence};
    config::Wsdl wsdl;
    std::map<std::string, config::TrustDomain> domains{};
    std::shared_ptr<const security::SecretBox> secrets{};  // null: this node has no key for passwords
    std::shared_ptr<const ServiceKeys> service_keys{std::make_shared<const ServiceKeys>()};
    LocalServices local{};
};

// The longest that services themselves say of freshness and clock skew; zero where none says anything. What
// one service took must be remembered for as long as the most patient one would take it.
security::TimeLimits longest_times(const registry::Catalogue& catalogue);

// `previous` lends its compiled contracts and the health of its endpoints; may be null. A service whose
// contract cannot be used is left out and logged; the others are served.
Result<std::shared_ptr<const RoutingTable>> make_routing_table(const registry::Catalogue& catalogue,
                                                               const TableOptions& options,
                                                               const RoutingTable* previous);

}  // namespace hutong::gateway
