#include "gateway/main/setup/granted.hpp"

#include <algorithm>

#include <openssl/x509v3.h>

#include "gateway/main/files.hpp"
#include "security/evidence/signed_head.hpp"
#include "security/keys/pem.hpp"
#include "security/pki/request.hpp"
#include "security/trust/foreign_status.hpp"

namespace hutong::setup {

namespace {

using security::issued_by;
using security::X509Ptr;

Error not_asked(const PreparedKey& prepared, const std::string& why) {
    return refused(std::string("the certificate that came for the new key ") + prepared.key->name +
                   " is not what was asked for: " + why +
                   "; the old key stays in use. Somebody may have changed it in the database");
}

// The CAs that certified the keys this node has.
std::vector<Bytes> own_issuers(const Home& home) {
    std::vector<Bytes> all;
    for (const NodeKey& key : node_keys()) {
        if (!has_key(home, key.name)) continue;
        const auto pem = read_file(chain_file(home, key.name));
        if (!pem) continue;
        const auto chain = security::certificates_from_pem(*pem, key.name);
        if (!chain || chain->size() < 2) continue;
        Bytes leaf = security::to_der((*chain)[0].get()), issuer = security::to_der((*chain)[1].get());
        if (issued_by(leaf, issuer)) all.push_back(std::move(issuer));
    }
    return all;
}

bool is_known(ByteView issuer, const std::vector<Bytes>& own, const std::vector<Bytes>& candidates) {
    return std::ranges::any_of(own, [&](const Bytes& ca) {
        // A candidate counts for having signed what this node has, not for where it comes from.
        return std::ranges::equal(ca, issuer) || std::ranges::any_of(candidates, [&](const Bytes& root) {
                   return issued_by(ca, root) && issued_by(issuer, root);
               });
    });
}

Bytes alternative_names(const X509* certificate) {
    const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (at < 0) return {};
    const ASN1_OCTET_STRING* const names = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
    return {ASN1_STRING_get0_data(names), ASN1_STRING_get0_data(names) + ASN1_STRING_length(names)};
}

// TLS: callers know the node by the names that are there.
Result<bool> is_named_as_present(const Home& home, const char* name, const X509* certificate) {
    HUTONG_ASSIGN(const std::string pem, read_file(chain_file(home, name)));
    HUTONG_ASSIGN(const auto present, security::certificates_from_pem(pem, name));
    return security::subject_of(certificate) == security::subject_of(present.front().get()) &&
           alternative_names(certificate) == alternative_names(present.front().get());
}

Result<bool> is_named_rightly(const Home& home, const std::string& node, const NodeKey& key,
                              const X509* certificate) {
    switch (key.profile) {
        case security::Profile::tls_server:
            return is_named_as_present(home, key.name, certificate);
        case security::Profile::tsa:
            return security::subject_of(certificate) == "CN=timestamps of " + node + ",O=Hutong";
        default:
            return security::evidence::names_node(security::to_der(certificate), node);
    }
}

}  // namespace

Result<void> check_granted(const Home& home, const std::string& node, const PreparedKey& prepared,
                           const std::string& chain, const std::vector<Bytes>& candidates) {
    const auto read = security::certificates_from_pem(chain, "the certificate that came");
    if (!read || read->size() != 2) return not_asked(prepared, "it is no certificate with its CA's");
    X509* const leaf = read->front().get();
    X509* const issuer = read->back().get();
    HUTONG_ASSIGN(const security::RequestFacts asked, security::read_request(prepared.csr));
    if (security::public_key_digest(leaf) != asked.thumbprint)
        return not_asked(prepared, "it is for another key");
    const Bytes issuer_der = security::to_der(issuer);
    if (X509_check_ca(issuer) != 1 || !issued_by(security::to_der(leaf), issuer_der))
        return not_asked(prepared, "the CA beside it did not issue it");
    if (!is_known(issuer_der, own_issuers(home), candidates))
        return not_asked(prepared, "its CA, " + security::subject_of(issuer) +
                                       ", is none of the platform that certified this node's other keys");
    HUTONG_ASSIGN(const bool named, is_named_rightly(home, node, *prepared.key, leaf));
    if (!named) return not_asked(prepared, "it is for " + security::subject_of(leaf));
    if (!security::has_purpose(leaf, security::row_of(prepared.key->profile), asked.kind))
        return not_asked(prepared, "it is not for what certificates of the profile " +
                                       profile_name(*prepared.key) + " are for");
    return {};
}

}  // namespace hutong::setup
