#include "security/xmlenc/algorithms.hpp"

#include <algorithm>
#include <array>

#include "security/xmldsig/names.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security {

namespace {

constexpr std::array transports{
    KeyTransport{names::rsa_oaep, KeyKind::rsa, names::sha256, names::mgf1_sha256, "SHA256", "SHA256", false},
    KeyTransport{names::rsa_oaep, KeyKind::rsa, names::sha384, names::mgf1_sha384, "SHA384", "SHA384", false},
    KeyTransport{names::rsa_oaep, KeyKind::rsa, names::sha512, names::mgf1_sha512, "SHA512", "SHA512", false},
    // What Java stacks send that know the newer name but leave its mask at the default.
    KeyTransport{names::rsa_oaep, KeyKind::rsa, names::sha256, names::mgf1_sha1, "SHA256", "SHA1", true},
    KeyTransport{names::rsa_oaep_mgf1p, KeyKind::rsa, names::sha256, {}, "SHA256", "SHA1", true},
    KeyTransport{names::rsa_oaep_mgf1p, KeyKind::rsa, names::sha1, {}, "SHA1", "SHA1", true},
    KeyTransport{names::sm2_encryption, KeyKind::sm2, {}, {}, nullptr, nullptr, false},
};

constexpr std::array ciphers{
    ContentCipher{names::aes256_gcm, 32, 12, 16, "AES-256-GCM"},
    ContentCipher{names::aes128_gcm, 16, 12, 16, "AES-128-GCM"},
    ContentCipher{names::aes256_cbc, 32, 16, 0, "AES-256-CBC"},
    ContentCipher{names::aes128_cbc, 16, 16, 0, "AES-128-CBC"},
    ContentCipher{names::sm4_cbc, 16, 16, 0, "SM4-CBC"},  // OpenSSL 3.0 has no SM4-GCM
};

}  // namespace

std::span<const KeyTransport> key_transports() {
    return transports;
}
std::span<const ContentCipher> content_ciphers() {
    return ciphers;
}

const KeyTransport* find_key_transport(std::string_view uri, std::string_view digest, std::string_view mask) {
    if (digest.empty() && uri != names::sm2_encryption) digest = names::sha1;
    if (mask.empty() && uri == names::rsa_oaep) mask = names::mgf1_sha1;
    const auto found = std::find_if(transports.begin(), transports.end(), [&](const KeyTransport& row) {
        return row.uri == uri && row.digest == digest && row.mask == mask;
    });
    return found == transports.end() ? nullptr : &*found;
}

const KeyTransport& default_key_transport(KeyKind kind) {
    return *std::ranges::find(transports, kind, &KeyTransport::key);
}

const ContentCipher* find_content_cipher(std::string_view uri) {
    const auto found = std::find_if(ciphers.begin(), ciphers.end(),
                                    [&](const ContentCipher& row) { return row.uri == uri; });
    return found == ciphers.end() ? nullptr : &*found;
}

}  // namespace hutong::security
