// One call on its way through the pipeline: what came, what was found out about it, and what goes back.
//
// Owned by the coroutine that handles the call; stages fill in their part and read what stages before them
// left.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "base/xml/soap.hpp"
#include "gateway/http/client.hpp"
#include "gateway/http/message.hpp"
#include "gateway/pipeline/routing_table.hpp"
#include "gateway/pipeline/soap_message.hpp"
#include "gateway/pipeline/work_pool.hpp"
#include "security/inbound/claims.hpp"
#include "security/keys/signing_key.hpp"
#include "security/outbound/identity.hpp"
#include "security/outbound/message_signer.hpp"
#include "security/timestamp/timestamp.hpp"
#include "security/tokens/token_context.hpp"
#include "security/trust/trust_store.hpp"

namespace hutong::gateway {

class Pipeline;

// What holds for all calls until the next reload.
struct Settings {
    config::Config config;
    security::SigningKeys keys;
    std::shared_ptr<const security::SamlIssuers> issuers;
    security::TrustDomains domains;
    std::shared_ptr<security::GuessLimit> guesses;  // one for the process
    std::filesystem::path spool;
    security::Stamper stamper;    // empty: this node stamps nothing
    WorkPool* key_work{nullptr};  // where keys that may block sign; outlives the calls
};

// Why a call does not go on. `public_reason` is told to the caller, `cause` only to the officer through the
// journal.
struct Refusal {
    soap::FaultCode code;
    std::string public_reason;
    std::string cause;
    unsigned http_status{
        0};                // not 0: the request is not SOAP (yet), so the answer is plain HTTP of this status
    std::string detail{};  // an element of the service's contract that goes into the fault, as text
};

struct Reply {
    unsigned status{200};
    SoapMessage message;
    bool fault{false};                                // made by the gateway, not by the backend
    std::optional<security::SignedBody> signed_body;  // digested while the answer was read
    std::vector<security::SignedBlock> added;         // header blocks of the gateway, to be signed with it
    std::string signature;                            // the Security header put in by the gateway
    bool plain_text{false};                           // a line of text, no SOAP
};

struct Exchange {
    http::Request& request;
    std::string id;  // incident id
    TimePoint received;
    std::shared_ptr<const Settings> settings;
    std::shared_ptr<const RoutingTable> table;

    std::string path_service;  // org/name as asked for
    std::shared_ptr<const ServiceRoute> route;
    soap::Version version{soap::Version::v11};
    std::string http_action;            // SOAPAction or the action parameter, unquoted
    const Pipeline* pipeline{nullptr};  // that runs this call; set by it
    SoapMessage message;

    // Of signed services; at_header all but the digests of Body and attachments are good, from request() on
    // everything is.
    std::optional<security::Claims> claims;
    security::TrustVerdict trust;
    std::shared_ptr<const registry::Consumer> consumer;
    const wsdl::Operation* operation{nullptr};
    const xml::SchemaSet* schemas{nullptr};  // asks that the Body's child be validated while it is read
    Result<void> validity;                   // the answer
    std::string replay_key;
    std::shared_ptr<void> ticket;  // this call's share of the concurrency limit

    bool accepted{false};  // verified, allowed, and with its evidence on disk: it goes on
    bool dispatched{false};
    std::string endpoint;
    std::optional<Refusal> refusal;  // set by the pipeline
    Reply reply;

    bool signed_service() const { return route && route->service.policy != registry::Policy::plain; }
    bool signed_answer() const { return signed_service() && route->response_policy().sign_body; }
    // Whether what goes back is encrypted: policy wants it, or the request was.
    bool encrypts_answer() const {
        return signed_answer() &&
               (route->response_policy().encrypt_body || (claims && claims->encrypted.has_value()));
    }
    // How much of this call the journal keeps: what its service has, save that contents which a local service
    // calls confidential are kept by nobody.
    registry::JournalLevel journal_level() const;
    // Who the backend is told is calling. Once the operation is known.
    security::CallerIdentity identity() const;
    // The kind of key the answer is signed with: what the service's policy says, the consumer's entry, or the
    // request's own.
    security::KeyKind answer_key() const;
    // The row that the service's policy has answers to known callers signed by; null: it leaves it open.
    const security::SignatureAlgorithm* answer_algorithm() const;
    const security::DigestAlgorithm& answer_digest() const;  // of what that key signs
    // How an SM2 signature is written for the caller: as the trust domain of his certificate has agreed. Once
    // he is known; callers without a certificate get the table's own names.
    security::ReceiverForm answer_form() const;
};

}  // namespace hutong::gateway
