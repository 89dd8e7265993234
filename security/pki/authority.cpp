#include "security/pki/authority.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "security/keys/private_file.hpp"
#include "security/pki/certificate_builder.hpp"
#include "security/pki/crl.hpp"
#include "security/pki/request.hpp"

namespace hutong::security {

namespace {

constexpr auto year = std::chrono::hours(24 * 365);
// Machines' clocks differ: a certificate of this minute must be good everywhere.
constexpr auto backdating = std::chrono::minutes(5);

std::filesystem::path file(const Home& home, const char* name) {
    return home.pki() / name;
}

struct CertificateAuthority {
    X509Ptr certificate;
    KeyPtr key;
    std::shared_ptr<const SigningKey> signer;  // with that key
};

Result<CertificateAuthority> make_authority(const DistinguishedName& name, std::chrono::hours lifetime,
                                            int path_length, const CertificateAuthority* above,
                                            const std::string& ca_url) {
    CertificateAuthority made;
    HUTONG_ASSIGN(made.key, make_key(KeyKind::p256));
    HUTONG_ASSIGN(made.signer, make_signing_key(made.key.get(), {}));
    const TimePoint now = system_clock().now();
    CertificateBuilder builder;
    HUTONG_TRY(builder.subject(name));
    builder.validity(now - backdating, now + lifetime);
    builder.public_key(made.key.get());
    builder.issuer(above ? above->certificate.get() : nullptr);
    builder.authority(path_length);
    if (above) builder.issuer_at(ca_url);
    HUTONG_ASSIGN(made.certificate, std::move(builder).sign(above ? *above->signer : *made.signer));
    return made;
}

Result<void> store(const Home& home, const char* key_name, const char* certificate_name,
                   const CertificateAuthority& ca) {
    HUTONG_ASSIGN(const std::string pem, key_to_pem(ca.key.get()));
    HUTONG_TRY(write_private_file(file(home, key_name), pem));
    return write_private_file(file(home, certificate_name), certificate_to_pem(ca.certificate.get()));
}

// It goes into certificates of many years: better refused than regretted.
Result<void> check_url(const std::string& url) {
    const bool printable =
        std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<'; });
    if (printable && (url.starts_with("http://") || url.starts_with("https://")) && !url.ends_with('/'))
        return {};
    return invalid("the public URL \"" + url + "\" must be http(s)://NAME[:PORT] without a slash at its end");
}

Result<void> set_purpose(CertificateBuilder& builder, Profile profile, EVP_PKEY* key,
                         const std::vector<std::string>& names) {
    const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1;
    if ((profile == Profile::tls_server) == names.empty())
        return invalid(names.empty() ? "a TLS server's certificate needs a DNS name or an IP address"
                                     : "only a TLS server's certificate has DNS names or IP addresses");
    switch (profile) {
        case Profile::agency_signing:
            // clientAuth too: an agency's one certificate signs its messages and opens its TLS connections.
            // And where it can, it lets answers be encrypted for the agency.
            builder.end_entity(
                rsa ? "digitalSignature,nonRepudiation,keyEncipherment" : "digitalSignature,nonRepudiation",
                "clientAuth");
            return {};
        case Profile::tls_server:
            builder.end_entity(rsa ? "digitalSignature,keyEncipherment" : "digitalSignature", "serverAuth");
            return builder.alternative_names(names);
        case Profile::gateway_signing:
            builder.end_entity("digitalSignature,nonRepudiation");
            return {};
        case Profile::gateway_encryption:
            if (!rsa && EVP_PKEY_is_a(key, "SM2") != 1)
                return invalid("an encryption certificate needs an RSA or an SM2 key");
            builder.end_entity(rsa ? "keyEncipherment" : "keyEncipherment,dataEncipherment");
            return {};
    }
    return internal("unknown certificate profile");
}

class FileAuthority : public Authority {
  public:
    FileAuthority(CertificateAuthority ca, X509Ptr root, std::string public_url)
        : ca_(std::move(ca)),
          root_(std::move(root)),
          public_url_(std::move(public_url)),
          root_der_(to_der(root_.get())),
          issuing_der_(to_der(ca_.certificate.get())) {}

    Result<Issued> issue(std::string_view csr_pem, Profile profile, const std::string& common_name,
                         const std::string& organisation, const std::vector<std::string>& names,
                         std::chrono::hours lifetime) override {
        HUTONG_ASSIGN(const KeyPtr key, key_of_request(csr_pem));
        Issued issued;
        HUTONG_TRY(choose_validity(lifetime, issued));
        CertificateBuilder builder;
        HUTONG_TRY(builder.subject({common_name, organisation}));
        builder.validity(issued.not_before, issued.not_after);
        builder.public_key(key.get());
        builder.issuer(ca_.certificate.get());
        HUTONG_TRY(set_purpose(builder, profile, key.get(), names));
        builder.crl_at(public_url_ + "/pki/crl/" + issuing_name() + ".crl");
        builder.issuer_at(public_url_ + "/pki/ca.pem");
        HUTONG_ASSIGN(const X509Ptr certificate, std::move(builder).sign(*ca_.signer));

        issued.der = to_der(certificate.get());
        issued.serial = serial_of(certificate.get());
        issued.thumbprint = to_hex(sha256(ByteView(issued.der)));
        issued.subject = subject_of(certificate.get());
        issued.pem = certificate_to_pem(certificate.get()) + certificate_to_pem(ca_.certificate.get());
        return issued;
    }

    Result<Bytes> make_crl(const std::vector<RevokedEntry>& revoked, std::uint64_t number) override {
        return build_crl(ca_.certificate.get(), *ca_.signer, revoked, number, system_clock().now());
    }

    const Bytes& root() const override { return root_der_; }
    const Bytes& issuing() const override { return issuing_der_; }
    std::string issuing_name() const override { return "issuing-1"; }

  private:
    // Whole seconds, as certificates have them; never outliving the issuer.
    Result<void> choose_validity(std::chrono::hours lifetime, Issued& issued) const {
        if (lifetime <= std::chrono::hours(0))
            return invalid("a certificate's lifetime must be at least one hour");
        const auto from = to_time(X509_get0_notBefore(ca_.certificate.get()));
        const auto to = to_time(X509_get0_notAfter(ca_.certificate.get()));
        const TimePoint now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
        if (!from || !to || now < *from || now >= *to)
            return refused("the issuing CA's own certificate is not valid now; check this machine's clock");
        issued.not_before = std::max(now - backdating, *from);
        issued.not_after = lifetime < *to - now ? now + lifetime : *to;
        return {};
    }

    const CertificateAuthority ca_;
    const X509Ptr root_;
    const std::string public_url_;
    const Bytes root_der_;
    const Bytes issuing_der_;
};

Result<X509Ptr> read_one(const std::filesystem::path& path) {
    HUTONG_ASSIGN(const std::string pem, read_small_file(path));
    HUTONG_ASSIGN(auto certificates, certificates_from_pem(pem, path.string()));
    return std::move(certificates.front());
}

Result<std::string> read_public_url(const std::filesystem::path& path) {
    HUTONG_ASSIGN(const std::string text, read_small_file(path));
    boost::system::error_code error;
    const auto settings = boost::json::parse(text, error);
    const auto* object = error ? nullptr : settings.if_object();
    const auto* url = object ? object->if_contains("public_url") : nullptr;
    if (!url || !url->is_string())
        return invalid(path.string() + ": \"public_url\" is missing; restore the file");
    return std::string(url->as_string());
}

}  // namespace

Result<void> Authority::found(const Home& home, const AuthorityOptions& options) {
    HUTONG_TRY(check_url(options.public_url));
    if (exists(home))
        return Error{ErrorCode::conflict, home.pki().string() + " holds a certification authority already"};
    const std::string ca_url = options.public_url + "/pki/ca.pem";
    const std::string& platform = options.platform_name;
    HUTONG_ASSIGN(const auto root,
                  make_authority({platform + " Root CA", platform}, 20 * year, 1, nullptr, ca_url));
    HUTONG_ASSIGN(const auto issuing,
                  make_authority({platform + " Issuing CA 1", platform}, 8 * year, 0, &root, ca_url));
    const boost::json::object settings{{"platform_name", platform}, {"public_url", options.public_url}};
    HUTONG_TRY(write_private_file(file(home, "authority.json"), boost::json::serialize(settings) + "\n"));
    HUTONG_TRY(store(home, "root.key", "root.pem", root));
    return store(home, "issuing.key", "issuing.pem", issuing);
}

// The last file that found() writes.
bool Authority::exists(const Home& home) {
    std::error_code error;
    return std::filesystem::exists(file(home, "issuing.pem"), error);
}

Result<std::unique_ptr<Authority>> Authority::open(const Home& home) {
    if (!exists(home))
        return not_found(home.pki().string() +
                         " holds no certification authority; only the node that founded the "
                         "platform has one");
    HUTONG_ASSIGN(std::string public_url, read_public_url(file(home, "authority.json")));
    HUTONG_ASSIGN(X509Ptr root, read_one(file(home, "root.pem")));
    CertificateAuthority issuing;
    HUTONG_ASSIGN(issuing.certificate, read_one(file(home, "issuing.pem")));
    HUTONG_ASSIGN(const std::string key, read_private_file(file(home, "issuing.key")));
    HUTONG_ASSIGN(issuing.key, key_from_pem(key, file(home, "issuing.key").string()));
    HUTONG_ASSIGN(issuing.signer, make_signing_key(issuing.key.get(), {}));
    if (X509_check_private_key(issuing.certificate.get(), issuing.key.get()) != 1) {
        (void)openssl_error("");
        return invalid(file(home, "issuing.pem").string() +
                       " is not the certificate of the key in issuing.key");
    }
    return std::make_unique<FileAuthority>(std::move(issuing), std::move(root), std::move(public_url));
}

}  // namespace hutong::security
