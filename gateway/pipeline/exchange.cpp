#include "gateway/pipeline/exchange.hpp"

#include <array>

namespace hutong::gateway {

std::vector<http::Piece> SoapMessage::view_of_pieces() const {
    if (!root_changed) return {http::Piece{{}, &body, 0, body.size()}};
    if (!multipart) return {};
    const http::MimePart& part = multipart->parts[multipart->root];
    return {http::Piece{{}, &body, 0, part.begin}, http::Piece{{}, &body, part.end, body.size() - part.end}};
}

std::vector<http::Piece> SoapMessage::pieces() {
    std::vector<http::Piece> result = view_of_pieces();
    if (!root_changed) return result;
    result.insert(result.empty() ? result.end() : result.begin() + 1, http::Piece{root, nullptr, 0, 0});
    return result;
}

std::uint64_t SoapMessage::size() const {
    std::uint64_t size = root_changed ? root.size() : 0;
    for (const http::Piece& piece : view_of_pieces()) size += piece.size();
    return size;
}

Sha256Digest SoapMessage::digest_of_pieces() const {
    if (!root_changed) return body.digest();
    Sha256 hash;
    const std::vector<http::Piece> around = view_of_pieces();
    const auto add = [&](const http::Piece& piece) {
        std::array<char, 16384> buffer;
        for (std::uint64_t at = 0; at < piece.length;) {
            const auto read = piece.payload->read(piece.offset + at, buffer.data(),
                                                  std::min<std::uint64_t>(buffer.size(), piece.length - at));
            if (read.has_error() || *read == 0) return;
            hash.update(std::string_view(buffer.data(), *read));
            at += *read;
        }
    };
    if (!around.empty()) add(around[0]);
    hash.update(root);
    if (around.size() > 1) add(around[1]);
    return hash.finish();
}

security::CallerIdentity Exchange::identity() const {
    security::CallerIdentity identity;
    identity.consumer = consumer->id;
    identity.organisation = consumer->org;
    identity.service = path_service;
    identity.operation = operation->name;
    identity.exchange = id;
    identity.certificate = trust.thumbprint;
    identity.time = system_clock().now();
    return identity;
}

security::KeyKind Exchange::answer_key() const {
    if (consumer && consumer->answer_key)
        return *consumer->answer_key == "rsa" ? security::KeyKind::rsa : security::KeyKind::p256;
    // Until the caller is known, signing must not cost more than P-256 does.
    if (!consumer || !claims) return security::KeyKind::p256;
    return claims->key_kind;
}

}  // namespace hutong::gateway
