// The one table of what certificates this platform issues, and for what each may be used.
//
// RFC 5280 sections 4.2.1.3 and 4.2.1.12, RFC 6960 section 4.2.2.2 (OCSP), RFC 3161 section 2.3 (timestamps).
// Immutable, safe from any thread.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "security/keys/key_kind.hpp"

struct x509_st;

namespace hutong::security {

enum class Profile {
    agency_signing,
    agency_encryption,
    tls_server,
    tls_client,
    gateway_signing,
    gateway_encryption,
    ocsp_signing,
    tsa,
    // Of keys that applications use through the security service: good for documents and for nothing else
    // (docs/decisions/0016).
    document_signing,
    document_encryption
};

// Whose certificate it is: a consumer's, which is bound to it, or one of the platform's machines'.
enum class Holder { consumer, machine };

struct ProfileRow {
    Profile profile;
    std::string_view name;  // in the register and on the command line
    Holder holder;
    // Usages as in x509v3_config(5), always critical. Empty: no certificate for such a key.
    const char* usage_rsa;
    const char* usage_curve;
    const char* usage_sm2;
    const char* extended;  // nullptr: any
    bool named;            // has DNS names or addresses, and needs one
    bool checkable;        // carries pointers to CRL and OCSP; not an OCSP signer's own
    std::chrono::hours lifetime;
};

std::span<const ProfileRow> profiles();
const ProfileRow& row_of(Profile profile);
// The key usage of its certificates for such a key; empty: there are none.
std::string_view usage_of(const ProfileRow& row, KeyKind kind);
// Whether a certificate may be used for just what those of the profile may be used for, given its key's kind.
bool has_purpose(const x509_st* certificate, const ProfileRow& row, KeyKind kind);
// Error: invalid, naming those there are.
Result<const ProfileRow*> find_profile(std::string_view name);

}  // namespace hutong::security
