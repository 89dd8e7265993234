#include "gateway/services/security_operations.hpp"

#include <algorithm>
#include <array>

#include "gateway/services/certificate_verdicts.hpp"
#include "security/documents/cms_envelope.hpp"
#include "security/documents/cms_signature.hpp"
#include "security/documents/xml_signature.hpp"
#include "security/timestamp/authority.hpp"
#include "security/xmldsig/algorithms.hpp"

namespace hutong::gateway::security_service {

namespace {

using registry::KeyPurpose;

constexpr std::size_t most_content = 4u << 20;
constexpr std::size_t most_signature = 5u << 20;
constexpr std::size_t most_recipients = 20;

OrFault<const UsableKey*> key_for(const Exchange& exchange, const std::string& name, KeyPurpose purpose) {
    const UsableKey* const key = exchange.table->service_keys->find(name, exchange.consumer->org);
    if (key == nullptr)
        return Fault(FaultCode::unknown_key, "No key of that name is granted to your organisation.",
                     "key " + name + " asked for by " + exchange.consumer->org);
    if (key->key.purpose != purpose)
        return Fault(FaultCode::wrong_use, purpose == KeyPurpose::sign ? "The key is not for signing."
                                                                       : "The key is not for decryption.");
    return key;
}

Fault unavailable_key(const UsableKey& key, const std::string& why) {
    return Fault(FaultCode::key_unavailable, "The key cannot be used at this moment.",
                 "key " + key.key.name + ": " + why);
}

// A failure of the key's provider is no fault of the document.
template <class T>
OrFault<T> or_unavailable(const UsableKey& key, Result<T> result) {
    if (result.has_value()) return std::move(*result);
    if (result.error().code == ErrorCode::invalid || result.error().code == ErrorCode::limit)
        return Fault(result.error());
    return unavailable_key(key, result.error().detail);
}

OrFault<Bytes> signature_of(const std::string& form, const Exchange& exchange, const Request& request,
                            const UsableKey& key, const Bytes& content) {
    const xml::Limits& limits = exchange.settings->config.xml.limits;
    const auto octets = [](const std::string& text) { return Bytes(text.begin(), text.end()); };
    if (form == "raw") return or_unavailable(key, key.signing->sign(content));
    if (form == "cms")
        return or_unavailable(key, security::sign_cms(content, *key.signing, system_clock().now()));
    if (form == "xmlEnveloped") {
        HUTONG_ASSIGN(const std::string text,
                      or_unavailable(key, security::sign_xml(content, *key.signing, limits)));
        return octets(text);
    }
    if (form == "xmlDetached") {
        HUTONG_ASSIGN(const std::string text,
                      or_unavailable(key, security::sign_apart(content, request.text_or_empty("reference"),
                                                               *key.signing)));
        return octets(text);
    }
    return Fault(FaultCode::bad_content, "The form is none of raw, cms, xmlEnveloped, xmlDetached.");
}

Answer sign(const Exchange& exchange, const Request& request) {
    HUTONG_ASSIGN(const std::string name, request.text("keyName"));
    HUTONG_ASSIGN(const UsableKey* const key, key_for(exchange, name, KeyPurpose::sign));
    HUTONG_ASSIGN(const std::string form, request.text("form"));
    HUTONG_ASSIGN(const Bytes content, request.octets("content", most_content));
    if (!key->signing) return unavailable_key(*key, key->problem);
    // What is signed by a certificate that nobody believes would only disappoint later.
    const std::vector<Bytes>& certificates = key->signing->certificates();
    const security::TrustVerdict verdict = exchange.table->trust->judge(
        certificates.front(), certificates, security::Usage::document_signing, system_clock().now());
    if (!verdict) return unavailable_key(*key, "its certificate: " + verdict.reason);
    HUTONG_ASSIGN(const Bytes signature, signature_of(form, exchange, request, *key, content));
    std::string answer =
        octets_element("signature", signature) +
        element("algorithm", security::default_signature_algorithm(key->signing->kind()).uri);
    for (const Bytes& certificate : certificates) answer += octets_element("certificate", certificate);
    return answer;
}

OrFault<std::vector<security::DocumentSignature>> signatures_in(const std::string& form,
                                                                const Exchange& exchange,
                                                                const Request& request,
                                                                const std::vector<Bytes>& certificates) {
    const xml::Limits& limits = exchange.settings->config.xml.limits;
    HUTONG_ASSIGN(const Bytes signature, request.octets("signature", most_signature));
    if (form == "xmlEnveloped") {
        if (request.has("content"))
            return Fault(FaultCode::bad_content,
                         "Of xmlEnveloped the signed document is the signature; give no content.");
        HUTONG_ASSIGN(auto found, security::verify_xml(signature, limits));
        return found;
    }
    HUTONG_ASSIGN(const Bytes content, request.octets("content", most_content));
    if (form == "cms") {
        HUTONG_ASSIGN(auto found, security::verify_cms(signature, content, certificates));
        return found;
    }
    if (form == "xmlDetached") {
        HUTONG_ASSIGN(auto found, security::verify_apart(signature, content, limits));
        return std::vector{std::move(found)};
    }
    if (form != "raw")
        return Fault(FaultCode::bad_content, "The form is none of raw, cms, xmlEnveloped, xmlDetached.");
    if (certificates.empty())
        return Fault(FaultCode::bad_content, "A raw signature needs the signer's certificate.");
    return std::vector{security::verify_value_alone(content, signature, certificates.front())};
}

Answer verify(const Exchange& exchange, const Request& request) {
    HUTONG_ASSIGN(const std::string form, request.text("form"));
    HUTONG_ASSIGN(const std::vector<Bytes> certificates, request.certificates("certificate"));
    Question question{security::Usage::document_signing, {}, system_clock().now()};
    HUTONG_ASSIGN(question.as_of, request.time("asOf", question.now));
    HUTONG_ASSIGN(const auto found, signatures_in(form, exchange, request, certificates));
    std::string answer;
    for (const security::DocumentSignature& one : found) {
        std::string about = element("integrity", one.intact ? "intact" : "broken") +
                            optional_element("reason", one.reason) +
                            optional_element("algorithm", one.algorithm);
        if (one.signing_time) about += element("signingTime", format_utc(*one.signing_time));
        if (!one.certificate.empty()) {
            std::vector<Bytes> chain = one.chain;
            chain.insert(chain.end(), certificates.begin(), certificates.end());
            about += octets_element("certificate", one.certificate) +
                     around("signer", certificate_verdict(*exchange.table, one.certificate, chain, question));
        }
        answer += around("signature", about);
    }
    return answer;
}

OrFault<Bytes> believed(const Exchange& exchange, const Bytes& certificate) {
    const auto verdict =
        exchange.table->trust->judge(certificate, {}, security::Usage::encryption, system_clock().now());
    if (verdict) return certificate;
    return Fault(FaultCode::unknown_recipient,
                 "The recipient's certificate is not good for encryption: " +
                     std::string(to_string(verdict.status)) + ".",
                 verdict.reason);
}

// The newest of a consumer's certificates that is good for it.
OrFault<Bytes> certificate_of(const Exchange& exchange, const std::string& id) {
    for (const auto& [thumbprint, consumer] : exchange.table->consumers) {
        if (consumer->id != id) continue;
        for (auto der = consumer->certificates_der.rbegin(); der != consumer->certificates_der.rend(); ++der)
            if (const auto good = believed(exchange, *der); good.has_value()) return *good;
        break;
    }
    return Fault(FaultCode::unknown_recipient,
                 "There is no consumer " + id + " with a certificate that is good for encryption.");
}

OrFault<Bytes> certificate_for(const Exchange& exchange, const Request& recipient) {
    if (recipient.has("consumer")) return certificate_of(exchange, recipient.text_or_empty("consumer"));
    if (recipient.has("keyName")) {
        HUTONG_ASSIGN(const UsableKey* const key,
                      key_for(exchange, recipient.text_or_empty("keyName"), KeyPurpose::decrypt));
        if (!key->decryption) return unavailable_key(*key, key->problem);
        return believed(exchange, key->decryption->certificate());
    }
    HUTONG_ASSIGN(const std::vector<Bytes> given, recipient.certificates("certificate"));
    if (given.size() != 1)
        return Fault(FaultCode::bad_content, "A recipient is a consumer, a keyName or a certificate.");
    return believed(exchange, given.front());
}

Answer encrypt(const Exchange& exchange, const Request& request) {
    HUTONG_ASSIGN(const Bytes content, request.octets("content", most_content));
    const std::vector<Request> recipients = request.all("recipient");
    if (recipients.empty() || recipients.size() > most_recipients)
        return Fault(FaultCode::bad_content,
                     "There must be 1 to " + std::to_string(most_recipients) + " recipients.");
    std::vector<Bytes> certificates;
    for (const Request& recipient : recipients) {
        HUTONG_ASSIGN(Bytes certificate, certificate_for(exchange, recipient));
        if (std::find(certificates.begin(), certificates.end(), certificate) == certificates.end())
            certificates.push_back(std::move(certificate));
    }
    HUTONG_ASSIGN(const Bytes envelope, security::encrypt_cms(content, certificates));
    return octets_element("envelope", envelope);
}

// Whatever is wrong with the envelope, or with the key's provider while it was opened, the caller is told one
// thing: else it could ask about messages that it cannot read (Bleichenbacher, Vaudenay).
Answer decrypt(const Exchange& exchange, const Request& request) {
    HUTONG_ASSIGN(const std::string name, request.text("keyName"));
    HUTONG_ASSIGN(const UsableKey* const key, key_for(exchange, name, KeyPurpose::decrypt));
    if (!key->decryption) return unavailable_key(*key, key->problem);
    HUTONG_ASSIGN(const Bytes envelope, request.octets("envelope", most_signature));
    const auto content = security::decrypt_cms(envelope, *key->decryption);
    if (content.has_error())
        return Fault(FaultCode::not_decrypted, "The envelope was not decrypted.", content.error().detail);
    return octets_element("content", *content);
}

OrFault<security::Usage> use_of(const std::string& word) {
    using security::Usage;
    if (word == "documentSigning") return Usage::document_signing;
    if (word == "messageSigning") return Usage::message_signing;
    if (word == "tlsClient") return Usage::tls_client;
    if (word == "encryption") return Usage::encryption;
    return Fault(FaultCode::bad_content,
                 "The use is none of documentSigning, messageSigning, tlsClient, encryption.");
}

Answer validate_certificate(const Exchange& exchange, const Request& request) {
    HUTONG_ASSIGN(const std::vector<Bytes> certificates, request.certificates("certificate"));
    if (certificates.size() != 1) return Fault(FaultCode::bad_content, "There must be one certificate.");
    HUTONG_ASSIGN(const std::vector<Bytes> intermediates, request.certificates("intermediate"));
    HUTONG_ASSIGN(const std::string word, request.text("use"));
    Question question{security::Usage::document_signing, {}, system_clock().now()};
    HUTONG_ASSIGN(question.use, use_of(word));
    HUTONG_ASSIGN(question.as_of, request.time("asOf", question.now));
    return around("verdict",
                  certificate_verdict(*exchange.table, certificates.front(), intermediates, question));
}

OrFault<Sha256Digest> imprint_of(const Request& request) {
    if (request.has("content") == request.has("digest"))
        return Fault(FaultCode::bad_content, "Give the content or its digest, one of them.");
    if (request.has("content")) {
        HUTONG_ASSIGN(const Bytes content, request.octets("content", most_content));
        return sha256(ByteView(content));
    }
    Sha256Digest digest{};
    HUTONG_ASSIGN(const Bytes given, request.octets("digest", digest.size()));
    if (given.size() != digest.size())
        return Fault(FaultCode::bad_content, "digest is no SHA-256: it has " + std::to_string(given.size()) +
                                                 " bytes instead of 32.");
    std::copy(given.begin(), given.end(), digest.begin());
    return digest;
}

Answer timestamp(const Exchange& exchange, const Request& request) {
    HUTONG_ASSIGN(const Sha256Digest imprint, imprint_of(request));
    const auto stamped = exchange.settings->stamper
                             ? exchange.settings->stamper(imprint)
                             : Result<security::Stamped>(unavailable("this node has no timestamp authority"));
    if (stamped.has_error())
        return Fault(FaultCode::try_later, "The timestamp authority gives no answer; try again later.",
                     stamped.error().detail);
    const auto token = security::token_of(stamped->answer);
    if (token.has_error()) return Fault(token.error());
    const security::Timestamp& facts = stamped->facts;
    return octets_element("token", *token) + element("time", format_utc(facts.time)) +
           element("authority", facts.tsa) +
           element("selfAttested", facts.policy == security::self_attested_policy ? "true" : "false");
}

constexpr std::array table{
    Operation{"Sign", false, false, sign},
    Operation{"Verify", false, false, verify},
    Operation{"Encrypt", true, false, encrypt},
    Operation{"Decrypt", true, false, decrypt},
    Operation{"ValidateCertificate", false, false, validate_certificate},
    Operation{"Timestamp", false, true, timestamp},
};

}  // namespace

std::span<const Operation> operations() {
    return table;
}

const Operation* find_operation(std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Operation& operation) { return operation.name == name; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace hutong::gateway::security_service
