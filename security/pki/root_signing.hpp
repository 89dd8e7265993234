// A root's signature under an issuing CA's request: by the owner of an offline root, on a machine without a
// platform, or by a platform that has its root's key.
//
// Functions without state. The request's common name and the root's organisation make the subject.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

// The certificate (PEM). Errors: invalid (the request, the files), refused (a bad proof of possession, no
// CA's certificate), and of the key.
Result<std::string> sign_authority_request(std::string_view request_pem, const SigningKey& root_key,
                                           const std::filesystem::path& root_file);
Result<std::string> sign_authority_request(std::string_view request_pem, const std::string& root_key_file,
                                           const std::string& root_file);

}  // namespace hutong::security
