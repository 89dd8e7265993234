#include "gateway/stages/token_callers.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/authenticate.hpp"

namespace hutong::gateway {

namespace {

using security::TrustStatus;
using security::Usage;

Refusal unknown(const std::string& what, std::string cause) {
    return refuse::failed_authentication(what + " is not registered for any consumer.", std::move(cause));
}

// A holder's certificate is vouched for by the assertion's issuer, so it needs no path to a CA of ours; but
// what we know to be revoked, weak or meant for something else is not believed for that.
std::optional<Refusal> judge_signer(Exchange& exchange) {
    const security::Claims& claims = *exchange.claims;
    exchange.trust = exchange.table->trust->judge(claims.certificate, claims.chain, Usage::message_signing,
                                                  exchange.received);
    const bool vouched_for = claims.saml && !claims.saml->vouched;
    if (exchange.trust || (vouched_for && exchange.trust.status == TrustStatus::no_path)) return std::nullopt;
    return refuse::failed_authentication(what_to_mend(exchange.trust.status), exchange.trust.reason);
}

std::optional<Refusal> judge_endorsers(const Exchange& exchange) {
    for (const Bytes& certificate : exchange.claims->endorsers) {
        const auto trust =
            exchange.table->trust->judge(certificate, {}, Usage::message_signing, exchange.received);
        if (!trust)
            return refuse::failed_authentication(
                "A further signature of the message is made with a certificate that is not trusted.",
                trust.subject + ": " + trust.reason);
    }
    return std::nullopt;
}

// The consumer that the signing certificate is registered for; null: none.
std::shared_ptr<const registry::Consumer> signer_of(const Exchange& exchange) {
    const auto found = exchange.table->consumers.find(exchange.trust.thumbprint);
    return found == exchange.table->consumers.end() ? nullptr : found->second;
}

std::optional<Refusal> identify_subject(Exchange& exchange) {
    const security::SamlClaim& saml = *exchange.claims->saml;
    if (saml.vouched) {
        const auto sender = signer_of(exchange);
        if (!sender || !sender->vouches)
            return refuse::failed_authentication(
                "The sender may not vouch for others; the platform's operator can allow it.",
                sender ? "consumer " + sender->id + " may not vouch"
                       : "thumbprint " + exchange.trust.thumbprint + " is no consumer's");
    }
    const auto found = exchange.table->saml_names.find({saml.issuer, saml.subject});
    if (found == exchange.table->saml_names.end())
        return unknown("The subject of the SAML assertion", "issuer " + saml.issuer + ", " + saml.subject);
    exchange.consumer = found->second;
    return std::nullopt;
}

std::optional<Refusal> identify_user(Exchange& exchange) {
    const std::string& user = *exchange.claims->username;
    const auto found = exchange.table->users.find(user);
    if (found == exchange.table->users.end()) return unknown("The user", "user " + user);
    if (exchange.consumer && exchange.consumer->id != found->second->id)
        return refuse::failed_authentication(
            "The UsernameToken is another consumer's than the signature.",
            "signed by " + exchange.consumer->id + ", user " + found->second->id);
    exchange.consumer = found->second;
    return std::nullopt;
}

}  // namespace

security::TokenContext tokens_of(const Exchange& exchange) {
    return {{},
            exchange.request.tls,
            exchange.request.remote.substr(0, exchange.request.remote.rfind(':')),
            &exchange.table->certificates,
            &exchange.table->passwords,
            exchange.settings->guesses.get(),
            exchange.settings->issuers.get(),
            &exchange.settings->domains};
}

bool has_tokens(const security::Claims& claims) {
    return claims.saml || claims.username || !claims.endorsers.empty();
}

std::optional<Refusal> identify_by_tokens(Exchange& exchange) {
    const security::Claims& claims = *exchange.claims;
    if (!claims.certificate.empty()) {
        if (auto refusal = judge_signer(exchange)) return refusal;
        if (auto refusal = judge_endorsers(exchange)) return refusal;
    }
    if (claims.saml) {
        if (auto refusal = identify_subject(exchange)) return refusal;
    } else if (!claims.certificate.empty()) {
        exchange.consumer = signer_of(exchange);
        if (!exchange.consumer)
            return unknown("The certificate",
                           "thumbprint " + exchange.trust.thumbprint + ", subject " + exchange.trust.subject);
    }
    return claims.username ? identify_user(exchange) : std::nullopt;
}

std::string one_time_key(const security::OneTime& once) {
    return to_base64(sha256("once " + once.key));
}

std::optional<Refusal> enter_one_time(Exchange& exchange, ReplayWindow& window) {
    for (const security::OneTime& once : exchange.claims->one_time) {
        const std::string key = one_time_key(once);
        switch (window.enter(key, once.until, exchange.received)) {
            case ReplayWindow::Answer::fresh:
                continue;
            case ReplayWindow::Answer::replayed:
                return refuse::replayed(once.key);
            case ReplayWindow::Answer::full:
                return refuse::receiver(
                    "The gateway takes no further signed calls at this moment; try again later.",
                    "the replay table is full; raise security.replay_entries");
        }
    }
    return std::nullopt;
}

}  // namespace hutong::gateway
