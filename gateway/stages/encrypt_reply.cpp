#include "gateway/stages/encrypt_reply.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/sign_reply.hpp"
#include "security/outbound/message_encrypter.hpp"

namespace hutong::gateway {

namespace {

struct Receiver {
    Bytes certificate;
    security::KeyKind kind;
};

// Whose key the answer is encrypted with; among the caller's certificates first one for SM2 where it signed
// with that, which is never the certificate that signed. Error: why there is none.
Result<Receiver> receiver_of(const Exchange& exchange) {
    const Bytes& signer = exchange.claims->certificate;
    const auto own = security::check_encryption_certificate(signer);
    if (own.has_value()) return Receiver{signer, *own};
    const bool sm2 = exchange.claims->key_kind == security::KeyKind::sm2;
    std::optional<Receiver> second;
    for (const Bytes& registered : exchange.consumer->certificates_der) {
        const auto kind = security::check_encryption_certificate(registered);
        if (kind.has_error() ||
            !exchange.table->trust->judge(registered, {}, security::Usage::encryption, exchange.received))
            continue;
        if ((*kind == security::KeyKind::sm2) == sm2) return Receiver{registered, *kind};
        if (!second) second = Receiver{registered, *kind};
    }
    if (second) return *std::move(second);
    return refused("of the certificate that signed " + own.error().detail +
                   "; no other certificate of consumer " + exchange.consumer->id + " can be used");
}

// In the caller's own terms, where the request was encrypted: its library may know no others.
security::EncryptOptions options_for(const Exchange& exchange, security::KeyKind kind) {
    security::EncryptOptions options;
    options.transport = &security::default_key_transport(kind);
    const auto& request = exchange.claims->encrypted;
    if (!request) return options;
    if (request->transport->key == kind) options.transport = request->transport;
    if (request->cipher->authenticated()) options.cipher = request->cipher;
    return options;
}

// The message as it would go on.
Result<std::string> whole(const SoapMessage& message) {
    std::string text;
    for (const http::Piece& piece : message.pieces()) {
        if (piece.payload == nullptr) {
            text += piece.text;
            continue;
        }
        HUTONG_ASSIGN(const std::string part, piece.payload->text(piece.offset, piece.length));
        text += part;
    }
    return text;
}

Result<void> encrypt(Exchange& exchange) {
    const SoapMessage& message = exchange.reply.message;
    if (message.in_parts) return refused("the answer has attachments, which are not encrypted");
    HUTONG_ASSIGN(const Receiver receiver, receiver_of(exchange));
    HUTONG_ASSIGN(const std::string clear, whole(message));
    HUTONG_ASSIGN(const soap::Layout layout, soap::scan(clear, exchange.settings->config.xml.limits));
    HUTONG_ASSIGN(std::string text, security::encrypt_message(clear, layout, receiver.certificate,
                                                              options_for(exchange, receiver.kind)));
    SoapMessage encrypted;
    encrypted.content_type = std::string(soap::content_type_of(layout.version));
    encrypted.envelope_at(0, text.size());
    encrypted.body = http::Payload(std::move(text));
    encrypted.has_envelope = true;
    exchange.reply.message = std::move(encrypted);
    return {};
}

bool has_answer_to_encrypt(const Exchange& exchange) {
    return exchange.encrypts_answer() && exchange.consumer && exchange.claims && !exchange.reply.plain_text &&
           exchange.reply.message.has_envelope;
}

}  // namespace

Awaitable<std::optional<Refusal>> EncryptStage::request(Exchange& exchange) {
    if (!exchange.encrypts_answer()) co_return std::nullopt;
    if (const auto receiver = receiver_of(exchange); receiver.has_error())
        co_return refuse::cannot_encrypt(receiver.error().detail);
    co_return std::nullopt;
}

Awaitable<std::optional<Refusal>> EncryptStage::response(Exchange& exchange) {
    if (!has_answer_to_encrypt(exchange)) co_return std::nullopt;
    const auto done = encrypt(exchange);
    // The gateway's own faults say nothing that came from the service.
    if (done.has_value() || exchange.reply.fault) co_return std::nullopt;
    refuse::answer_with(exchange, refuse::receiver("The answer could not be encrypted, so it was not sent.",
                                                   done.error().detail));
    co_await sign_reply(exchange);
    static_cast<void>(encrypt(exchange));
    co_return std::nullopt;
}

}  // namespace hutong::gateway
