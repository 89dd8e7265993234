#include "security/pki/profiles.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <openssl/x509v3.h>

#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

constexpr std::chrono::hours year{24 * 365};

constexpr const char* signs = "digitalSignature,nonRepudiation";

constexpr const char* document_use = "1.3.6.1.5.5.7.3.36";

constexpr std::array table{
    // clientAuth too: an agency's one certificate signs its messages and opens its TLS connections. And where
    // it can, it lets answers be encrypted for the agency.
    ProfileRow{Profile::agency_signing, "agency_signing", Holder::consumer,
               "digitalSignature,nonRepudiation,keyEncipherment", signs, signs, "clientAuth", false, true,
               2 * year},
    // The second of two certificates (双证): answers are encrypted for it, nothing is signed with it.
    ProfileRow{Profile::agency_encryption, "agency_encryption", Holder::consumer,
               "keyEncipherment,dataEncipherment", "", "keyEncipherment,dataEncipherment,keyAgreement",
               nullptr, false, true, 2 * year},
    // TLS certificates of more than 825 days are refused by some clients.
    ProfileRow{Profile::tls_server, "tls_server", Holder::machine, "digitalSignature,keyEncipherment",
               "digitalSignature", "digitalSignature", "serverAuth", true, true,
               std::chrono::hours{24 * 820}},
    ProfileRow{Profile::tls_client, "tls_client", Holder::consumer, "digitalSignature", "digitalSignature",
               "digitalSignature", "clientAuth", false, true, 2 * year},
    ProfileRow{Profile::gateway_signing, "gateway_signing", Holder::machine, signs, signs, signs, nullptr,
               false, true, 5 * year},
    ProfileRow{Profile::gateway_encryption, "gateway_encryption", Holder::machine, "keyEncipherment", "",
               "keyEncipherment,dataEncipherment,keyAgreement", nullptr, false, true, 5 * year},
    // Nobody can ask whether the one is revoked who answers such questions (id-pkix-ocsp-nocheck): it lives
    // shortly instead.
    ProfileRow{Profile::ocsp_signing, "ocsp_signing", Holder::machine, "digitalSignature", "digitalSignature",
               "digitalSignature", "OCSPSigning", false, false, std::chrono::hours{24 * 30}},
    // The extended usage must be critical and the only one.
    ProfileRow{Profile::tsa, "tsa", Holder::machine, signs, signs, signs, "critical,timeStamping", false,
               true, 5 * year},
    // Without digitalSignature, which messages and TLS want; documentSigning is RFC 9336.
    ProfileRow{Profile::document_signing, "document_signing", Holder::machine, "nonRepudiation",
               "nonRepudiation", "nonRepudiation", document_use, false, true, 2 * year},
    ProfileRow{Profile::document_encryption, "document_encryption", Holder::machine, "keyEncipherment", "",
               "", document_use, false, true, 2 * year},
};

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpensslDeleter<X509_EXTENSION, X509_EXTENSION_free>>;

// `value`: as in x509v3_config(5); empty: there is to be no such extension.
bool has_extension(const X509* certificate, int nid, const std::string& value) {
    const int at = X509_get_ext_by_NID(certificate, nid, -1);
    if (value.empty() || at < 0) return value.empty() && at < 0;
    X509V3_CTX context;
    X509V3_set_ctx(&context, nullptr, nullptr, nullptr, nullptr, 0);
    const ExtensionPtr wanted(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    X509_EXTENSION* const found = X509_get_ext(certificate, at);
    return wanted && X509_EXTENSION_get_critical(found) == X509_EXTENSION_get_critical(wanted.get()) &&
           ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(found), X509_EXTENSION_get_data(wanted.get())) == 0;
}

}  // namespace

std::string_view usage_of(const ProfileRow& row, KeyKind kind) {
    if (kind == KeyKind::rsa) return row.usage_rsa;
    return kind == KeyKind::sm2 ? row.usage_sm2 : row.usage_curve;
}

bool has_purpose(const X509* certificate, const ProfileRow& row, KeyKind kind) {
    const std::string usage(usage_of(row, kind));
    return !usage.empty() && has_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           has_extension(certificate, NID_key_usage, "critical," + usage) &&
           has_extension(certificate, NID_ext_key_usage, row.extended ? row.extended : "");
}

std::span<const ProfileRow> profiles() {
    return table;
}

const ProfileRow& row_of(Profile profile) {
    return *std::ranges::find(table, profile, &ProfileRow::profile);
}

Result<const ProfileRow*> find_profile(std::string_view name) {
    const auto found = std::ranges::find(table, name, &ProfileRow::name);
    if (found != table.end()) return &*found;
    std::string known;
    for (const ProfileRow& row : table) known += (known.empty() ? "" : ", ") + std::string(row.name);
    return invalid("unknown profile \"" + std::string(name) + "\": one of " + known);
}

}  // namespace hutong::security
