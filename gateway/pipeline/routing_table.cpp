#include "gateway/pipeline/routing_table.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "security/wssp/policy_writer.hpp"
#include "wsdl/publish/publisher.hpp"
#include "wsdl/reader.hpp"

namespace hutong::gateway {

namespace {

constexpr std::string_view own_root = "root";  // whose CRL a catalogue's list is by that name

std::string grant_key(const std::string& consumer, const std::string& service) {
    return consumer + " " + service;
}

// The action a message has where the WSDL names none: targetNamespace, port type and input name.
std::string default_action(const wsdl::Binding& binding, const wsdl::Operation& operation) {
    const std::string& ns = binding.port_type.ns;
    const char delimiter = ns.starts_with("urn:") ? ':' : '/';
    std::string action = ns;
    if (action.empty() || action.back() != delimiter) action.push_back(delimiter);
    return action + binding.port_type.local + delimiter + operation.name +
           (operation.one_way ? "" : "Request");
}

Result<std::shared_ptr<const CompiledContract>> compile(
    const std::shared_ptr<const registry::Contract>& contract, const TableOptions& options) {
    auto compiled = std::make_shared<CompiledContract>();
    compiled->contract = contract;
    HUTONG_ASSIGN(compiled->description, wsdl::read(contract->bundle, options.wsdl));
    auto schemas = wsdl::compile_schemas(contract->bundle);
    if (schemas.has_value()) compiled->schemas = std::make_unique<const xml::SchemaSet>(std::move(*schemas));
    return std::shared_ptr<const CompiledContract>(std::move(compiled));
}

// The bindings that callers may use: those of the chosen wsdl:service's ports, or all where the WSDL has no
// service.
std::vector<const wsdl::Binding*> bindings_of(const wsdl::Description& description,
                                              const std::string& wsdl_service) {
    std::vector<const wsdl::Binding*> result;
    for (const wsdl::Service& service : description.services) {
        if (!wsdl_service.empty() && service.name.local != wsdl_service) continue;
        for (const wsdl::Port& port : service.ports)
            if (const wsdl::Binding* binding = description.binding(port.binding)) result.push_back(binding);
    }
    if (description.services.empty())
        for (const wsdl::Binding& binding : description.bindings) result.push_back(&binding);
    return result;
}

// The service's policy in the words that its published contract uses.
wsdl::PublishedPolicies policies_of(const registry::Service& service) {
    const registry::ServicePolicy& policy = service.security;
    security::wssp::Policies written =
        security::wssp::write_policies({policy.request, policy.response, policy.signature_confirmation});
    return {std::move(written.binding), std::move(written.request), std::move(written.response),
            security::wssp::replaced_namespaces()};
}

class Builder {
  public:
    Builder(const registry::Catalogue& catalogue, const TableOptions& options, const RoutingTable* previous)
        : catalogue_(catalogue), options_(options), previous_(previous) {
        if (previous == nullptr) return;
        for (const auto& [id, service] : previous->services)
            for (const auto& endpoint : service->endpoints) known_endpoints_[endpoint->address()] = endpoint;
    }

    Result<std::shared_ptr<const RoutingTable>> build() {
        table_ = std::make_shared<RoutingTable>();
        table_->generation = catalogue_.generation;
        table_->service_keys = options_.service_keys;
        table_->longest_times = longest_times(catalogue_);
        HUTONG_TRY(add_trust());
        for (const registry::Service& service : catalogue_.services) {
            if (!registry::is_routed(service.status)) continue;
            if (auto added = add_service(service); added.has_error())
                log(MessageId::HT3005, {{"service", service.id()}, {"reason", added.error().detail}});
        }
        for (const registry::Consumer& consumer : catalogue_.consumers) {
            const auto shared = std::make_shared<const registry::Consumer>(consumer);
            for (const std::string& thumbprint : consumer.certificates)
                table_->consumers[thumbprint] = shared;
            for (const registry::SamlName& name : consumer.saml_names)
                table_->saml_names[{name.issuer, name.name_id}] = shared;
            if (!consumer.sealed_password.empty()) add_user(shared);
        }
        table_->certificates = security::KnownCertificates(certificates_of_consumers());
        for (const registry::Grant& grant : catalogue_.grants)
            table_->grants[grant_key(grant.consumer, grant.service)].push_back(grant.operation);
        return std::shared_ptr<const RoutingTable>(std::move(table_));
    }

  private:
    // A password that cannot be opened here is one that nobody can use here; all else goes on.
    void add_user(const std::shared_ptr<const registry::Consumer>& consumer) {
        auto password =
            options_.secrets == nullptr
                ? Result<std::string>(not_found("this node has no keys/passwords.key; copy it from "
                                                "the node where the password was set"))
                : options_.secrets->open(consumer->sealed_password, consumer->id);
        if (password.has_error()) {
            log(MessageId::HT4010, {{"consumer", consumer->id}, {"reason", password.error().detail}});
            return;
        }
        table_->users[consumer->id] = consumer;
        table_->passwords[consumer->id] = std::move(*password);
    }

    std::vector<Bytes> certificates_of_consumers() const {
        std::vector<Bytes> all;
        for (const registry::Consumer& consumer : catalogue_.consumers)
            all.insert(all.end(), consumer.certificates_der.begin(), consumer.certificates_der.end());
        return all;
    }

    Result<void> add_trust() {
        security::TrustInput input;
        for (const registry::TrustedCa& ca : catalogue_.cas)
            (ca.own ? own_cas_ : input.anchors).push_back(ca.der);
        // Our own CAs are trusted as they stand; the issuing one is also an intermediate for chains to the
        // root.
        input.anchors.insert(input.anchors.end(), own_cas_.begin(), own_cas_.end());
        input.intermediates = own_cas_;
        // What the root's own list says nodes know from the register; one that an offline root made too late
        // must not put everybody out.
        for (const registry::Crl& crl : catalogue_.crls)
            if (crl.ca != own_root) input.crls.push_back(crl.der);
        input.crls.insert(input.crls.end(), catalogue_.foreign_crls.begin(), catalogue_.foreign_crls.end());
        for (const registry::TrustedCa& ca : catalogue_.cas)
            if (ca.needs_crl || ca.needs_answers)
                input.rules.push_back({ca.thumbprint, ca.needs_crl, ca.needs_answers, ca.grace});
        for (const registry::ForeignAnswer& answer : catalogue_.foreign_answers)
            input.answers.push_back(
                {answer.thumbprint,
                 security::foreign_state_from(answer.state).value_or(security::ForeignState::unknown),
                 answer.next_update});
        input.revoked = catalogue_.revoked;
        input.domains = options_.domains;
        HUTONG_ASSIGN(table_->trust, security::TrustStore::make(input));
        return {};
    }

    Result<std::shared_ptr<const CompiledContract>> contract_of(const std::string& id) {
        if (const auto found = table_->contracts.find(id); found != table_->contracts.end())
            return found->second;
        if (previous_ != nullptr)
            if (const auto found = previous_->contracts.find(id); found != previous_->contracts.end())
                return table_->contracts[id] = found->second;
        const auto stored = catalogue_.contracts.find(id);
        if (stored == catalogue_.contracts.end()) return internal("the catalogue lacks contract " + id);
        HUTONG_ASSIGN(auto compiled, compile(stored->second, options_));
        return table_->contracts[id] = compiled;
    }

    Result<std::shared_ptr<Endpoint>> endpoint_of(const std::string& address) {
        std::shared_ptr<Endpoint>& endpoint = known_endpoints_[address];
        if (!endpoint) {
            HUTONG_ASSIGN(http::Url url, http::parse_url(address));
            endpoint = std::make_shared<Endpoint>(address, std::move(url));
        }
        return endpoint;
    }

    Result<LocalService*> local_service(const std::string& name) const {
        const auto found = options_.local.find(name);
        if (found != options_.local.end()) return found->second;
        return not_found("this program has no service of its own that is called " + name);
    }

    Result<void> add_service(const registry::Service& service) {
        auto route = std::make_shared<ServiceRoute>();
        route->service = service;
        route->journal = service.journal.value_or(options_.journal);
        HUTONG_ASSIGN(route->contract, contract_of(service.contract));
        const wsdl::Description& description = route->contract->description;
        for (const wsdl::Binding* binding : bindings_of(description, service.wsdl_service)) {
            if (binding->transport != wsdl::Transport::soap11_http &&
                binding->transport != wsdl::Transport::soap12_http)
                continue;
            auto& operations =
                binding->transport == wsdl::Transport::soap11_http ? route->soap11 : route->soap12;
            for (const wsdl::Operation& operation : binding->operations)
                operations.emplace(operation.input_element,
                                   OperationRoute{&operation, default_action(*binding, operation)});
        }
        for (const std::string& address : service.endpoints) {
            if (address.starts_with(registry::local_scheme)) {
                HUTONG_ASSIGN(route->local, local_service(address.substr(registry::local_scheme.size())));
                continue;
            }
            HUTONG_ASSIGN(auto endpoint, endpoint_of(address));
            route->endpoints.push_back(std::move(endpoint));
        }
        route->address = options_.public_url + "/services/" + service.id();
        HUTONG_ASSIGN(route->published, wsdl::publish(route->contract->contract->bundle, description,
                                                      {route->address, policies_of(service)}));
        table_->services[service.id()] = std::move(route);
        return {};
    }

    const registry::Catalogue& catalogue_;
    const TableOptions& options_;
    const RoutingTable* previous_;
    std::shared_ptr<RoutingTable> table_;
    std::vector<Bytes> own_cas_;
    std::unordered_map<std::string, std::shared_ptr<Endpoint>> known_endpoints_;
};

}  // namespace

bool RoutingTable::granted(const std::string& consumer, const std::string& service) const {
    return grants.contains(grant_key(consumer, service));
}

bool RoutingTable::granted(const std::string& consumer, const std::string& service,
                           const std::string& operation) const {
    const auto found = grants.find(grant_key(consumer, service));
    if (found == grants.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(),
                       [&](const std::string& granted) { return granted.empty() || granted == operation; });
}

security::TimeLimits longest_times(const registry::Catalogue& catalogue) {
    security::TimeLimits longest{};
    for (const registry::Service& service : catalogue.services) {
        const security::MessagePolicy& request = service.security.request;
        longest.freshness = std::max(longest.freshness, request.freshness.value_or(std::chrono::seconds(0)));
        longest.clock_skew =
            std::max(longest.clock_skew, request.clock_skew.value_or(std::chrono::seconds(0)));
    }
    return longest;
}

Result<std::shared_ptr<const RoutingTable>> make_routing_table(const registry::Catalogue& catalogue,
                                                               const TableOptions& options,
                                                               const RoutingTable* previous) {
    return Builder(catalogue, options, previous).build();
}

}  // namespace hutong::gateway
