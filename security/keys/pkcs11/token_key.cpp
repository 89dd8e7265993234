#include "security/keys/pkcs11/token_key.hpp"

#include <array>

#include "base/log.hpp"
#include "security/keys/pkcs11/objects.hpp"

namespace hutong::security::pkcs11 {

namespace {

constexpr std::size_t largest_answer = 1024;  // an RSA key of 8192 bits

// DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1), the digest to follow.
constexpr std::array<std::uint8_t, 19> sha256_info{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

struct Hash {
    std::string_view name;  // OpenSSL's
    CK_MECHANISM_TYPE digest;
    CK_RSA_PKCS_MGF_TYPE mask;
};
constexpr Hash hashes[] = {{"SHA1", CKM_SHA_1, CKG_MGF1_SHA1},
                           {"SHA256", CKM_SHA256, CKG_MGF1_SHA256},
                           {"SHA384", CKM_SHA384, CKG_MGF1_SHA384},
                           {"SHA512", CKM_SHA512, CKG_MGF1_SHA512}};

const Hash* find_hash(std::string_view name) {
    const auto* const found = std::ranges::find(hashes, name, &Hash::name);
    return found == std::end(hashes) ? nullptr : found;
}

}  // namespace

Result<std::shared_ptr<const TokenKey>> TokenKey::make(std::shared_ptr<Token> token, const KeyUri& uri,
                                                       EVP_PKEY* public_key) {
    HUTONG_ASSIGN(const KeyKind kind, kind_of(public_key));
    if (kind != KeyKind::rsa && kind != KeyKind::p256)
        return invalid("the certificate's key is " + std::string(to_string(kind)) +
                       "; of keys on tokens rsa and p256 are known here");
    HUTONG_ASSIGN(ReadyKey check, ReadyKey::to_verify(default_signature_algorithm(kind), public_key));
    HUTONG_ASSIGN(KeyPtr half, public_half(public_key));
    return std::shared_ptr<const TokenKey>(
        new TokenKey(std::move(token), uri, kind, std::move(half), std::move(check)));
}

void TokenKey::note(std::string trouble, unsigned joined, CK_OBJECT_HANDLE handle) const {
    bool news = false;
    {
        const std::lock_guard hold(mutex_);
        news = !trouble.empty() && trouble != trouble_;
        trouble_ = trouble;
        joined_ = joined;
        handle_ = handle;
    }
    if (news) log(MessageId::HT4093, {{"key", uri_.text}, {"reason", trouble}});
}

Result<CK_OBJECT_HANDLE> TokenKey::find(const Token::Session& session) const {
    {
        const std::lock_guard hold(mutex_);
        if (joined_ == session.joined() && handle_ != CK_INVALID_HANDLE) return handle_;
    }
    HUTONG_ASSIGN(const auto pairs, find_pairs(*token_, session, uri_.attributes));
    for (const KeyPair& pair : pairs)
        if (pair.public_key && EVP_PKEY_eq(pair.public_key.get(), public_key_.get()) == 1) {
            note({}, session.joined(), pair.private_key);
            return pair.private_key;
        }
    Error error = refused(
        token_->name() +
        (pairs.empty() ? " holds no private key at " : " holds another key than the certificate's at ") +
        uri_.text);
    note(error.detail, session.joined(), CK_INVALID_HANDLE);
    return error;
}

// A token whose sessions ended while nobody looked is asked a second time.
template <class Ask>
Result<Bytes> TokenKey::ask(const Ask& question) const {
    Result<Bytes> answer = unavailable(token_->name());
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto session = token_->session();
        if (session.has_error()) return session.error();
        const auto key = find(*session);
        answer = key.has_error() ? Result<Bytes>(key.error()) : question(*session, *key);
        if (answer.has_value() || answer.error().code != ErrorCode::unavailable) break;
    }
    return answer;
}

Result<Bytes> TokenKey::sign(ByteView data) const {
    const Sha256Digest digest = sha256(data);
    Bytes input(digest.begin(), digest.end());
    if (kind_ == KeyKind::rsa) input.insert(input.begin(), sha256_info.begin(), sha256_info.end());
    HUTONG_ASSIGN(Bytes value, ask([&](const Token::Session& session, CK_OBJECT_HANDLE key) -> Result<Bytes> {
                      CK_MECHANISM mechanism{kind_ == KeyKind::rsa ? CKM_RSA_PKCS : CKM_ECDSA, nullptr, 0};
                      CK_RV code = session.calls().C_SignInit(session.handle(), &mechanism, key);
                      if (code != CKR_OK) return token_->failed(session, "C_SignInit", code);
                      Bytes answer(largest_answer);
                      CK_ULONG size = answer.size();
                      code = session.calls().C_Sign(session.handle(), input.data(), input.size(),
                                                    answer.data(), &size);
                      if (code != CKR_OK) return token_->failed(session, "C_Sign", code);
                      answer.resize(size);
                      return answer;
                  }));
    if (check_.verify(data, value)) return value;
    const std::string wrong =
        token_->name() + " signed with another key than the certificate's at " + uri_.text;
    note(wrong, 0, CK_INVALID_HANDLE);
    return refused(wrong);
}

Result<Bytes> TokenKey::decrypt(const Oaep& oaep, ByteView wrapped) const {
    const Hash* const digest = find_hash(oaep.digest);
    const Hash* const mask = find_hash(oaep.mask);
    if (digest == nullptr || mask == nullptr) return refused("an OAEP that tokens do not have");
    return ask([&](const Token::Session& session, CK_OBJECT_HANDLE key) -> Result<Bytes> {
        CK_RSA_PKCS_OAEP_PARAMS parameters{digest->digest, mask->mask, CKZ_DATA_SPECIFIED, nullptr, 0};
        CK_MECHANISM mechanism{CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
        CK_RV code = session.calls().C_DecryptInit(session.handle(), &mechanism, key);
        if (code != CKR_OK) return token_->failed(session, "C_DecryptInit (RSA-OAEP)", code);
        Bytes input(wrapped.begin(), wrapped.end());
        Bytes answer(largest_answer);
        CK_ULONG size = answer.size();
        code = session.calls().C_Decrypt(session.handle(), input.data(), input.size(), answer.data(), &size);
        // Many tokens have one answer for all that does not open; it costs no session.
        if (code == CKR_GENERAL_ERROR || code == CKR_FUNCTION_FAILED)
            return refused("the EncryptedKey does not open with our key");
        if (code != CKR_OK) return token_->failed(session, "C_Decrypt", code);
        answer.resize(size);
        return answer;
    });
}

void TokenKey::look_after() const {
    if (!token_->trouble().empty()) return;
    if (const auto session = token_->session(); session.has_value()) static_cast<void>(find(*session));
}

std::string TokenKey::trouble() const {
    if (std::string away = token_->trouble(); !away.empty()) return away;
    const std::lock_guard hold(mutex_);
    return trouble_;
}

}  // namespace hutong::security::pkcs11
