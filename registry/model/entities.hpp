// The registry's entities as pure values: organisations, contracts, services, consumers, grants. No SQL here.
//
// Values; a Catalogue is immutable once made and shared between threads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "registry/model/service_policy.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry {

struct Organisation {
    std::string id;    // is_name()
    std::string name;  // for people, any language
};

// A bundle under its content address. Immutable for ever.
struct Contract {
    std::string id;  // wsdl::content_id
    wsdl::Bundle bundle;
};

// What follows what is in service_life.hpp.
enum class ServiceStatus { draft, submitted, approved, online, deprecated, offline };
enum class JournalLevel { full, evidence, metadata, none };

std::string_view to_string(Policy policy);
std::string_view to_string(ServiceStatus status);
std::string_view to_string(JournalLevel level);
std::string_view to_string(Forward forward);
Result<Policy> policy_from(std::string_view text);
Result<ServiceStatus> status_from(std::string_view text);
Result<JournalLevel> journal_level_from(std::string_view text);
Result<Forward> forward_from(std::string_view text);

// Whether calls get through to it.
inline bool is_routed(ServiceStatus status) {
    return status == ServiceStatus::online || status == ServiceStatus::deprecated;
}

// What an endpoint begins with that is no address but the name of a service of this program.
inline constexpr std::string_view local_scheme = "internal:";

struct Service {
    std::string org;
    std::string name;
    unsigned version{1};                 // of the contract that is online
    std::string contract;                // Contract::id
    std::string wsdl_service;            // local name of the wsdl:service published; empty: the only one
    std::vector<std::string> endpoints;  // absolute http(s) URLs, round robin; or one "internal:NAME"
    Policy policy{Policy::sign};         // the preset that `security` began with
    ServiceStatus status{ServiceStatus::online};
    std::optional<TimePoint> deprecated;  // since when, and
    std::optional<TimePoint> ends;        // until when it answers; of a deprecated service both, else neither
    std::optional<JournalLevel> journal;  // empty: the node's default
    Forward forward{Forward::stripped};
    ServicePolicy security{preset_policy(Policy::sign)};
    bool validate{true};  // request Body against the contract's schemas
    TimePoint changed;
    std::string id() const { return org + "/" + name; }
};

// A subject of SAML assertions, as its issuer names it.
struct SamlName {
    std::string issuer;   // entity id
    std::string name_id;  // NameID
};

struct Consumer {
    std::string id;
    std::string org;
    std::optional<std::string> answer_key;  // "rsa" | "p256" | "sm2": overrides the kind of the request's key
    std::vector<std::string> certificates;  // SHA-256 thumbprints (hex) bound to this consumer
    std::vector<Bytes> certificates_der{};  // the same, in the same order
    Bytes sealed_password{};                // security/keys/secret_box, bound to the id; empty: none
    std::vector<SamlName> saml_names{};
    bool vouches{false};  // may send assertions about others (sender-vouches)
};

struct Grant {
    std::string consumer;
    std::string service;    // org/name
    std::string operation;  // empty: every operation
};

enum class KeyPurpose { sign, decrypt };
std::string_view to_string(KeyPurpose purpose);
Result<KeyPurpose> key_purpose_from(std::string_view text);

// A key that applications use through the security service. The private key lies with its provider.
struct ServiceKey {
    std::string name;
    std::string org;   // whose it is, as its certificate says
    std::string uri;   // where the private key lies
    std::string kind;  // "rsa", "p256", "sm2"
    KeyPurpose purpose{KeyPurpose::sign};
    std::string chain;                 // PEM, its own certificate first
    std::vector<std::string> granted;  // organisations whose consumers may use it
};

struct TrustedCa {
    std::string thumbprint;
    std::string name;
    bool own{false};  // a CA of this platform
    Bytes der;
    // Of others' CAs: what must be known of their revocations, and for how long it counts beyond its end.
    bool needs_crl{false};
    bool needs_answers{false};
    std::chrono::hours grace{0};
};

struct Crl {
    std::string ca;  // {ca} in /pki/crl/{ca}.crl
    Bytes der;
};

// What another's CA says by OCSP about a certificate that is bound to a consumer; verified when it was
// fetched.
struct ForeignAnswer {
    std::string thumbprint;  // of the certificate
    std::string state;       // good | revoked | unknown
    TimePoint next_update;
    Bytes der;  // the answer itself, for evidence
};

// Everything a gateway needs to route and to decide, as of one generation.
struct Catalogue {
    std::uint64_t generation{0};
    TimePoint read_at;  // from the database; a snapshot from disk keeps the time it was read
    std::vector<Organisation> organisations;
    std::vector<Service> services;
    std::map<std::string, std::shared_ptr<const Contract>> contracts;  // those that services use
    std::vector<Consumer> consumers;
    std::vector<Grant> grants;
    std::vector<ServiceKey> service_keys;
    std::vector<TrustedCa> cas;
    std::vector<Crl> crls;
    std::vector<Bytes> foreign_crls;  // DER, of others' CAs
    std::vector<ForeignAnswer> foreign_answers;
    std::vector<std::string> revoked;  // thumbprints of revoked own certificates
};

}  // namespace hutong::registry
