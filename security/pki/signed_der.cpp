#include "security/pki/signed_der.hpp"

#include <algorithm>
#include <array>

#include <openssl/pem.h>

#include "security/pki/der.hpp"
#include "security/xmldsig/ready_key.hpp"

namespace hutong::security {

namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ, X509_REQ_free>>;

// How each kind of key signs in X.509. What SigningKey::sign gives as r‖s stands here as SEQUENCE { r, s }.
struct SignatureScheme {
    KeyKind kind;
    int signature;  // OpenSSL's number of the algorithm
    bool has_null;  // for parameters; else there are none
    bool two_numbers;
};
constexpr std::array schemes{SignatureScheme{KeyKind::rsa, NID_sha256WithRSAEncryption, true, false},
                             SignatureScheme{KeyKind::p256, NID_ecdsa_with_SHA256, false, true}};

Result<const SignatureScheme*> scheme_of(KeyKind kind) {
    const auto found = std::ranges::find(schemes, kind, &SignatureScheme::kind);
    if (found != schemes.end()) return &*found;
    return invalid("no CA signs with a key of the kind " + std::string(to_string(kind)));
}

Bytes as_two_numbers(ByteView value) {
    const std::size_t half = value.size() / 2;
    return der::elements(der::sequence,
                         {der::natural(value.subspan(0, half)), der::natural(value.subspan(half))});
}

class KeyInMemory : public SigningKey {
  public:
    KeyInMemory(KeyKind kind, ReadyKey ready) : kind_(kind), ready_(std::move(ready)) {}
    KeyKind kind() const override { return kind_; }
    const std::vector<Bytes>& certificates() const override { return none_; }
    Result<Bytes> sign(ByteView data) const override { return ready_.sign(data); }

  private:
    const KeyKind kind_;
    const std::vector<Bytes> none_;
    const ReadyKey ready_;
};

}  // namespace

Result<Bytes> algorithm_identifier(KeyKind kind) {
    HUTONG_ASSIGN(const SignatureScheme* scheme, scheme_of(kind));
    const Bytes parameters = scheme->has_null ? der::element(der::null, {}) : Bytes();
    return der::elements(der::sequence, {der::object(scheme->signature), parameters});
}

Result<void> name_algorithm(X509* certificate, KeyKind kind) {
    HUTONG_ASSIGN(const SignatureScheme* scheme, scheme_of(kind));
    // OpenSSL shows the field as constant, and has no other way to it than its own signing functions.
    auto* const algorithm = const_cast<X509_ALGOR*>(X509_get0_tbs_sigalg(certificate));
    if (X509_ALGOR_set0(algorithm, OBJ_nid2obj(scheme->signature),
                        scheme->has_null ? V_ASN1_NULL : V_ASN1_UNDEF, nullptr) != 1)
        return openssl_error("the algorithm cannot be named");
    return {};
}

Result<Bytes> signed_sequence(ByteView content, const SigningKey& key, ByteView further) {
    HUTONG_ASSIGN(const SignatureScheme* scheme, scheme_of(key.kind()));
    HUTONG_ASSIGN(const Bytes algorithm, algorithm_identifier(key.kind()));
    HUTONG_ASSIGN(Bytes value, key.sign(content));
    if (scheme->two_numbers) value = as_two_numbers(value);
    return der::elements(der::sequence, {content, algorithm, der::bits(value), further});
}

Result<std::string> make_request(const std::string& common_name, EVP_PKEY* key, const SigningKey& signer) {
    const RequestPtr request(X509_REQ_new());
    // The CA sets the subject; what stands here only helps people to tell requests apart.
    X509_NAME* const subject = X509_REQ_get_subject_name(request.get());
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) != 1 ||
        X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
        X509_REQ_set_pubkey(request.get(), key) != 1)
        return openssl_error("the certificate request cannot be made");
    Bytes content(static_cast<std::size_t>(i2d_re_X509_REQ_tbs(request.get(), nullptr)));
    unsigned char* into = content.data();
    i2d_re_X509_REQ_tbs(request.get(), &into);
    HUTONG_ASSIGN(const Bytes der, signed_sequence(content, signer));
    const unsigned char* at = der.data();
    const RequestPtr whole(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (!whole || PEM_write_bio_X509_REQ(out.get(), whole.get()) != 1)
        return openssl_error("the certificate request cannot be made");
    return written(out);
}

Result<NewKey> make_key(KeyKind kind, int rsa_bits) {
    NewKey made;
    made.key.reset(kind == KeyKind::rsa ? EVP_RSA_gen(static_cast<unsigned>(rsa_bits)) : EVP_EC_gen("P-256"));
    if (!made.key) return openssl_error("the key cannot be made");
    HUTONG_ASSIGN(ReadyKey ready, ReadyKey::to_sign(default_signature_algorithm(kind), made.key.get()));
    made.signer = std::make_shared<const KeyInMemory>(kind, std::move(ready));
    return made;
}

}  // namespace hutong::security
