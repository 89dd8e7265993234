#include "gateway/pipeline/soap_message.hpp"

#include <algorithm>

namespace hutong::gateway {

namespace {

constexpr std::size_t hash_step = 64u << 10;

Result<void> add_to(Sha256& hash, const http::Piece& piece) {
    if (piece.payload == nullptr) {
        hash.update(piece.text);
        return {};
    }
    if (piece.payload->in_memory()) {
        hash.update(piece.payload->memory().substr(piece.offset, piece.length));
        return {};
    }
    std::string buffer;
    for (std::uint64_t at = 0; at < piece.length;) {
        const std::uint64_t wanted = std::min<std::uint64_t>(hash_step, piece.length - at);
        HUTONG_ASSIGN(const std::string_view bytes, piece.payload->view(piece.offset + at, wanted, buffer));
        hash.update(bytes);
        at += bytes.size();
    }
    return {};
}

}  // namespace

void SoapMessage::envelope_at(std::uint64_t begin, std::uint64_t end) {
    begin_ = begin;
    end_ = end;
}

void SoapMessage::recode(std::string utf8) {
    begin_ = 0;
    end_ = utf8.size();
    recoded_.emplace(std::move(utf8));
}

Result<std::string_view> SoapMessage::envelope(std::uint64_t offset, std::uint64_t length,
                                               std::string& buffer) const {
    length = std::min(length, envelope_size() - std::min(offset, envelope_size()));
    return source().view(begin_ + offset, length, buffer);
}

Result<std::string> SoapMessage::text(soap::Range range) const {
    return source().text(begin_ + range.begin, range.end - range.begin);
}

Result<std::string> SoapMessage::security_headers() const {
    std::string all;
    for (const soap::HeaderBlock& block : layout.blocks) {
        if (block.name.ns != soap::ns_wsse || block.name.local != "Security") continue;
        HUTONG_ASSIGN(const std::string one, text(block.range));
        all += one;
    }
    return all;
}

Result<void> SoapMessage::add_header_blocks(std::string_view blocks) {
    if (soap::has_empty_header_tag(layout) && header_tag_.empty()) {
        HUTONG_ASSIGN(header_tag_, text(*layout.header));
    }
    blocks_ += blocks;
    return {};
}

std::vector<soap::Edit> SoapMessage::all_edits() const {
    std::vector<soap::Edit> edits = edits_;
    if (!blocks_.empty()) edits.push_back(soap::add_to_header(layout, header_tag_, blocks_));
    std::sort(edits.begin(), edits.end(),
              [](const soap::Edit& a, const soap::Edit& b) { return a.range.begin < b.range.begin; });
    return edits;
}

std::vector<http::Piece> SoapMessage::pieces() const {
    // What stands around the envelope belongs to a multipart body; else it is a byte order mark.
    return pieces_of(in_parts ? 0 : begin_, source().size());
}

std::vector<http::Piece> SoapMessage::pieces_of(std::uint64_t at, std::uint64_t end) const {
    std::vector<http::Piece> pieces;
    const http::Payload& from = source();
    const auto add_range = [&](std::uint64_t begin, std::uint64_t past) {
        if (begin < past) pieces.push_back({{}, &from, begin, past - begin});
    };
    for (soap::Edit& edit : all_edits()) {
        add_range(at, begin_ + edit.range.begin);
        if (!edit.text.empty()) pieces.push_back({std::move(edit.text), nullptr, 0, 0});
        at = begin_ + edit.range.end;
    }
    add_range(at, end);
    return pieces;
}

std::uint64_t SoapMessage::size() const {
    std::uint64_t size = 0;
    for (const http::Piece& piece : pieces()) size += piece.size();
    return size;
}

Result<Sha256Digest> SoapMessage::envelope_digest() const {
    Sha256 hash;
    for (const http::Piece& piece : pieces_of(begin_, end_)) HUTONG_TRY(add_to(hash, piece));
    return hash.finish();
}

Sha256Digest SoapMessage::digest() {
    if (!changed() && (in_parts || begin_ == 0)) return body.digest();
    Sha256 hash;
    for (const http::Piece& piece : pieces()) add_to(hash, piece).value();  // throws Failure
    return hash.finish();
}

}  // namespace hutong::gateway
