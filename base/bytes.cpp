#include "base/bytes.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace hutong {

namespace {

// Fetched once: an implicit fetch per digest costs more than hashing a small message.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return method;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The value of each base64 digit; -1: none.
constexpr std::array<std::int8_t, 256> base64_digits = [] {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

int base64_digit(char c) {
    return base64_digits[static_cast<unsigned char>(c)];
}

// Appends whole groups of four digits for as long as nothing else stands between them, and no more than a
// block at once; how many digits that was.
std::size_t take_base64_groups(std::string_view text, Bytes& bytes) {
    std::array<std::uint8_t, 192> block;
    std::size_t used = 0;
    std::size_t at = 0;
    for (; at + 4 <= text.size() && used < block.size(); at += 4, used += 3) {
        const int a = base64_digit(text[at]);
        const int b = base64_digit(text[at + 1]);
        const int c = base64_digit(text[at + 2]);
        const int d = base64_digit(text[at + 3]);
        if ((a | b | c | d) < 0) break;
        block[used] = static_cast<std::uint8_t>(a << 2 | b >> 4);
        block[used + 1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
        block[used + 2] = static_cast<std::uint8_t>(c << 6 | d);
    }
    bytes.insert(bytes.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(used));
    return at;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::string to_hex(ByteView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return invalid("hex text has an odd number of digits");
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return invalid("not a hex digit at position " + std::to_string(i));
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

std::string to_base64(ByteView bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

Result<Bytes> from_base64(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    unsigned digits = 0;
    unsigned padding = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (digits == 0 && padding == 0)
            while (const std::size_t taken = take_base64_groups(text.substr(at), bytes)) at += taken;
        if (at == text.size()) break;
        const char c = text[at];
        if (is_space(c)) continue;
        if (c == '=') {
            if (++padding > 2) return invalid("base64 text has too much padding");
            continue;
        }
        const int digit = base64_digit(c);
        if (digit < 0 || padding > 0)
            return invalid("base64 text has a character that does not belong there");
        group = group << 6 | static_cast<std::uint32_t>(digit);
        if (++digits == 4) {
            bytes.push_back(static_cast<std::uint8_t>(group >> 16));
            bytes.push_back(static_cast<std::uint8_t>(group >> 8));
            bytes.push_back(static_cast<std::uint8_t>(group));
            group = 0;
            digits = 0;
        }
    }
    if ((digits + padding) % 4 != 0 || digits == 1) return invalid("base64 text is cut short");
    // Bits beyond the last whole byte must be zero, so that one value has one text.
    if (digits == 2) {
        if ((group & 0xf) != 0) return invalid("base64 text has stray bits at its end");
        bytes.push_back(static_cast<std::uint8_t>(group >> 4));
    } else if (digits == 3) {
        if ((group & 0x3) != 0) return invalid("base64 text has stray bits at its end");
        bytes.push_back(static_cast<std::uint8_t>(group >> 10));
        bytes.push_back(static_cast<std::uint8_t>(group >> 2));
    }
    return bytes;
}

Sha256Digest sha256(ByteView bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

Sha256Digest hmac_sha256(ByteView key, ByteView bytes) {
    Sha256Digest digest{};
    unsigned length = digest.size();
    HMAC(sha256_method(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), digest.data(),
         &length);
    return digest;
}

struct Sha256::State {
    EVP_MD_CTX* context{EVP_MD_CTX_new()};
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (state_->context == nullptr || EVP_DigestInit_ex2(state_->context, sha256_method(), nullptr) != 1)
        throw Failure(internal("SHA-256 is not available in this OpenSSL"));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
    Sha256Digest digest{};
    EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
    return digest;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1)
        throw Failure(internal("the operating system gives no random bytes"));
    return bytes;
}

}  // namespace hutong
