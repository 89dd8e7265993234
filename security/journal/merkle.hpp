// The Merkle tree over a segment's frames: grown leaf by leaf, and the proofs that a leaf is in it.
//
// RFC 9162 section 2.1 (the tree of RFC 6962) with SHA-256. A leaf's data is the SHA-256 digest of a frame,
// so that adding one costs the same whatever is in the frame. Values; pure functions.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace hutong::security::journal {

// Keeps one root per complete subtree, no more than 64: adding a leaf costs two hashes on average.
class MerkleTree {
  public:
    void add(const Sha256Digest& frame_digest);
    std::uint64_t size() const { return size_; }
    Sha256Digest root() const;

  private:
    std::array<Sha256Digest, 64> peaks_;  // of the complete subtrees, the largest first
    std::size_t peak_count_{0};
    std::uint64_t size_{0};
};

Sha256Digest merkle_leaf(const Sha256Digest& frame_digest);
Sha256Digest merkle_node(const Sha256Digest& left, const Sha256Digest& right);

// The sibling hashes from leaf `index` up to the root of the first `size` leaves. `index` < `size` <= leaves.
using MerklePath = std::vector<Sha256Digest>;
MerklePath inclusion_path(const std::vector<Sha256Digest>& frame_digests, std::uint64_t index,
                          std::uint64_t size);

// The root that the path leads to; nothing when it has not the length that index and size ask for
// (RFC 9162 section 2.1.3.2).
std::optional<Sha256Digest> root_by_path(const Sha256Digest& frame_digest, std::uint64_t index,
                                         std::uint64_t size, const MerklePath& path);

}  // namespace hutong::security::journal
