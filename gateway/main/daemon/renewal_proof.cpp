#include "gateway/main/daemon/renewal_proof.hpp"

#include <algorithm>

#include <openssl/x509v3.h>

#include "gateway/main/pem.hpp"
#include "gateway/main/public_url.hpp"
#include "security/evidence/signed_head.hpp"
#include "security/pki/request.hpp"
#include "security/pki/sign.hpp"
#include "security/trust/foreign_status.hpp"

namespace hutong::daemon {

namespace {

constexpr const char* anew = ": join the node anew (hutong node invite), with a new home";

Result<void> check_issuer(ByteView signer, const security::Authorities& authorities) {
    for (const auto& authority : authorities.all()) {
        if (!security::issued_by(signer, authority->issuing())) continue;
        for (const security::AuthorityEntry& entry : authorities.entries())
            if (entry.name == authority->issuing_name() && entry.state == security::AuthorityState::revoked)
                return refused("it is signed by a key that the revoked CA " + entry.name + " certified" +
                               anew);
        return {};
    }
    return refused("it is signed by a key that no CA of this platform certified");
}

}  // namespace

std::string renewal_text(const registry::RenewalRequest& request) {
    return "hutong node certificate 1\nnode " + request.node + "\nkey " + request.key + "\nrequest " +
           to_hex(sha256(request.csr)) + "\nrenews " + request.renews + "\n";
}

Result<void> sign_renewal(registry::RenewalRequest& request, const security::SigningKey& key) {
    const std::string text = renewal_text(request);
    HUTONG_ASSIGN(request.signature, security::sign_der(as_bytes(text), key));
    request.signer = key.certificates().front();
    return {};
}

Result<void> show_possession(registry::RenewalRequest& request, const security::SigningKey& key) {
    const std::string text = renewal_text(request);
    HUTONG_ASSIGN(request.possession, security::sign_der(as_bytes(text), key));
    return {};
}

Result<void> check_renewal(const registry::RenewalRequest& request, const security::Authorities& authorities,
                           TimePoint now) {
    HUTONG_ASSIGN(const CertificateFacts facts, certificate_facts(request.signer));
    if (!security::evidence::names_node(request.signer, request.node))
        return refused("it is signed by " + facts.subject + ", which is not node " + request.node);
    HUTONG_TRY(check_issuer(request.signer, authorities));
    if (facts.not_after <= now)
        return refused("it is signed by a key whose certificate ended at " + format_utc(facts.not_after) +
                       anew);
    HUTONG_ASSIGN(const security::X509Ptr signer, security::read_certificate(request.signer));
    // A key for decryption bears the node's name, too, and may outlive the revocation of those that sign.
    if ((X509_get_key_usage(signer.get()) & KU_DIGITAL_SIGNATURE) == 0)
        return refused("it is signed by a key of " + facts.subject + " that is not for signatures");
    const std::string text = renewal_text(request);
    if (!security::signed_der(as_bytes(text), request.signature, signer.get()))
        return refused("its signature is not by the key of " + facts.subject);
    HUTONG_TRY(security::read_request(request.csr));
    return {};
}

Result<void> check_same_host(const registry::RenewalRequest& request, ByteView renewed,
                             const security::Authorities& authorities) {
    HUTONG_ASSIGN(const security::X509Ptr certificate, security::read_certificate(renewed));
    const bool ours = std::ranges::any_of(authorities.all(), [&](const auto& authority) {
        return security::issued_by(renewed, authority->issuing());
    });
    if (!ours || security::serial_of(certificate.get()) != request.renews)
        return refused("what the register has as certificate " + request.renews +
                       ", which it renews, is not that certificate");
    const std::string text = renewal_text(request);
    if (!security::signed_der(as_bytes(text), request.possession, certificate.get()))
        return refused("it does not show the key of certificate " + request.renews +
                       ", which it renews: that is another node's, or the program of this one is older");
    const std::string host = host_of(request.url);
    constexpr unsigned exactly = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    const bool named = X509_check_host(certificate.get(), host.data(), host.size(), exactly, nullptr) == 1 ||
                       X509_check_ip_asc(certificate.get(), host.c_str(), 0) == 1;
    if (host.empty() || !named)
        return refused("it is for the URL \"" + request.url + "\", and certificate " + request.renews +
                       ", which it renews, is for another host: a node that is to be reached elsewhere joins "
                       "anew (hutong node invite), with a new home");
    return {};
}

}  // namespace hutong::daemon
