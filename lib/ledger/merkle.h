// Merkle trees exactly as RFC 6962 section 2.1 (SHA-256, leaf prefix 00, node prefix 01, split at
// the largest power of two): root, inclusion path, and its verification. Pure functions; the tree
// is not kept, because a block is hashed once and proofs are asked for rarely.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace emr::ledger {

/// SHA-256(00 || entry).
Hash32 merkle_leaf(ByteView entry);
/// The root over leaf hashes; of an empty list SHA-256("").
Hash32 merkle_root(std::span<const Hash32> leaves);
/// The siblings from leaf `index` up to the root, lowest first. `index` must exist.
std::vector<Hash32> merkle_path(std::span<const Hash32> leaves, std::uint64_t index);
/// The root that `path` leads to from `leaf` at `index` of a tree of `size` leaves; none unless the
/// path has exactly the length that (index, size) demand.
std::optional<Hash32> merkle_root_of_path(const Hash32& leaf, std::uint64_t index,
                                          std::uint64_t size, std::span<const Hash32> path);
/// Does `path` lead from `leaf` at `index` of a tree of `size` leaves to `root`?
bool merkle_verify(const Hash32& leaf, std::uint64_t index, std::uint64_t size,
                   std::span<const Hash32> path, const Hash32& root);

/// All levels of a tree, for many paths out of one list.
class MerkleTree {
 public:
  explicit MerkleTree(std::vector<Hash32> leaves);

  Hash32 root() const;
  std::vector<Hash32> path(std::uint64_t index) const;
  std::uint64_t size() const noexcept { return levels_.front().size(); }

 private:
  std::vector<std::vector<Hash32>> levels_;  ///< leaves first; a lonely last node moves up
};

}  // namespace emr::ledger
