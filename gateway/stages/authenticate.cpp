#include "gateway/stages/authenticate.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/token_callers.hpp"

namespace hutong::gateway {

std::string what_to_mend(security::TrustStatus status) {
    switch (status) {
        case security::TrustStatus::expired:
            return "The certificate has expired; renew it.";
        case security::TrustStatus::not_yet_valid:
            return "The certificate is not valid yet; check its dates and the clock.";
        case security::TrustStatus::revoked:
            return "The certificate has been revoked; ask for a new one.";
        case security::TrustStatus::wrong_usage:
            return "The certificate is not meant for this use; its key usage must allow it.";
        case security::TrustStatus::weak_key:
            return "The certificate's key or signature is weak or of an unknown kind; "
                   "use RSA-2048, P-256, P-384, P-521, Ed25519 or SM2.";
        default:
            return "The certificate is not issued by a CA that this platform trusts.";
    }
}

// Where something was decrypted before its signer is believed, he is told no more than that the signature was
// not verified: who signs a guess at what another encrypted must not learn whether it was right.
std::optional<Refusal> AuthenticateStage::at_header(Exchange& exchange) {
    auto refusal = identify(exchange);
    if (refusal && exchange.claims && exchange.claims->encrypted)
        return refuse::not_verified(refusal->public_reason + " " + refusal->cause);
    return refusal;
}

std::optional<Refusal> AuthenticateStage::identify(Exchange& exchange) {
    static const std::vector<Bytes> none;
    if (exchange.claims && has_tokens(*exchange.claims)) return identify_by_tokens(exchange);
    const auto& presented = exchange.request.client_certificates;
    if (!exchange.claims && presented.empty())
        return refuse::failed_authentication("This service is called over HTTPS with a client certificate.",
                                             "no client certificate");
    if (exchange.claims) {
        exchange.trust = exchange.table->trust->judge(exchange.claims->certificate, exchange.claims->chain,
                                                      security::Usage::message_signing, exchange.received);
    } else {
        const std::vector<Bytes> chain(presented.begin() + 1, presented.end());
        exchange.trust = exchange.table->trust->judge(presented.front(), presented.size() > 1 ? chain : none,
                                                      security::Usage::tls_client, exchange.received);
    }
    if (!exchange.trust)
        return refuse::failed_authentication(what_to_mend(exchange.trust.status), exchange.trust.reason);
    const auto consumer = exchange.table->consumers.find(exchange.trust.thumbprint);
    if (consumer == exchange.table->consumers.end())
        return refuse::failed_authentication(
            "The certificate is not registered for any consumer.",
            "thumbprint " + exchange.trust.thumbprint + ", subject " + exchange.trust.subject);
    exchange.consumer = consumer->second;
    return std::nullopt;
}

}  // namespace hutong::gateway
