#include "security/outbound/identity.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "base/xml/soap.hpp"
#include "security/outbound/message_signer.hpp"

namespace hutong::security {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds token_life{300};

// RFC 4648 section 5, without padding.
std::string to_base64url(ByteView bytes) {
    std::string text = to_base64(bytes);
    while (!text.empty() && text.back() == '=') text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return text;
}

std::string part(const json::object& object) {
    const std::string text = json::serialize(object);
    return to_base64url(as_bytes(text));
}

std::string field(std::string_view name, std::string_view value) {
    const std::string tag = "hutong:" + std::string(name);
    return "<" + tag + ">" + canonical_value(value) + "</" + tag + ">";
}

}  // namespace

Result<std::string> identity_token(const CallerIdentity& identity, const Sha256Digest& envelope,
                                   const SigningKey& key) {
    if (key.certificates().empty()) return invalid("the signing key has no certificate");
    const auto made = std::chrono::duration_cast<std::chrono::seconds>(identity.time.time_since_epoch());
    const json::object header{{"alg", key.kind() == KeyKind::rsa ? "RS256" : "ES256"},
                              {"typ", "hutong-identity"},
                              {"x5t#S256", to_base64url(sha256(key.certificates().front()))}};
    const json::object claims{{"sub", identity.consumer},
                              {"org", identity.organisation},
                              {"aud", identity.service},
                              {"operation", identity.operation},
                              {"jti", identity.exchange},
                              {"certificate", identity.certificate},
                              {"iat", made.count()},
                              {"exp", (made + token_life).count()},
                              {"envelope", to_base64url(envelope)}};
    std::string text = part(header) + "." + part(claims);
    HUTONG_ASSIGN(const Bytes signature, key.sign(as_bytes(text)));
    return text + "." + to_base64url(signature);
}

// Canonical as written: both declarations where they are first used, in the order of their prefixes.
std::string identity_block(const CallerIdentity& identity, std::string_view id) {
    return "<hutong:Identity xmlns:hutong=\"" + std::string(soap::ns_hutong) + "\" xmlns:wsu=\"" +
           std::string(soap::ns_wsu) + "\" wsu:Id=\"" + std::string(id) + "\">" +
           field("Consumer", identity.consumer) + field("Organisation", identity.organisation) +
           field("Service", identity.service) + field("Operation", identity.operation) +
           field("Exchange", identity.exchange) + field("Certificate", identity.certificate) +
           field("Time", format_utc(identity.time)) + "</hutong:Identity>";
}

}  // namespace hutong::security
