#include "security/trust/trust_domains.hpp"

#include "security/trust/x509.hpp"

namespace hutong::security {

TrustDomains::TrustDomains(const std::map<std::string, Domain>& domains) {
    for (const auto& [name, domain] : domains) {
        if (domain.issuers.empty()) others_ = domain;
        any_allows_oaep_sha1_ = any_allows_oaep_sha1_ || domain.allow_oaep_sha1;
        for (const std::string& issuer : domain.issuers) by_issuer_[issuer] = domain;
    }
}

const TrustDomains::Domain& TrustDomains::of_issuer(const X509_NAME* issuer) const {
    if (by_issuer_.empty()) return others_;
    const auto found = by_issuer_.find(name_text(issuer));
    return found == by_issuer_.end() ? others_ : found->second;
}

Result<std::string> TrustDomains::id_of_authority(ByteView der) const {
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(der));
    return of_issuer(X509_get_subject_name(certificate.get())).certificate_id;
}

Result<const TrustDomains::Domain*> TrustDomains::of_certificate(ByteView der) const {
    // Reading a certificate costs more than many a signature; without domains by name nothing depends on it.
    if (by_issuer_.empty()) return &others_;
    const auto certificate = read_certificate(der);
    if (certificate.has_error()) return refused("the token is not one DER certificate");
    return &of_issuer(X509_get_issuer_name(certificate->get()));
}

const TrustDomains& default_trust_domains() {
    static const TrustDomains none;
    return none;
}

}  // namespace hutong::security
