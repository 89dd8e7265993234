#include "security/keys/pkcs11/objects.hpp"

#include <array>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

namespace hutong::security::pkcs11 {

namespace {

constexpr CK_ULONG most_keys = 64;
constexpr std::size_t longest_attribute = 4096;

// DER of the OBJECT IDENTIFIER prime256v1 (RFC 5480 section 2.1.1.1), and of 65537 without its frame.
constexpr std::array<std::uint8_t, 10> p256_parameters{0x06, 0x08, 0x2a, 0x86, 0x48,
                                                       0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 3> public_exponent{0x01, 0x00, 0x01};
constexpr CK_ULONG rsa_bits = 2048;

// A search or a new object's attributes; holds what they point to.
class Template {
  public:
    template <class Number>
    Template& number(CK_ATTRIBUTE_TYPE type, Number value) {
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&value);
        return octets(type, {bytes, sizeof value});
    }
    Template& flag(CK_ATTRIBUTE_TYPE type, bool value) {
        return number(type, static_cast<CK_BBOOL>(value ? CK_TRUE : CK_FALSE));
    }
    Template& octets(CK_ATTRIBUTE_TYPE type, ByteView value) {
        values_.emplace_back(type, Bytes(value.begin(), value.end()));
        return *this;
    }
    std::vector<CK_ATTRIBUTE> attributes() {
        std::vector<CK_ATTRIBUTE> all;
        for (auto& [type, value] : values_) all.push_back({type, value.data(), value.size()});
        return all;
    }

  private:
    std::vector<std::pair<CK_ATTRIBUTE_TYPE, Bytes>> values_;
};

Result<std::vector<CK_OBJECT_HANDLE>> find(Token& token, const Token::Session& session, Template wanted) {
    auto attributes = wanted.attributes();
    const CK_FUNCTION_LIST& calls = session.calls();
    CK_RV code = calls.C_FindObjectsInit(session.handle(), attributes.data(), attributes.size());
    if (code != CKR_OK) return token.failed(session, "looking for a key", code);
    std::vector<CK_OBJECT_HANDLE> found(most_keys);
    CK_ULONG count = 0;
    code = calls.C_FindObjects(session.handle(), found.data(), found.size(), &count);
    calls.C_FindObjectsFinal(session.handle());
    if (code != CKR_OK) return token.failed(session, "looking for a key", code);
    found.resize(count);
    return found;
}

// Empty: the object has none, or does not show it.
Bytes attribute(const Token::Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE wanted{type, nullptr, 0};
    const auto read = [&] {
        return session.calls().C_GetAttributeValue(session.handle(), object, &wanted, 1) == CKR_OK;
    };
    if (!read() || wanted.ulValueLen > longest_attribute) return {};
    Bytes value(wanted.ulValueLen);
    wanted.pValue = value.data();
    if (!read()) return {};
    value.resize(wanted.ulValueLen);
    return value;
}

bool is_set(const Token::Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
    const Bytes value = attribute(session, object, type);
    return value.size() == 1 && value.front() == CK_TRUE;
}

using BuildPtr = std::unique_ptr<OSSL_PARAM_BLD, OpensslDeleter<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpensslDeleter<OSSL_PARAM, OSSL_PARAM_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, OpensslDeleter<BIGNUM, BN_free>>;

KeyPtr from_parameters(const char* type, const BuildPtr& build) {
    const ParamsPtr parameters(OSSL_PARAM_BLD_to_param(build.get()));
    const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    if (parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1)
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get());
    ERR_clear_error();
    return KeyPtr(made);
}

NumberPtr number(const Bytes& bytes) {
    return NumberPtr(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

KeyPtr rsa_key(const Bytes& modulus, const Bytes& exponent) {
    if (modulus.empty() || exponent.empty()) return nullptr;
    const NumberPtr n = number(modulus), e = number(exponent);
    const BuildPtr build(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return from_parameters("RSA", build);
}

// CKA_EC_POINT is an OCTET STRING with the point in it; some tokens leave its frame out.
KeyPtr p256_key(const Bytes& parameters, Bytes point) {
    if (!std::ranges::equal(parameters, p256_parameters)) return nullptr;
    if (point.size() == 67 && point[0] == 0x04 && point[1] == 65)
        point.erase(point.begin(), point.begin() + 2);
    if (point.size() != 65 || point[0] != 0x04) return nullptr;
    const BuildPtr build(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return from_parameters("EC", build);
}

KeyPtr public_key_of(const Token::Session& session, CK_OBJECT_HANDLE object) {
    const Bytes modulus = attribute(session, object, CKA_MODULUS);
    if (!modulus.empty()) return rsa_key(modulus, attribute(session, object, CKA_PUBLIC_EXPONENT));
    return p256_key(attribute(session, object, CKA_EC_PARAMS), attribute(session, object, CKA_EC_POINT));
}

}  // namespace

Result<std::vector<KeyPair>> find_pairs(Token& token, const Token::Session& session,
                                        const std::map<std::string, std::string>& attributes) {
    Template wanted;
    wanted.number(CKA_CLASS, CK_OBJECT_CLASS{CKO_PRIVATE_KEY});
    if (const auto label = attributes.find("object"); label != attributes.end())
        wanted.octets(CKA_LABEL, as_bytes(label->second));
    if (const auto id = attributes.find("id"); id != attributes.end())
        wanted.octets(CKA_ID, as_bytes(id->second));
    HUTONG_ASSIGN(const auto private_keys, find(token, session, wanted));
    std::vector<KeyPair> pairs;
    for (const CK_OBJECT_HANDLE key : private_keys) {
        KeyPtr half = public_key_of(session, key);
        const Bytes id = attribute(session, key, CKA_ID);
        if (!half && !id.empty()) {
            Template public_half;
            public_half.number(CKA_CLASS, CK_OBJECT_CLASS{CKO_PUBLIC_KEY}).octets(CKA_ID, id);
            HUTONG_ASSIGN(const auto public_keys, find(token, session, public_half));
            for (std::size_t i = 0; i < public_keys.size() && !half; ++i)
                half = public_key_of(session, public_keys[i]);
        }
        pairs.push_back({key, std::move(half)});
    }
    return pairs;
}

Result<KeyPair> make_pair(Token& token, const Token::Session& session, const std::string& label,
                          const std::string& id, KeyKind kind, KeyUse use) {
    const bool rsa = kind == KeyKind::rsa;
    if (!rsa && kind != KeyKind::p256)
        return refused("PKCS #11 has no " + std::string(to_string(kind)) +
                       " keys that this platform knows; rsa and p256 it has");
    if (!rsa && use == KeyUse::decrypt) return refused("only an RSA key on a token can decrypt");
    Template public_half, private_half;
    for (Template* const half : {&public_half, &private_half})
        half->flag(CKA_TOKEN, true).octets(CKA_LABEL, as_bytes(label)).octets(CKA_ID, as_bytes(id));
    public_half.flag(use == KeyUse::sign ? CKA_VERIFY : CKA_ENCRYPT, true);
    if (rsa)
        public_half.number(CKA_MODULUS_BITS, rsa_bits).octets(CKA_PUBLIC_EXPONENT, public_exponent);
    else
        public_half.octets(CKA_EC_PARAMS, p256_parameters);
    private_half.flag(CKA_PRIVATE, true)
        .flag(CKA_SENSITIVE, true)
        .flag(CKA_EXTRACTABLE, false)
        .flag(CKA_SIGN, use == KeyUse::sign)
        .flag(CKA_DECRYPT, use == KeyUse::decrypt);
    CK_MECHANISM mechanism{rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    auto publics = public_half.attributes();
    auto privates = private_half.attributes();
    CK_OBJECT_HANDLE public_key = 0;
    KeyPair made{0, nullptr};
    const CK_RV code =
        session.calls().C_GenerateKeyPair(session.handle(), &mechanism, publics.data(), publics.size(),
                                          privates.data(), privates.size(), &public_key, &made.private_key);
    if (code != CKR_OK) return token.failed(session, "making a key", code);
    if (!is_set(session, made.private_key, CKA_SENSITIVE) ||
        is_set(session, made.private_key, CKA_EXTRACTABLE))
        return refused(token.name() + " made a key that can be taken out of it");
    made.public_key = public_key_of(session, public_key);
    if (!made.public_key) return refused(token.name() + " does not show the public half of the key it made");
    return made;
}

}  // namespace hutong::security::pkcs11
