#include "security/pki/root_signing.hpp"

#include <openssl/x509v3.h>

#include "security/keys/private_file.hpp"
#include "security/pki/authority.hpp"
#include "security/pki/request.hpp"

namespace hutong::security {

namespace {

constexpr auto issuing_lifetime = std::chrono::hours(24 * 365 * 8);  // as of those made at the root
constexpr int below_issuing = 0;                                     // CAs

}  // namespace

Result<std::string> sign_authority_request(std::string_view request_pem, const SigningKey& root_key,
                                           const std::filesystem::path& root_file) {
    HUTONG_ASSIGN(const RequestFacts facts, read_request(request_pem));
    HUTONG_ASSIGN(const std::string root_pem, read_small_file(root_file));
    HUTONG_ASSIGN(const auto roots, certificates_from_pem(root_pem, root_file.string()));
    X509* const root = roots.front().get();
    if (X509_check_ca(root) != 1) return refused(root_file.string() + " is not a CA's certificate");
    HUTONG_ASSIGN(const X509Ptr certificate,
                  certify_authority({facts.common_name, organisation_of(root)}, facts.key.get(),
                                    issuing_lifetime, below_issuing, root, root_key, {}));
    return certificate_to_pem(certificate.get());
}

Result<std::string> sign_authority_request(std::string_view request_pem, const std::string& root_key_file,
                                           const std::string& root_file) {
    HUTONG_ASSIGN(const auto root_key, load_pem_key(root_key_file, root_file));
    return sign_authority_request(request_pem, *root_key, std::filesystem::path(root_file));
}

}  // namespace hutong::security
