#include "security/journal/merkle.hpp"

#include <algorithm>
#include <bit>

namespace hutong::security::journal {

namespace {

constexpr std::uint8_t leaf_prefix = 0, node_prefix = 1;
constexpr std::size_t digest_bytes = sizeof(Sha256Digest);

// The root of the leaves [first, first + count), and on the way the siblings that `index` needs, lowest
// first.
Sha256Digest subtree(const std::vector<Sha256Digest>& digests, std::uint64_t first, std::uint64_t count,
                     std::uint64_t index, MerklePath& path) {
    if (count == 1) return merkle_leaf(digests[static_cast<std::size_t>(first)]);
    const std::uint64_t split = std::bit_floor(count - 1);  // the largest power of two below count
    const auto left = subtree(digests, first, split, index, path);
    const auto right = subtree(digests, first + split, count - split, index, path);
    if (index >= first && index < first + count) path.push_back(index < first + split ? right : left);
    return merkle_node(left, right);
}

}  // namespace

Sha256Digest merkle_leaf(const Sha256Digest& frame_digest) {
    std::array<std::uint8_t, 1 + digest_bytes> bytes;
    bytes[0] = leaf_prefix;
    std::ranges::copy(frame_digest, bytes.begin() + 1);
    return sha256(ByteView(bytes));
}

Sha256Digest merkle_node(const Sha256Digest& left, const Sha256Digest& right) {
    std::array<std::uint8_t, 1 + 2 * digest_bytes> bytes;
    bytes[0] = node_prefix;
    std::ranges::copy(left, bytes.begin() + 1);
    std::ranges::copy(right, bytes.begin() + 1 + digest_bytes);
    return sha256(ByteView(bytes));
}

void MerkleTree::add(const Sha256Digest& frame_digest) {
    Sha256Digest peak = merkle_leaf(frame_digest);
    // Each one bit of size_ is a complete subtree; the new leaf completes those of the trailing ones.
    for (std::uint64_t rest = size_++; (rest & 1) != 0; rest >>= 1)
        peak = merkle_node(peaks_[--peak_count_], peak);
    peaks_[peak_count_++] = peak;
}

Sha256Digest MerkleTree::root() const {
    if (peak_count_ == 0) return sha256(ByteView());
    Sha256Digest root = peaks_[peak_count_ - 1];
    for (std::size_t i = peak_count_ - 1; i-- > 0;) root = merkle_node(peaks_[i], root);
    return root;
}

MerklePath inclusion_path(const std::vector<Sha256Digest>& frame_digests, std::uint64_t index,
                          std::uint64_t size) {
    MerklePath path;
    subtree(frame_digests, 0, size, index, path);
    return path;
}

std::optional<Sha256Digest> root_by_path(const Sha256Digest& frame_digest, std::uint64_t index,
                                         std::uint64_t size, const MerklePath& path) {
    if (index >= size) return std::nullopt;
    Sha256Digest hash = merkle_leaf(frame_digest);
    std::uint64_t node = index, last = size - 1;
    for (const Sha256Digest& sibling : path) {
        if (last == 0) return std::nullopt;
        if ((node & 1) != 0 || node == last) {
            hash = merkle_node(sibling, hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = merkle_node(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return std::nullopt;
    return hash;
}

}  // namespace hutong::security::journal
