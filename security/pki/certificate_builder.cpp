#include "security/pki/certificate_builder.hpp"

#include <algorithm>

#include <openssl/x509v3.h>

#include "security/pki/sign.hpp"

namespace hutong::security {

namespace {

using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<GENERAL_NAMES, GENERAL_NAMES_free>>;

// X.520: ub-common-name and ub-organization-name, in characters.
constexpr std::size_t longest_name = 64;

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

Result<void> add_name(X509_NAME* to, const char* field, const std::string& value) {
    const bool control = std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (value.empty() || control || characters(value) > longest_name ||
        X509_NAME_add_entry_by_txt(to, field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) != 1) {
        (void)openssl_error("");
        return invalid(std::string("the certificate's ") + field + " \"" +
                       (control ? std::string("…") : value) +
                       "\" must be 1 to 64 characters of UTF-8 without control characters");
    }
    return {};
}

GENERAL_NAME* text_name(int type, const std::string& text) {
    ASN1_IA5STRING* const string = ASN1_IA5STRING_new();
    GENERAL_NAME* const name = GENERAL_NAME_new();
    if (!string || !name || ASN1_STRING_set(string, text.data(), static_cast<int>(text.size())) != 1) {
        ASN1_IA5STRING_free(string);
        GENERAL_NAME_free(name);
        return nullptr;
    }
    GENERAL_NAME_set0_value(name, type, string);
    return name;
}

GENERAL_NAME* address_name(const std::string& text) {
    ASN1_OCTET_STRING* const address = a2i_IPADDRESS(text.c_str());
    if (!address) {
        (void)openssl_error("");
        return nullptr;
    }
    GENERAL_NAME* const name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, GEN_IPADD, address);
    return name;
}

// RFC 1123 host names; one wildcard label in front is allowed (RFC 6125 section 6.4.3).
bool is_host_name(std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.empty() || name.size() > 253) return false;
    for (std::size_t at = 0; at <= name.size();) {
        const auto label = name.substr(at, name.find('.', at) - at);
        const bool sound =
            !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
            std::ranges::all_of(label, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            });
        if (!sound) return false;
        at += label.size() + 1;
    }
    return true;
}

GeneralNamesPtr one_name(GENERAL_NAME* name) {
    GeneralNamesPtr names(GENERAL_NAMES_new());
    sk_GENERAL_NAME_push(names.get(), name);
    return names;
}

}  // namespace

bool set_time(ASN1_TIME* field, TimePoint time) {
    return ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr;
}

CertificateBuilder::CertificateBuilder() : certificate_(X509_new()) {
    check(X509_set_version(certificate_.get(), X509_VERSION_3));
    // RFC 5280 section 4.1.2.2: positive, at most 20 octets. Always 16 octets long, so that it reads the same
    // everywhere.
    Bytes serial = random_bytes(16);
    serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);
    check(ASN1_STRING_set(X509_get_serialNumber(certificate_.get()), serial.data(),
                          static_cast<int>(serial.size())));
}

Result<void> CertificateBuilder::subject(const DistinguishedName& name) {
    X509_NAME* const subject = X509_get_subject_name(certificate_.get());
    HUTONG_TRY(add_name(subject, "O", name.organisation));
    return add_name(subject, "CN", name.common_name);
}

void CertificateBuilder::validity(TimePoint from, TimePoint to) {
    check(set_time(X509_getm_notBefore(certificate_.get()), from));
    check(set_time(X509_getm_notAfter(certificate_.get()), to));
}

void CertificateBuilder::public_key(EVP_PKEY* key) {
    check(X509_set_pubkey(certificate_.get(), key));
}

void CertificateBuilder::issuer(X509* issuer) {
    issuer_ = issuer ? issuer : certificate_.get();
    check(X509_set_issuer_name(certificate_.get(), X509_get_subject_name(issuer_)));
    fixed_extension(NID_subject_key_identifier, "hash");
    fixed_extension(NID_authority_key_identifier, "keyid:always");
}

void CertificateBuilder::authority(int path_length) {
    fixed_extension(NID_basic_constraints,
                    ("critical,CA:TRUE,pathlen:" + std::to_string(path_length)).c_str());
    fixed_extension(NID_key_usage, "critical,keyCertSign,cRLSign");
}

void CertificateBuilder::end_entity(const char* key_usage, const char* extended_key_usage) {
    fixed_extension(NID_basic_constraints, "critical,CA:FALSE");
    fixed_extension(NID_key_usage, ("critical," + std::string(key_usage)).c_str());
    if (extended_key_usage) fixed_extension(NID_ext_key_usage, extended_key_usage);
}

void CertificateBuilder::crl_at(const std::string& url) {
    using Points = std::unique_ptr<CRL_DIST_POINTS, OpensslDeleter<CRL_DIST_POINTS, CRL_DIST_POINTS_free>>;
    const Points points(CRL_DIST_POINTS_new());
    DIST_POINT* const point = DIST_POINT_new();
    point->distpoint = DIST_POINT_NAME_new();
    point->distpoint->type = 0;  // fullName
    point->distpoint->name.fullname = one_name(text_name(GEN_URI, url)).release();
    sk_DIST_POINT_push(points.get(), point);
    check(X509_add1_ext_i2d(certificate_.get(), NID_crl_distribution_points, points.get(), 0,
                            X509V3_ADD_DEFAULT));
}

void CertificateBuilder::information_at(const std::string& issuer_url, const std::string& ocsp_url) {
    using Access = std::unique_ptr<AUTHORITY_INFO_ACCESS,
                                   OpensslDeleter<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>>;
    const Access access(AUTHORITY_INFO_ACCESS_new());
    const auto add = [&](int method, const std::string& url) {
        if (url.empty()) return;
        ACCESS_DESCRIPTION* const description = ACCESS_DESCRIPTION_new();
        description->method = OBJ_nid2obj(method);
        GENERAL_NAME_free(description->location);
        description->location = text_name(GEN_URI, url);
        sk_ACCESS_DESCRIPTION_push(access.get(), description);
    };
    add(NID_ad_OCSP, ocsp_url);
    add(NID_ad_ca_issuers, issuer_url);
    check(X509_add1_ext_i2d(certificate_.get(), NID_info_access, access.get(), 0, X509V3_ADD_DEFAULT));
}

void CertificateBuilder::not_to_be_checked() {
    fixed_extension(NID_id_pkix_OCSP_noCheck, "");
}

Result<void> CertificateBuilder::alternative_names(const std::vector<std::string>& names) {
    const GeneralNamesPtr all(GENERAL_NAMES_new());
    for (const std::string& name : names) {
        GENERAL_NAME* entry = address_name(name);
        if (!entry && is_host_name(name)) entry = text_name(GEN_DNS, name);
        if (!entry) return invalid("\"" + name + "\" is neither a DNS name nor an IP address");
        sk_GENERAL_NAME_push(all.get(), entry);
    }
    check(X509_add1_ext_i2d(certificate_.get(), NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT));
    return {};
}

Result<X509Ptr> CertificateBuilder::sign(const SigningKey& issuer_key) && {
    if (!sound_) return openssl_error("the certificate cannot be made");
    HUTONG_TRY(security::sign(certificate_.get(), issuer_key));
    return std::move(certificate_);
}

void CertificateBuilder::fixed_extension(int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer_, certificate_.get(), nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    check(extension ? X509_add_ext(certificate_.get(), extension, -1) : 0);
    X509_EXTENSION_free(extension);
}

}  // namespace hutong::security
