#include "ledger/merkle.h"

#include <bit>

#include "base/check.h"
#include "crypto/hash.h"

namespace emr::ledger {

namespace {

Hash32 merkle_node(const Hash32& left, const Hash32& right) {
  const std::uint8_t prefix = 1;
  return crypto::Sha256().update(ByteView(&prefix, 1)).update(left).update(right).finish();
}

/// The largest power of two that is smaller than `size` (RFC 6962: k < n <= 2k).
std::size_t split(std::size_t size) { return std::bit_floor(size - 1); }

}  // namespace

Hash32 merkle_leaf(ByteView entry) {
  const std::uint8_t prefix = 0;
  return crypto::Sha256().update(ByteView(&prefix, 1)).update(entry).finish();
}

Hash32 merkle_root(std::span<const Hash32> leaves) {
  if (leaves.empty()) return crypto::sha256({});
  if (leaves.size() == 1) return leaves.front();
  const std::size_t left = split(leaves.size());
  return merkle_node(merkle_root(leaves.first(left)), merkle_root(leaves.subspan(left)));
}

std::vector<Hash32> merkle_path(std::span<const Hash32> leaves, std::uint64_t index) {
  EMR_CHECK(index < leaves.size());
  if (leaves.size() == 1) return {};
  const std::size_t left = split(leaves.size());
  const bool goes_left = index < left;
  std::vector<Hash32> path = goes_left ? merkle_path(leaves.first(left), index)
                                       : merkle_path(leaves.subspan(left), index - left);
  path.push_back(merkle_root(goes_left ? leaves.subspan(left) : leaves.first(left)));
  return path;
}

// The algorithm of RFC 9162 section 2.1.3.2: walks up with the index and the index of the last
// leaf; a level where our node is the lonely last one has no sibling.
std::optional<Hash32> merkle_root_of_path(const Hash32& leaf, std::uint64_t index,
                                          std::uint64_t size, std::span<const Hash32> path) {
  if (index >= size) return std::nullopt;
  std::uint64_t last = size - 1;
  Hash32 hash = leaf;
  for (const Hash32& sibling : path) {
    if (last == 0) return std::nullopt;
    if ((index & 1) == 1 || index == last) {
      hash = merkle_node(sibling, hash);
      while ((index & 1) == 0 && index != 0) {
        index >>= 1;
        last >>= 1;
      }
    } else {
      hash = merkle_node(hash, sibling);
    }
    index >>= 1;
    last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return hash;
}

bool merkle_verify(const Hash32& leaf, std::uint64_t index, std::uint64_t size,
                   std::span<const Hash32> path, const Hash32& root) {
  return merkle_root_of_path(leaf, index, size, path) == root;
}

// Pairing from below with the lonely last node moved up gives the tree that splitting at the
// largest power of two gives from above.
MerkleTree::MerkleTree(std::vector<Hash32> leaves) {
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<Hash32>& below = levels_.back();
    std::vector<Hash32> level;
    level.reserve((below.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      level.push_back(merkle_node(below[i], below[i + 1]));
    }
    if (below.size() % 2 == 1) level.push_back(below.back());
    levels_.push_back(std::move(level));
  }
}

Hash32 MerkleTree::root() const {
  return levels_.front().empty() ? crypto::sha256({}) : levels_.back().front();
}

std::vector<Hash32> MerkleTree::path(std::uint64_t index) const {
  EMR_CHECK(index < size());
  std::vector<Hash32> path;
  for (const std::vector<Hash32>& level : levels_) {
    const std::uint64_t sibling = index ^ 1;
    if (sibling < level.size()) path.push_back(level[sibling]);
    index /= 2;
  }
  return path;
}

}  // namespace emr::ledger
