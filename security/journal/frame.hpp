// The one shape in which bytes lie in a segment file: header, body, chain value (docs/journal_format.md).
//
// A frame's checksum finds accidents and torn writes; the chain value after it finds everything else. Pure
// functions.
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace hutong::security::journal {

enum class FrameType : std::uint8_t { start = 1, record = 2, seal = 3 };

inline constexpr std::size_t frame_header_bytes = 32;
inline constexpr std::size_t chain_bytes = sizeof(Sha256Digest);
inline constexpr std::size_t frame_overhead = frame_header_bytes + chain_bytes;
// Longer bodies are refused when written, so that a damaged length can't make a reader swallow gigabytes.
inline constexpr std::size_t max_body_bytes = 4u << 20;

struct Frame {
    FrameType type{FrameType::record};
    std::uint64_t sequence{0};  // of the newest record, this one included
    std::uint64_t durable{
        0};          // of the newest record that was on disk for certain when this frame was written
    ByteView bytes;  // header and body: what the digest covers
    ByteView body;
    Sha256Digest stored_chain{};
    std::size_t size() const { return bytes.size() + chain_bytes; }
};

// Writing, in three steps: room for the header, (the caller appends the body), room for the chain value. Then
// stamp() fills both in, when the frame's place in the chain is known.
std::size_t begin_frame(Bytes& out, FrameType type);  // returns where the frame begins
void end_frame(Bytes& out, std::size_t begin);
// The frame's digest comes back.
Sha256Digest stamp(std::span<std::uint8_t> frame, std::uint64_t sequence, std::uint64_t durable,
                   std::uint32_t salt, Sha256Digest& chain);

// SHA-256(chain ‖ digest): so that a frame of somebody else's can be stood for by its digest alone.
Sha256Digest extend_chain(const Sha256Digest& chain, const Sha256Digest& digest);

enum class Parsed { whole, incomplete, damaged };
// Reads the frame that `bytes` begin with. `salt` is the segment's: a caller who gets bytes of his own choice
// into a record can't make them look like a frame. `why` says what is damaged.
Parsed parse_frame(ByteView bytes, std::uint32_t salt, Frame& frame, std::string& why);

// True when `bytes` hold, anywhere, an undamaged frame that was written when record `sequence` was on disk
// already.
bool proves_durable(ByteView bytes, std::uint32_t salt, std::uint64_t sequence);

// Body of the frame each segment starts with.
enum class Cause : std::uint8_t { first = 0, sealed = 1, abandoned = 2, damaged = 3 };
struct Start {
    std::uint8_t version{2};    // of the segment; in version 1 the seal has no Merkle root
    Cause cause{Cause::first};  // what ended the segment before
    std::uint64_t segment{1};
    std::uint64_t created{0};       // nanoseconds since 1970
    std::uint64_t previous_end{0};  // how many bytes of the segment before count
    std::uint32_t salt{0};
    Sha256Digest previous_head{};
    std::string node;
    std::string note;  // for people: what happened to the segment before
};
void encode(const Start& start, Bytes& out);
Result<Start> decode_start(ByteView body);

// Body of the frame that closes a segment for good: what an RFC 3161 timestamp is asked for.
struct Seal {
    std::uint8_t version{2};
    std::uint64_t segment{0};  // since version 2
    std::uint64_t records{0};
    std::uint64_t created{0};
    Sha256Digest head{};  // the chain value before the seal
    Sha256Digest root{};  // since version 2: of the Merkle tree over all frames before the seal
    std::string node;     // since version 2
};
void encode(const Seal& seal, Bytes& out);
Result<Seal> decode_seal(ByteView body);

}  // namespace hutong::security::journal
