#include "base/ids.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/private_file.hpp"
#include "security/pki/authority.hpp"
#include "security/pki/signed_der.hpp"

namespace hutong::security {

namespace {

Result<std::filesystem::path> file_in_keys(const Home& home, const std::string& name, const char* extension) {
    if (!is_name(name))
        return invalid("\"" + name + "\" cannot be a key's name: small letters, digits, -, _ and . can");
    return home.keys() / (name + extension);
}

}  // namespace

Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind) {
    HUTONG_ASSIGN(const auto path, file_in_keys(home, name, ".key"));
    HUTONG_ASSIGN(const NewKey made, make_key(kind));
    HUTONG_ASSIGN(const std::string pem, key_to_pem(made.key.get()));
    HUTONG_TRY(write_private_file(path, pem));
    return make_request(name, made.key.get(), *made.signer);
}

Result<void> store_chain(const Home& home, const std::string& name, const std::string& pem) {
    HUTONG_ASSIGN(const auto path, file_in_keys(home, name, ".pem"));
    HUTONG_TRY(certificates_from_pem(pem, "the certificate chain for " + name));
    return write_private_file(path, pem);
}

}  // namespace hutong::security
