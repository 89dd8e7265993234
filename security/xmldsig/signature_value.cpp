#include "security/xmldsig/signature_value.hpp"

#include "security/keys/ecdsa_value.hpp"

namespace hutong::security {

namespace {

// A SEQUENCE and two INTEGERs of 32 bytes, each perhaps with a zero in front.
constexpr std::size_t der_overhead = 8;

}  // namespace

Result<void> check_value_size(const SignatureAlgorithm& algorithm, const PublicKey& key,
                              std::size_t value_bytes) {
    if (key.kind() != algorithm.key)
        return refused("the signature method " + std::string(algorithm.uri) +
                       " does not go with the certificate's kind of key, " +
                       std::string(to_string(key.kind())));
    const std::size_t expected = key.signature_bytes();
    if (algorithm.scheme == Scheme::sm2sig && key.form().der) {
        if (value_bytes <= expected + der_overhead) return {};
        return refused("the ds:SignatureValue has " + std::to_string(value_bytes) +
                       " bytes; in DER a signature of this key has at most " +
                       std::to_string(expected + der_overhead));
    }
    const bool fits = algorithm.scheme == Scheme::ecdsa
                          ? value_bytes != 0 && value_bytes % 2 == 0 && value_bytes <= expected
                          : value_bytes == expected;
    if (fits) return {};
    return refused("the ds:SignatureValue has " + std::to_string(value_bytes) +
                   " bytes; a signature of this key has " + std::to_string(expected));
}

Result<void> verify_value(const SignatureAlgorithm& algorithm, const PublicKey& key, ByteView text,
                          ByteView value) {
    HUTONG_TRY(check_value_size(algorithm, key, value.size()));
    const ReadyKey* const ready = key.ready_for(algorithm);
    if (ready == nullptr)
        return internal("OpenSSL cannot use " + std::string(algorithm.uri) + " with this key");
    Bytes numbers;
    if (algorithm.scheme == Scheme::sm2sig && key.form().der) {
        HUTONG_ASSIGN(numbers, raw_from_der(value, key.signature_bytes() / 2));
        value = numbers;
    }
    if (!ready->verify(text, value))
        return refused("the signature value does not fit the SignedInfo and the certificate's key");
    return {};
}

std::string lasting_part(std::string_view algorithm_uri, const std::string& value) {
    const SignatureAlgorithm* const algorithm = find_signature_algorithm(algorithm_uri);
    if (algorithm == nullptr || algorithm->scheme != Scheme::ecdsa) return value;
    const auto bytes = from_base64(value);
    if (bytes.has_error()) return value;
    ByteView r = ByteView(*bytes).first(bytes->size() / 2);
    while (!r.empty() && r.front() == 0) r = r.subspan(1);
    return to_base64(r);
}

}  // namespace hutong::security
