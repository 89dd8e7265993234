#include "gateway/pipeline/exchange.hpp"

#include "gateway/pipeline/local_service.hpp"

namespace hutong::gateway {

registry::JournalLevel Exchange::journal_level() const {
    using registry::JournalLevel;
    if (!route) return JournalLevel::metadata;
    const bool confidential =
        route->local != nullptr && operation != nullptr && route->local->confidential(operation->name);
    return confidential && route->journal != JournalLevel::none ? JournalLevel::metadata : route->journal;
}

security::CallerIdentity Exchange::identity() const {
    security::CallerIdentity identity;
    identity.consumer = consumer->id;
    identity.organisation = consumer->org;
    identity.service = path_service;
    identity.operation = operation->name;
    identity.exchange = id;
    identity.certificate = trust.thumbprint;
    identity.time = system_clock().now();
    return identity;
}

const security::SignatureAlgorithm* Exchange::answer_algorithm() const {
    if (!consumer || !route || route->response_policy().signature_algorithm.empty()) return nullptr;
    return security::find_signature_row(route->response_policy().signature_algorithm);
}

security::KeyKind Exchange::answer_key() const {
    if (const security::SignatureAlgorithm* const wanted = answer_algorithm()) return wanted->key;
    if (consumer && consumer->answer_key)
        return *consumer->answer_key == "rsa"   ? security::KeyKind::rsa
               : *consumer->answer_key == "sm2" ? security::KeyKind::sm2
                                                : security::KeyKind::p256;
    // Until the caller is known, signing must not cost more than P-256 does.
    if (!consumer || !claims) return security::KeyKind::p256;
    return claims->key_kind;
}

const security::DigestAlgorithm& Exchange::answer_digest() const {
    return security::reference_digest(settings->keys.of(answer_key()).kind());
}

security::ReceiverForm Exchange::answer_form() const {
    if (!consumer || !claims || settings->keys.of(answer_key()).kind() != security::KeyKind::sm2) return {};
    const auto domain = settings->domains.of_certificate(claims->certificate);
    return domain.has_error() ? security::ReceiverForm() : security::form_for(**domain);
}

}  // namespace hutong::gateway
