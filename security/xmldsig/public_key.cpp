#include "security/xmldsig/public_key.hpp"

#include <mutex>
#include <optional>
#include <vector>

#include <openssl/evp.h>

#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY, EVP_PKEY_free>>;

std::size_t signature_bytes_of(KeyKind kind, const EVP_PKEY* key) {
    switch (kind) {
        case KeyKind::rsa:
            return static_cast<std::size_t>(EVP_PKEY_get_size(key));
        case KeyKind::p256:
        case KeyKind::ed25519:
        case KeyKind::sm2:
            return 2 * 32;
        case KeyKind::p384:
            return 2 * 48;
        case KeyKind::p521:
            return 2 * 66;
    }
    return 0;
}

}  // namespace

struct PublicKey::State {
    struct Slot {
        std::once_flag once;
        std::optional<ReadyKey> ready;
    };
    KeyPtr key;
    KeyKind kind;
    Sm2Form form;
    std::vector<Slot> slots = std::vector<Slot>(signature_algorithms().size());  // one for each row
};

Result<PublicKey> PublicKey::of_certificate(ByteView der, Sm2Form form) {
    const auto certificate = read_certificate(der);
    if (certificate.has_error()) return refused("the token is not one DER certificate");
    KeyPtr key(X509_get_pubkey(certificate->get()));
    const auto kind = kind_of(key.get());
    if (kind.has_error()) return kind.error().at("the certificate's key");
    auto state = std::make_shared<State>();
    state->key = std::move(key);
    state->kind = *kind;
    state->form = std::move(form);
    return PublicKey(std::move(state));
}

KeyKind PublicKey::kind() const {
    return state_->kind;
}
std::size_t PublicKey::signature_bytes() const {
    return signature_bytes_of(state_->kind, state_->key.get());
}
const Sm2Form& PublicKey::form() const {
    return state_->form;
}
EVP_PKEY* PublicKey::raw() const {
    return state_->key.get();
}

const ReadyKey* PublicKey::ready_for(const SignatureAlgorithm& algorithm) const {
    const auto row = static_cast<std::size_t>(&algorithm - signature_algorithms().data());
    State::Slot& slot = state_->slots.at(row);
    std::call_once(slot.once, [&] {
        if (auto made = ReadyKey::to_verify(algorithm, raw(), state_->form.id))
            slot.ready.emplace(std::move(*made));
    });
    return slot.ready ? &*slot.ready : nullptr;
}

}  // namespace hutong::security
