#include "tests/unit/xmldsig/test_identity.hpp"

#include <cstring>
#include <stdexcept>

#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace hutong::test {

namespace {

std::time_t at(std::chrono::minutes offset) {
    return std::chrono::system_clock::to_time_t(test_time() + offset);
}

template <class Write>
std::string to_pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
    write(out.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

template <class Object>
Bytes to_der(Object* object, int (*write)(const Object*, unsigned char**)) {
    unsigned char* der = nullptr;
    const int size = write(object, &der);
    Bytes result(der, der + size);
    OPENSSL_free(der);
    return result;
}

EVP_PKEY* make_key(const std::string& recipe) {
    const std::string kind = recipe.substr(0, recipe.find(':'));
    const std::string size = recipe.substr(recipe.find(':') + 1);
    if (kind == "RSA")
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(std::stoul(size)));
    if (kind == "EC") return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", size.c_str());
    return EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str());
}

long next_serial() {
    static long serial = 4096;
    return ++serial;
}

// ECDSA's DER form as the r‖s of XML Signature.
Bytes to_raw(const Bytes& der, int bits) {
    const unsigned char* cursor = der.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
        d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())), ECDSA_SIG_free);
    const int bytes = (bits + 7) / 8;
    Bytes raw(static_cast<std::size_t>(2 * bytes));
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), bytes);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + bytes, bytes);
    return raw;
}

// Ed25519 digests by itself, SM2 goes with one digest.
const EVP_MD* digest_for(EVP_PKEY* key, const char* name) {
    if (EVP_PKEY_is_a(key, "SM2") == 1) return EVP_sm3();
    return EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_get_digestbyname(name);
}

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// `id` is SM2's.
Context signing_context(EVP_PKEY* key, const char* digest, const std::string& id) {
    Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    if (EVP_DigestSignInit(context.get(), &parameters, digest_for(key, digest), nullptr, key) != 1 ||
        (EVP_PKEY_is_a(key, "SM2") == 1 && EVP_PKEY_CTX_set1_id(parameters, id.data(), id.size()) != 1))
        throw std::runtime_error("the test key cannot sign");
    return context;
}

}  // namespace

TimePoint test_time() {
    return parse_utc("2026-11-23T08:00:00Z").value();
}

CertificateRecipe ca_recipe(const std::string& name) {
    return {.name = name,
            .extensions = {{"basicConstraints", "critical,CA:TRUE"},
                           {"keyUsage", "critical,keyCertSign,cRLSign"}}};
}

CertificateRecipe signer_recipe(const std::string& name, const std::string& key) {
    return {
        .name = name,
        .key = key,
        .extensions = {{"basicConstraints", "critical,CA:FALSE"}, {"keyUsage", "critical,digitalSignature"}}};
}

Identity::Identity(const CertificateRecipe& recipe, const Identity* issuer)
    : key_(make_key(recipe.key), EVP_PKEY_free), certificate_(X509_new(), X509_free), id_(recipe.id) {
    X509* const c = certificate_.get();
    X509_set_version(c, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(c), next_serial());
    ASN1_TIME_set(X509_getm_notBefore(c), at(recipe.begins));
    ASN1_TIME_set(X509_getm_notAfter(c), at(recipe.ends));
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(recipe.name.c_str()), -1, -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(issuer != nullptr ? issuer->certificate() : c));
    X509_set_pubkey(c, key_.get());
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer != nullptr ? issuer->certificate() : c, c, nullptr, nullptr, 0);
    X509V3_set_ctx_nodb(&context);
    for (const auto& [name, value] : recipe.extensions) {
        X509_EXTENSION* const extension = X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str());
        if (extension == nullptr) throw std::runtime_error("bad extension " + name + "=" + value);
        X509_add_ext(c, extension, -1);
        X509_EXTENSION_free(extension);
    }
    EVP_PKEY* const signer = issuer != nullptr ? issuer->key() : key_.get();
    const auto signing = signing_context(signer, recipe.digest.c_str(), recipe.signer_id);
    X509_sign_ctx(c, signing.get());
    chain_.push_back(to_der<X509>(c, i2d_X509));
}

security::KeyKind Identity::kind() const {
    if (const auto kind = security::kind_of(key_.get())) return *kind;
    // A key that the platform would refuse claims to be the nearest of those it would not.
    return EVP_PKEY_is_a(key_.get(), "RSA") == 1 ? security::KeyKind::rsa : security::KeyKind::p256;
}

Result<Bytes> Identity::sign(ByteView data) const {
    std::size_t size = 0;
    const int bits = EVP_PKEY_get_bits(key_.get());
    const bool ec = EVP_PKEY_is_a(key_.get(), "EC") == 1 || EVP_PKEY_is_a(key_.get(), "SM2") == 1;
    const char* const digest = !ec || bits <= 256 ? "SHA256" : bits <= 384 ? "SHA384" : "SHA512";
    const Context context = signing_context(key_.get(), digest, id_);
    if (EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) != 1)
        return internal("the test key cannot sign");
    Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) != 1)
        return internal("the test key cannot sign");
    signature.resize(size);
    return ec ? to_raw(signature, bits) : signature;
}

std::string Identity::certificate_pem() const {
    return to_pem([&](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
}

std::string Identity::key_pem() const {
    return to_pem([&](BIO* out) {
        PEM_write_bio_PKCS8PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

Bytes Identity::make_crl(const std::vector<const Identity*>& revoked, std::chrono::minutes begins,
                         std::chrono::minutes ends, std::optional<std::chrono::minutes> revoked_at,
                         const std::string& digest) const {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> crl(X509_CRL_new(), X509_CRL_free);
    X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate_.get()));
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> begin(ASN1_TIME_set(nullptr, at(begins)),
                                                                      ASN1_TIME_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> end(ASN1_TIME_set(nullptr, at(ends)),
                                                                    ASN1_TIME_free);
    X509_CRL_set1_lastUpdate(crl.get(), begin.get());
    X509_CRL_set1_nextUpdate(crl.get(), end.get());
    for (const Identity* identity : revoked) {
        X509_REVOKED* const entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(identity->certificate()));
        const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> since(
            ASN1_TIME_set(nullptr, at(revoked_at.value_or(begins))), ASN1_TIME_free);
        X509_REVOKED_set_revocationDate(entry, since.get());
        X509_CRL_add0_revoked(crl.get(), entry);
    }
    X509_CRL_sort(crl.get());
    X509_CRL_sign_ctx(crl.get(), signing_context(key_.get(), digest.c_str(), id_).get());
    return to_der<X509_CRL>(crl.get(), i2d_X509_CRL);
}

}  // namespace hutong::test
