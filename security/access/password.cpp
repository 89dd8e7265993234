#include "security/access/password.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <openssl/evp.h>

#include "base/bytes.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t shortest = 12;
constexpr std::size_t longest = 256;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
// Of stored texts: a forged one must not make this program ask for gigabytes.
constexpr ScryptCost highest{18, 16, 8};

// What guessers try first that is long enough to be one. Compared without case.
constexpr std::array denied{
    "password1234", "passwordpassword", "123456789012",   "1234567890123",   "qwertyuiop123",
    "qwertyuiopas", "administrator",    "administrator1", "changemeplease",  "letmeinletmein",
    "iloveyou1234", "welcome12345",     "woaini1314520",  "1qaz2wsx3edc",    "1qaz2wsx3edc4rfv",
    "zaq12wsxcde3", "111111111111",     "000000000000",   "abcdefghijkl",    "abc123abc123",
    "hutonghutong", "hutong123456",     "admin1234567",   "adminadminadmin", "p@ssw0rdp@ssw0rd",
    "p@ssw0rd1234", "q1w2e3r4t5y6",     "asdfghjkl123",   "88888888888888",  "12345678abcd"};

std::string lower(std::string_view text) {
    std::string low(text);
    std::transform(low.begin(), low.end(), low.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return low;
}

// One or two different characters, or a run of neighbours: 111111111111, abcdefghijkl.
bool is_monotonous(std::string_view text) {
    std::string letters(text);
    std::sort(letters.begin(), letters.end());
    if (std::unique(letters.begin(), letters.end()) - letters.begin() <= 2) return true;
    for (const int step : {1, -1})
        if (std::adjacent_find(text.begin(), text.end(), [&](char a, char b) { return b - a != step; }) ==
            text.end())
            return true;
    return false;
}

struct Stored {
    ScryptCost cost;
    Bytes salt, hash;
};

// Takes "LABEL number END" off the front.
bool take_number(std::string_view& text, std::string_view label, char end, unsigned& value) {
    if (!text.starts_with(label)) return false;
    text.remove_prefix(label.size());
    const auto [at, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc() || at == text.data() + text.size() || *at != end) return false;
    text.remove_prefix(static_cast<std::size_t>(at - text.data()) + 1);
    return true;
}

bool is_reasonable(const ScryptCost& cost) {
    return cost.log2_n > 0 && cost.log2_n <= highest.log2_n && cost.r > 0 && cost.r <= highest.r &&
           cost.p > 0 && cost.p <= highest.p;
}

std::optional<Stored> parse(std::string_view text) {
    Stored stored;
    if (!take_number(text, "$scrypt$ln=", ',', stored.cost.log2_n) ||
        !take_number(text, "r=", ',', stored.cost.r) || !take_number(text, "p=", '$', stored.cost.p) ||
        !is_reasonable(stored.cost))
        return std::nullopt;
    const std::size_t dollar = text.find('$');
    if (dollar == std::string_view::npos) return std::nullopt;
    auto salt = from_base64(text.substr(0, dollar));
    auto hash = from_base64(text.substr(dollar + 1));
    if (!salt || !hash || salt->empty() || hash->size() != hash_bytes) return std::nullopt;
    stored.salt = std::move(*salt);
    stored.hash = std::move(*hash);
    return stored;
}

Bytes scrypt(std::string_view password, const Bytes& salt, const ScryptCost& cost) {
    Bytes hash(hash_bytes);
    const std::uint64_t n = std::uint64_t{1} << cost.log2_n;
    const std::uint64_t memory = 2 * 128 * n * cost.r + (1u << 20);
    if (EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), n, cost.r, cost.p, memory,
                       hash.data(), hash.size()) != 1)
        throw Failure(internal("scrypt failed"));
    return hash;
}

}  // namespace

Result<void> check_new_password(std::string_view password, std::string_view name) {
    if (password.size() < shortest || password.size() > longest)
        return invalid("a password needs " + std::to_string(shortest) + " to " + std::to_string(longest) +
                       " bytes: some words that do not belong together are good");
    for (const char c : password)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return invalid("the password holds control characters");
    const std::string low = lower(password);
    const bool common = std::find(denied.begin(), denied.end(), low) != denied.end();
    if (common || is_monotonous(low))
        return invalid("the password is one that everybody tries: choose another");
    if (low.size() < name.size() + shortest / 2 && low.find(name) != std::string::npos)
        return invalid("the password is little more than the account's name: choose another");
    return {};
}

std::string hash_password(std::string_view password, const ScryptCost& cost) {
    const Bytes salt = random_bytes(salt_bytes);
    return "$scrypt$ln=" + std::to_string(cost.log2_n) + ",r=" + std::to_string(cost.r) +
           ",p=" + std::to_string(cost.p) + "$" + to_base64(salt) + "$" +
           to_base64(scrypt(password, salt, cost));
}

bool password_matches(std::string_view password, std::string_view stored) {
    const auto known = parse(stored);
    return known && equal_in_constant_time(scrypt(password, known->salt, known->cost), known->hash);
}

bool is_outdated(std::string_view stored) {
    const auto known = parse(stored);
    const ScryptCost today;
    return !known || known->cost.log2_n < today.log2_n || known->cost.r < today.r || known->cost.p < today.p;
}

std::string make_temporary_password() {
    // No 0, O, 1, l: each of the 32 letters is five bits.
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
    static_assert(letters.size() == 32);
    std::string text;
    const Bytes random = random_bytes(20);
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i > 0 && i % 5 == 0) text += '-';
        text += letters[random[i] & 31u];
    }
    return text;
}

}  // namespace hutong::security
