#include "security/xmldsig/ready_key.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "security/keys/ecdsa_value.hpp"

namespace hutong::security {

namespace {

bool set_scheme(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
    switch (algorithm.scheme) {
        case Scheme::rsa_pkcs1:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
        case Scheme::rsa_pss:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm.digest->md) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
        case Scheme::ecdsa:
        case Scheme::eddsa:
        case Scheme::sm2sig:
            return true;
    }
    return false;
}

std::size_t bytes_of_order(EVP_PKEY* key) {
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
}

}  // namespace

void ReadyKey::Deleter::operator()(EVP_MD_CTX* context) const {
    EVP_MD_CTX_free(context);
}
void ReadyKey::Deleter::operator()(EVP_PKEY_CTX* context) const {
    EVP_PKEY_CTX_free(context);
}

Result<ReadyKey> ReadyKey::make(const SignatureAlgorithm& algorithm, EVP_PKEY* key, bool to_sign) {
    ContextPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;  // belongs to the context
    const auto start = to_sign ? EVP_DigestSignInit : EVP_DigestVerifyInit;
    const EVP_MD* const md = algorithm.digest != nullptr ? algorithm.digest->md : nullptr;
    const bool ready = context && start(context.get(), &parameters, md, nullptr, key) == 1 &&
                       set_scheme(parameters, algorithm);
    ERR_clear_error();
    if (!ready) return internal("OpenSSL cannot use " + std::string(algorithm.uri) + " with this key");
    return ReadyKey(std::move(context), nullptr, algorithm.scheme == Scheme::ecdsa ? bytes_of_order(key) : 0);
}

// The digest with Z in it already, and the key for digests. OpenSSL 3.0's own context for SM2 with SM3 works
// Z out anew for every message, and a copy of it would share the id with the original, to be freed by both.
Result<ReadyKey> ReadyKey::make_sm2(const SignatureAlgorithm& algorithm, EVP_PKEY* key, bool to_sign,
                                    std::string_view id) {
    HUTONG_ASSIGN(const Sm3Digest identity, sm2_identity(key, id));
    ContextPtr digest(EVP_MD_CTX_new());
    KeyContextPtr numbers(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    const bool ready = digest && numbers &&
                       EVP_DigestInit_ex2(digest.get(), algorithm.digest->md, nullptr) == 1 &&
                       EVP_DigestUpdate(digest.get(), identity.data(), identity.size()) == 1 &&
                       (to_sign ? EVP_PKEY_sign_init : EVP_PKEY_verify_init)(numbers.get()) == 1;
    ERR_clear_error();
    if (!ready) return internal("OpenSSL cannot use " + std::string(algorithm.uri) + " with this key");
    return ReadyKey(std::move(digest), std::move(numbers), bytes_of_order(key));
}

Result<ReadyKey> ReadyKey::to_verify(const SignatureAlgorithm& algorithm, EVP_PKEY* key,
                                     std::string_view sm2_id) {
    return algorithm.scheme == Scheme::sm2sig ? make_sm2(algorithm, key, false, sm2_id)
                                              : make(algorithm, key, false);
}
Result<ReadyKey> ReadyKey::to_sign(const SignatureAlgorithm& algorithm, EVP_PKEY* key,
                                   std::string_view sm2_id) {
    return algorithm.scheme == Scheme::sm2sig ? make_sm2(algorithm, key, true, sm2_id)
                                              : make(algorithm, key, true);
}

ReadyKey::ContextPtr ReadyKey::copy() const {
    ContextPtr context(EVP_MD_CTX_new());
    if (!context || EVP_MD_CTX_copy_ex(context.get(), context_.get()) != 1) return nullptr;
    return context;
}

namespace {

// Of a copy of the prepared digest; it is used up.
Result<Sm3Digest> digest_of(EVP_MD_CTX* context, ByteView data) {
    Sm3Digest digest{};
    if (context == nullptr || EVP_DigestUpdate(context, data.data(), data.size()) != 1 ||
        EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1)
        return internal("OpenSSL could not digest");
    return digest;
}

// A signature, whose size OpenSSL tells when it is given no place to write to.
template <class Run>
Result<Bytes> written_by(Run run) {
    std::size_t size = 0;
    bool good = run(nullptr, &size);
    Bytes value(size);
    good = good && run(value.data(), &size);
    ERR_clear_error();
    if (!good) return internal("OpenSSL could not sign");
    value.resize(size);
    return value;
}

}  // namespace

bool ReadyKey::verify(ByteView data, ByteView value) const {
    Bytes der;
    if (number_bytes_ != 0) {
        if (value.empty() || value.size() % 2 != 0 || value.size() > 2 * number_bytes_) return false;
        der = der_from_raw(value);
        value = der;
    }
    const ContextPtr context = copy();
    const bool good = numbers_ ? verify_digest(context.get(), data, value)
                               : context && EVP_DigestVerify(context.get(), value.data(), value.size(),
                                                             data.data(), data.size()) == 1;
    ERR_clear_error();
    return good;
}

bool ReadyKey::verify_digest(EVP_MD_CTX* context, ByteView data, ByteView der) const {
    const auto digest = digest_of(context, data);
    const KeyContextPtr numbers(EVP_PKEY_CTX_dup(numbers_.get()));
    return digest.has_value() && numbers &&
           EVP_PKEY_verify(numbers.get(), der.data(), der.size(), digest->data(), digest->size()) == 1;
}

Result<Bytes> ReadyKey::sign(ByteView data) const {
    const ContextPtr context = copy();
    HUTONG_ASSIGN(Bytes value, numbers_ ? sign_digest(context.get(), data) : sign_text(context.get(), data));
    if (number_bytes_ == 0) return value;
    auto raw = raw_from_der(value, number_bytes_);
    if (raw.has_error()) return internal("a signature made here cannot be read");
    return raw;
}

Result<Bytes> ReadyKey::sign_text(EVP_MD_CTX* context, ByteView data) {
    return written_by([&](unsigned char* to, std::size_t* size) {
        return context != nullptr && EVP_DigestSign(context, to, size, data.data(), data.size()) == 1;
    });
}

Result<Bytes> ReadyKey::sign_digest(EVP_MD_CTX* context, ByteView data) const {
    HUTONG_ASSIGN(const Sm3Digest digest, digest_of(context, data));
    const KeyContextPtr numbers(EVP_PKEY_CTX_dup(numbers_.get()));
    return written_by([&](unsigned char* to, std::size_t* size) {
        return numbers && EVP_PKEY_sign(numbers.get(), to, size, digest.data(), digest.size()) == 1;
    });
}

}  // namespace hutong::security
