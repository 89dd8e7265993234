#include "security/journal/frame.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <zlib.h>

#include "security/journal/codec.hpp"

namespace hutong::security::journal {

namespace {

constexpr std::array<std::uint8_t, 4> marker{'H', 'T', 'J', '1'};
constexpr std::uint8_t newest_version = 2;

// Offsets in the header; the three bytes after the type are zero.
constexpr std::size_t type_at = 4, length_at = 8, checksum_at = 12, sequence_at = 16, durable_at = 24;

// CRC-32 over all of header and body but the checksum itself.
std::uint32_t checksum(ByteView frame, std::uint32_t salt) {
    uLong crc = crc32(salt, frame.data(), checksum_at);
    crc = crc32(crc, frame.data() + sequence_at, static_cast<uInt>(frame.size() - sequence_at));
    return static_cast<std::uint32_t>(crc);
}

}  // namespace

std::size_t begin_frame(Bytes& out, FrameType type) {
    const std::size_t begin = out.size();
    out.resize(begin + frame_header_bytes);
    std::copy(marker.begin(), marker.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
    out[begin + type_at] = static_cast<std::uint8_t>(type);
    return begin;
}

void end_frame(Bytes& out, std::size_t begin) {
    store(out.data() + begin + length_at,
          static_cast<std::uint32_t>(out.size() - begin - frame_header_bytes));
    out.resize(out.size() + chain_bytes);
}

Sha256Digest stamp(std::span<std::uint8_t> frame, std::uint64_t sequence, std::uint64_t durable,
                   std::uint32_t salt, Sha256Digest& chain) {
    store(frame.data() + sequence_at, sequence);
    store(frame.data() + durable_at, durable);
    const auto covered = frame.first(frame.size() - chain_bytes);
    store(frame.data() + checksum_at, checksum(covered, salt));
    const Sha256Digest digest = sha256(ByteView(covered));
    chain = extend_chain(chain, digest);
    std::copy(chain.begin(), chain.end(), frame.last(chain_bytes).begin());
    return digest;
}

Sha256Digest extend_chain(const Sha256Digest& chain, const Sha256Digest& digest) {
    std::array<std::uint8_t, 2 * chain_bytes> both;
    std::copy(chain.begin(), chain.end(), both.begin());
    std::copy(digest.begin(), digest.end(), both.begin() + chain_bytes);
    return sha256(ByteView(both));
}

Parsed parse_frame(ByteView bytes, std::uint32_t salt, Frame& frame, std::string& why) {
    const auto damaged = [&](const char* reason) {
        why = reason;
        return Parsed::damaged;
    };
    const std::size_t seen = std::min(bytes.size(), marker.size());
    if (std::memcmp(bytes.data(), marker.data(), seen) != 0) return damaged("no frame begins here");
    if (bytes.size() < frame_header_bytes) return Parsed::incomplete;
    const auto type = bytes[type_at];
    if (type < 1 || type > 3 || bytes[5] != 0 || bytes[6] != 0 || bytes[7] != 0)
        return damaged("unknown frame type");
    const auto length = fetch<std::uint32_t>(bytes.data() + length_at);
    if (length > max_body_bytes) return damaged("impossible length");
    if (bytes.size() < length + frame_overhead) return Parsed::incomplete;

    const ByteView covered = bytes.first(frame_header_bytes + length);
    if (checksum(covered, salt) != fetch<std::uint32_t>(bytes.data() + checksum_at))
        return damaged("checksum does not fit");
    frame.type = static_cast<FrameType>(type);
    frame.sequence = fetch<std::uint64_t>(bytes.data() + sequence_at);
    frame.durable = fetch<std::uint64_t>(bytes.data() + durable_at);
    frame.bytes = covered;
    frame.body = covered.subspan(frame_header_bytes);
    std::copy_n(bytes.data() + covered.size(), chain_bytes, frame.stored_chain.begin());
    return Parsed::whole;
}

bool proves_durable(ByteView bytes, std::uint32_t salt, std::uint64_t sequence) {
    for (auto rest = bytes;;) {
        const auto hit = std::search(rest.begin(), rest.end(), marker.begin(), marker.end());
        if (hit == rest.end()) return false;
        rest = rest.subspan(static_cast<std::size_t>(hit - rest.begin()));
        Frame frame;
        std::string why;
        if (parse_frame(rest, salt, frame, why) == Parsed::whole && frame.durable >= sequence) return true;
        rest = rest.subspan(marker.size());
    }
}

void encode(const Start& start, Bytes& out) {
    Encoder to(out);
    to.number(start.version);
    to.number(static_cast<std::uint8_t>(start.cause));
    to.number(start.segment);
    to.number(start.created);
    to.number(start.previous_end);
    to.number(start.salt);
    to.raw(start.previous_head);
    to.text(start.node);
    to.text(start.note);
}

Result<Start> decode_start(ByteView body) {
    Decoder from(body);
    Start start;
    start.version = from.number<std::uint8_t>();
    if (start.version < 1 || start.version > newest_version)
        return Error{ErrorCode::corrupt, "segment format version " + std::to_string(start.version) +
                                             " is not known to this program (it knows 1 and 2)"};
    const auto cause = from.number<std::uint8_t>();
    start.cause = static_cast<Cause>(cause);
    start.segment = from.number<std::uint64_t>();
    start.created = from.number<std::uint64_t>();
    start.previous_end = from.number<std::uint64_t>();
    start.salt = from.number<std::uint32_t>();
    start.previous_head = from.digest();
    start.node = from.text();
    start.note = from.text();
    if (!from.exact() || cause > 3) return Error{ErrorCode::corrupt, "the start frame's fields do not fit"};
    return start;
}

void encode(const Seal& seal, Bytes& out) {
    Encoder to(out);
    to.number(seal.version);
    if (seal.version >= 2) to.number(seal.segment);
    to.number(seal.records);
    to.number(seal.created);
    to.raw(seal.head);
    if (seal.version < 2) return;
    to.raw(seal.root);
    to.text(seal.node);
}

Result<Seal> decode_seal(ByteView body) {
    Decoder from(body);
    Seal seal;
    seal.version = from.number<std::uint8_t>();
    if (seal.version >= 2) seal.segment = from.number<std::uint64_t>();
    seal.records = from.number<std::uint64_t>();
    seal.created = from.number<std::uint64_t>();
    seal.head = from.digest();
    if (seal.version >= 2) {
        seal.root = from.digest();
        seal.node = from.text();
    }
    if (!from.exact() || seal.version < 1 || seal.version > newest_version)
        return Error{ErrorCode::corrupt, "the seal's fields do not fit"};
    return seal;
}

}  // namespace hutong::security::journal
