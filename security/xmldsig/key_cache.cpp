#include "security/xmldsig/key_cache.hpp"

#include <cstring>
#include <mutex>
#include <unordered_map>

namespace hutong::security {

namespace {

constexpr std::size_t shard_count = 16;
constexpr std::size_t max_per_shard = 128;

struct DigestHash {
    std::size_t operator()(const Sha256Digest& digest) const {
        std::size_t hash = 0;
        std::memcpy(&hash, digest.data(), sizeof hash);
        return hash;
    }
};

struct Shard {
    std::mutex mutex;
    std::unordered_map<Sha256Digest, PublicKey, DigestHash> keys;
};

Shard& shard_of(const Sha256Digest& digest) {
    static std::array<Shard, shard_count> shards;
    return shards[digest.back() % shard_count];
}

// One certificate may be met in two forms while the configuration changes. What follows a certificate in the
// text that is digested is no certificate, so places differ.
Sha256Digest place_of(const Bytes& certificate, const Sm2Form& form) {
    if (form == Sm2Form{}) return sha256(ByteView(certificate));
    Bytes text = certificate;
    text.push_back(form.der ? 1 : 0);
    text.insert(text.end(), form.id.begin(), form.id.end());
    return sha256(ByteView(text));
}

}  // namespace

Result<PublicKey> public_key_of(const Bytes& certificate, const Sm2Form& form) {
    const Sha256Digest digest = place_of(certificate, form);
    Shard& shard = shard_of(digest);
    {
        const std::lock_guard lock(shard.mutex);
        if (const auto known = shard.keys.find(digest); known != shard.keys.end()) return known->second;
    }
    HUTONG_ASSIGN(PublicKey key, PublicKey::of_certificate(certificate, form));
    const std::lock_guard lock(shard.mutex);
    if (shard.keys.size() >= max_per_shard) shard.keys.clear();
    shard.keys.insert_or_assign(digest, key);
    return key;
}

}  // namespace hutong::security
