#include "security/tokens/username_token.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "base/bytes.hpp"
#include "base/xml/soap.hpp"
#include "security/tokens/names.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_user_bytes = 256;
constexpr std::size_t max_password_bytes = 1024;
constexpr std::size_t min_nonce_bytes = 8;
constexpr std::size_t max_nonce_bytes = 128;

struct UsernameToken {
    std::string user;
    std::string password;  // the text, or the digest in base64
    bool digest{false};
    Bytes nonce;
    std::string created;  // as written: the digest is over its characters
    TimePoint created_at;
};

Result<std::string> text_of(xml::Element element) {
    auto text = plain_text(element);
    if (!text) return refused("wsse:" + std::string(element.local()) + " holds more than text");
    return std::move(*text);
}

Result<xml::Element> only(xml::Element token, std::string_view ns, std::string_view local) {
    const auto found = token.children(ns, local);
    if (found.size() == 1) return found.front();
    return refused("the UsernameToken has " + std::string(found.empty() ? "no " : "more than one ") +
                   std::string(local));
}

Result<void> read_password(xml::Element password, UsernameToken& into) {
    const std::string type = password.attribute("Type").value_or(std::string(names::password_text));
    if (type != names::password_text && type != names::password_digest)
        return refused("the Password's Type is neither PasswordDigest nor PasswordText");
    into.digest = type == names::password_digest;
    HUTONG_ASSIGN(into.password, text_of(password));
    if (into.password.empty() || into.password.size() > max_password_bytes)
        return refused("the Password is empty or too long");
    return {};
}

Result<UsernameToken> read(xml::Element token) {
    UsernameToken result;
    HUTONG_ASSIGN(const xml::Element user, only(token, soap::ns_wsse, "Username"));
    HUTONG_ASSIGN(const xml::Element password, only(token, soap::ns_wsse, "Password"));
    HUTONG_ASSIGN(const xml::Element nonce, only(token, soap::ns_wsse, "Nonce"));
    HUTONG_ASSIGN(const xml::Element created, only(token, soap::ns_wsu, "Created"));
    if (token.children().size() != 4)
        return refused("the UsernameToken holds more than Username, Password, Nonce and Created");

    HUTONG_ASSIGN(result.user, text_of(user));
    if (result.user.empty() || result.user.size() > max_user_bytes ||
        std::any_of(result.user.begin(), result.user.end(),
                    [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        return refused("the Username is empty, too long or holds control characters");
    HUTONG_TRY(read_password(password, result));
    if (nonce.attribute("EncodingType").value_or(std::string(names::base64_binary)) != names::base64_binary)
        return refused("the Nonce's EncodingType is not Base64Binary");
    HUTONG_ASSIGN(const std::string nonce_text, text_of(nonce));
    auto bytes = from_base64(nonce_text);
    if (bytes.has_error() || bytes->size() < min_nonce_bytes || bytes->size() > max_nonce_bytes)
        return refused("the Nonce is not base64 of " + std::to_string(min_nonce_bytes) + " to " +
                       std::to_string(max_nonce_bytes) + " bytes");
    result.nonce = std::move(*bytes);
    HUTONG_ASSIGN(result.created, text_of(created));
    const auto time = parse_utc(result.created);
    if (time.has_error()) return refused("the UsernameToken's Created is " + time.error().detail);
    result.created_at = *time;
    return result;
}

// The profile has no other digest than SHA-1. It is not relied on against collisions here: whoever computes
// it must know the password.
std::string digest_of(const UsernameToken& token, const std::string& password) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    const bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), token.nonce.data(), token.nonce.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), token.created.data(), token.created.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), password.data(), password.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1;
    return good ? to_base64({digest.data(), length}) : std::string();
}

// Digests of both sides are compared, so that the time tells nothing, not even the length of a password.
bool is_right(const UsernameToken& token, const std::string& password) {
    const std::string expected = token.digest ? digest_of(token, password) : password;
    return !expected.empty() && equal_in_constant_time(sha256(token.password), sha256(expected));
}

Result<void> check_freshness(const UsernameToken& token, const TimeLimits& limits, TimePoint now) {
    if (token.created_at > now + limits.clock_skew)
        return refused("the UsernameToken was created in the future: " + token.created);
    if (token.created_at + limits.freshness + limits.clock_skew <= now)
        return refused("the UsernameToken is stale: it was created " + token.created);
    return {};
}

}  // namespace

Result<UsernameClaim> judge_username_token(xml::Element element, const PasswordContext& context,
                                           const TimeLimits& limits, TimePoint now) {
    HUTONG_ASSIGN(const UsernameToken token, read(element));
    if (!token.digest && !context.over_tls)
        return refused("the UsernameToken shows its password and did not come over TLS");
    HUTONG_TRY(check_freshness(token, limits, now));
    const auto known = context.passwords.find(token.user);
    // A user that does not exist costs what a wrong password costs.
    static const std::string nobody = to_hex(random_bytes(16));
    const bool exists = known != context.passwords.end();
    if (exists && !context.guesses.may_try(token.user, context.sender, now))
        return refused("too many wrong passwords for user " + token.user + " lately");
    const bool right = is_right(token, exists ? known->second : nobody);
    if (!exists) return refused("no password is set for user " + token.user);
    if (!right) {
        context.guesses.was_wrong(token.user, context.sender, now);
        return refused("the password of user " + token.user + " is wrong");
    }
    return UsernameClaim{token.user, "nonce " + token.user + " " + to_base64(token.nonce),
                         token.created_at + limits.freshness + limits.clock_skew};
}

}  // namespace hutong::security
