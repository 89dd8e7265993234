#include "security/pki/authority.hpp"

#include <algorithm>

#include "security/pki/crl.hpp"
#include "security/pki/request.hpp"

namespace hutong::security {

namespace {

// Machines' clocks differ: a certificate of this minute must be good everywhere.
constexpr auto backdating = std::chrono::minutes(5);
// Who keeps an answer, or is shown an old one, believes it for so long.
constexpr auto answer_lifetime = std::chrono::hours(24);

Result<void> set_purpose(CertificateBuilder& builder, const ProfileRow& row, EVP_PKEY* key,
                         const std::vector<std::string>& names) {
    if (row.named == names.empty())
        return invalid(
            "a certificate of the profile " + std::string(row.name) +
            (row.named ? " needs a DNS name or an IP address" : " has no DNS names or IP addresses"));
    HUTONG_ASSIGN(const KeyKind kind, kind_of(key));
    const std::string_view usage = usage_of(row, kind);
    if (usage.empty())
        return invalid("a certificate of the profile " + std::string(row.name) + " needs an RSA or SM2 key");
    builder.end_entity(usage.data(), row.extended);
    if (row.profile == Profile::ocsp_signing) builder.not_to_be_checked();
    if (!row.named) return {};
    return builder.alternative_names(names);
}

}  // namespace

Authority::Authority(std::string name, std::shared_ptr<const SigningKey> key, X509Ptr certificate,
                     X509Ptr root, std::string public_url, bool retired,
                     std::shared_ptr<const SigningKey> delegate)
    : name_(std::move(name)),
      key_(std::move(key)),
      certificate_(std::move(certificate)),
      root_(std::move(root)),
      public_url_(std::move(public_url)),
      retired_(retired),
      delegate_(delegate ? std::move(delegate) : key_),
      root_der_(to_der(root_.get())),
      issuing_der_(to_der(certificate_.get())) {}

Result<Issued> Authority::issue(std::string_view csr_pem, Profile profile, const std::string& common_name,
                                const std::string& organisation, const std::vector<std::string>& names,
                                std::chrono::hours lifetime) const {
    const ProfileRow& row = row_of(profile);
    // Its answers about what it issued are needed for as long as that lasts.
    if (retired_ && profile != Profile::ocsp_signing)
        return refused("the CA " + name_ +
                       " issues no more: it is retired or revoked; hutong ca list shows those that do");
    HUTONG_ASSIGN(const KeyPtr key, key_of_request(csr_pem));
    Issued issued;
    HUTONG_TRY(choose_validity(lifetime, issued));
    CertificateBuilder builder;
    HUTONG_TRY(builder.subject({common_name, organisation}));
    builder.validity(issued.not_before, issued.not_after);
    builder.public_key(key.get());
    builder.issuer(certificate_.get());
    HUTONG_TRY(set_purpose(builder, row, key.get(), names));
    if (row.checkable) {
        builder.crl_at(public_url_ + "/pki/crl/" + name_ + ".crl");
        builder.information_at(public_url_ + "/pki/ca.pem", public_url_ + "/pki/ocsp");
    }
    HUTONG_ASSIGN(const X509Ptr certificate, std::move(builder).sign(*key_));

    issued.der = to_der(certificate.get());
    issued.serial = serial_of(certificate.get());
    issued.thumbprint = to_hex(sha256(ByteView(issued.der)));
    issued.subject = subject_of(certificate.get());
    issued.pem = certificate_to_pem(certificate.get()) + certificate_to_pem(certificate_.get());
    issued.ca = name_;
    return issued;
}

Result<Bytes> Authority::make_crl(const std::vector<RevokedEntry>& revoked, std::uint64_t number) const {
    return build_crl(certificate_.get(), *key_, revoked, number, system_clock().now());
}

Result<OcspAnswer> Authority::answer(const std::string& serial, ByteView id, const OcspStatus& status,
                                     ByteView nonce) const {
    const TimePoint now = system_clock().now();
    const OcspTimes times{now - backdating, now + answer_lifetime};
    std::vector<Bytes> ids{Bytes(id.begin(), id.end())};
    if (id.empty()) {
        HUTONG_ASSIGN(ids, ocsp_ids(certificate_.get(), serial));
    }
    HUTONG_ASSIGN(Bytes der, make_ocsp_answer(ids, status, times, nonce, *delegate_));
    return OcspAnswer{std::move(der), times.next_update};
}

// Whole seconds, as certificates have them; never outliving the issuer.
Result<void> Authority::choose_validity(std::chrono::hours lifetime, Issued& issued) const {
    if (lifetime <= std::chrono::hours(0))
        return invalid("a certificate's lifetime must be at least one hour");
    const auto from = to_time(X509_get0_notBefore(certificate_.get()));
    const auto to = to_time(X509_get0_notAfter(certificate_.get()));
    const TimePoint now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
    if (!from || !to || now < *from || now >= *to)
        return refused("the certificate of the CA " + name_ +
                       " is not valid now; check this machine's clock");
    issued.not_before = std::max(now - backdating, *from);
    issued.not_after = lifetime < *to - now ? now + lifetime : *to;
    return {};
}

Result<X509Ptr> certify_authority(const DistinguishedName& name, EVP_PKEY* key, std::chrono::hours lifetime,
                                  int path_length, X509* above, const SigningKey& signer,
                                  const std::string& ca_url) {
    const TimePoint now = system_clock().now();
    TimePoint until = now + lifetime;
    if (above) until = std::min(until, to_time(X509_get0_notAfter(above)).value_or(until));
    CertificateBuilder builder;
    HUTONG_TRY(builder.subject(name));
    builder.validity(now - backdating, until);
    builder.public_key(key);
    builder.issuer(above);
    builder.authority(path_length);
    if (above && !ca_url.empty()) builder.information_at(ca_url, {});
    return std::move(builder).sign(signer);
}

}  // namespace hutong::security
