#include "gateway/pipeline/refusals.hpp"

#include <algorithm>

namespace hutong::gateway::refuse {

namespace {

using Side = soap::FaultCode::Side;

xml::QName wsse(const char* local) {
    return {std::string(soap::ns_wsse), local};
}

}  // namespace

Refusal not_soap(unsigned http_status, std::string reason) {
    return {{Side::sender, {}}, std::move(reason), {}, http_status};
}
Refusal sender(std::string reason, std::string cause) {
    return {{Side::sender, {}}, std::move(reason), std::move(cause)};
}
Refusal receiver(std::string reason, std::string cause) {
    return {{Side::receiver, {}}, std::move(reason), std::move(cause)};
}
Refusal version_mismatch(std::string reason) {
    return {{Side::version_mismatch, {}}, std::move(reason), {}};
}

Refusal no_security_header() {
    return {{Side::sender, wsse("InvalidSecurity")},
            "The message has no wsse:Security header for this gateway; sign its Body and wsu:Timestamp.",
            {}};
}

Refusal not_encrypted(std::string cause) {
    return {{Side::sender, wsse("InvalidSecurity")},
            "The content of the Body must be encrypted for the certificate at /pki/encryption.pem.",
            std::move(cause)};
}

Refusal cannot_encrypt(std::string cause) {
    return {{Side::sender, wsse("UnsupportedAlgorithm")},
            "The answer cannot be encrypted for you: sign with an RSA certificate whose key usage allows "
            "keyEncipherment, or have one, or an SM2 encryption certificate, registered for your consumer "
            "beside your "
            "signing certificate.",
            std::move(cause)};
}

Refusal not_verified(std::string cause) {
    return {{Side::sender, wsse("FailedCheck")}, "The signature was not verified.", std::move(cause)};
}

Refusal expired(std::string cause) {
    return {
        {Side::sender, {std::string(soap::ns_wsu), "MessageExpired"}},
        "The wsu:Timestamp is missing, stale or ahead of time; check the clock and sign each message anew.",
        std::move(cause)};
}

Refusal failed_authentication(std::string reason, std::string cause) {
    return {{Side::sender, wsse("FailedAuthentication")}, std::move(reason), std::move(cause)};
}

Refusal replayed(std::string cause) {
    return {{Side::sender, wsse("FailedCheck")},
            "This message was received before; sign a new one with a new wsu:Timestamp or wsa:MessageID.",
            std::move(cause)};
}

void answer_with(Exchange& exchange, const Refusal& refusal) {
    exchange.refusal = refusal;
    Reply reply;
    reply.fault = true;
    if (refusal.http_status != 0) {
        reply.status = refusal.http_status;
        reply.plain_text = true;
        reply.message.content_type = "text/plain; charset=utf-8";
        reply.message.body = http::Payload(refusal.public_reason + " (incident " + exchange.id + ")\n");
        exchange.reply = std::move(reply);
        return;
    }
    soap::Fault fault{refusal.code, refusal.public_reason, exchange.id, refusal.detail};
    reply.status = static_cast<unsigned>(soap::http_status(exchange.version, fault));
    reply.message.content_type = std::string(soap::content_type_of(exchange.version));
    std::string text = soap::fault_envelope(exchange.version, fault);
    auto layout = soap::scan(text, {});
    if (layout.has_error()) {  // the reason quotes bytes of the caller that are no text
        std::replace_if(
            fault.reason.begin(), fault.reason.end(), [](unsigned char c) { return c >= 0x80; }, '?');
        text = soap::fault_envelope(exchange.version, fault);
        layout = soap::scan(text, {});
    }
    reply.message.layout = std::move(layout).value();
    reply.message.envelope_at(0, text.size());
    reply.message.has_envelope = true;
    reply.message.body = http::Payload(std::move(text));
    exchange.reply = std::move(reply);
}

}  // namespace hutong::gateway::refuse
