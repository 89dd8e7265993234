// libFuzzer: what a BinarySecurityToken may hold, by way of key info to the public key and the trust store.
//
// The input is the token's octets, taken for one certificate, for a PKIPath, and for a CRL. Nothing that was
// not issued by the anchor is trusted, whatever it holds.
#include <cstdint>
#include <cstdlib>

#include "base/xml/soap.hpp"
#include "security/inbound/key_info.hpp"
#include "security/trust/trust_store.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/public_key.hpp"

namespace {

using namespace hutong;
using namespace hutong::security;

const TimePoint now = parse_utc("2026-11-24T00:25:00Z").value();

// The token as a message would carry it.
Result<SignerToken> read_token(ByteView octets, std::string_view type) {
    const std::string text =
        "<wsse:Security xmlns:wsse=\"" + std::string(soap::ns_wsse) + "\" xmlns:wsu=\"" +
        std::string(soap::ns_wsu) + "\"><wsse:BinarySecurityToken wsu:Id=\"T\" ValueType=\"" +
        std::string(type) + "\">" + to_base64(octets) +
        "</wsse:BinarySecurityToken><KeyInfo><wsse:SecurityTokenReference><wsse:Reference "
        "URI=\"#T\"/></wsse:SecurityTokenReference></KeyInfo></wsse:Security>";
    HUTONG_ASSIGN(const xml::Document document, xml::parse(text));
    HUTONG_ASSIGN(const IdIndex ids, IdIndex::make(document, {}, xml::Element()));
    return read_key_info(document.root().child("", "KeyInfo"), {document.root(), ids, nullptr, nullptr});
}

void judge(const TrustStore& trust, const SignerToken& token) {
    if (const auto key = PublicKey::of_certificate(token.certificate); key.has_error()) return;
    for (const Usage usage : {Usage::message_signing, Usage::tls_client})
        if (trust.judge(token.certificate, token.chain, usage, now)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView octets(data, size);
    const Bytes der(octets.begin(), octets.end());
    // Trusts nobody, but has the input for a CRL and an issuing CA where it can be read as one.
    std::shared_ptr<const TrustStore> trust = TrustStore::make({}).value();
    if (const auto other = TrustStore::make({.intermediates = {der}}); other.has_value()) trust = *other;
    if (const auto other = TrustStore::make({.crls = {der}}); other.has_value()) trust = *other;
    judge(*trust, {der, {der}});
    for (const std::string_view type : {names::x509v3, names::x509_pki_path})
        if (const auto token = read_token(octets, type); token.has_value()) judge(*trust, *token);
    return 0;
}
