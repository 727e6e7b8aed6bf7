// Which storage nodes hold an object: weighted rendezvous hashing in integers. Each node gets a
// score per key, the best scores hold the replicas. Every validator computes the same answer (no
// floating point, no table, no order of joining), a node's share is exactly its weight's share, and
// when a node joins, leaves or changes weight only the keys that must move do move. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::placement {

struct StorageNode {
  std::string id;
  std::string institution;   ///< failure domain: replicas go to distinct ones first
  std::uint32_t weight = 1;  ///< capacity units; 0 = takes nothing new
  bool full = false;         ///< skipped, next in score order takes its place
};

/// The score of one node for one key: the largest of `weight` 64-bit hashes; 0 for weight 0.
std::uint64_t score(ByteView key, std::string_view node_id, std::uint32_t weight);

/// Indexes of `nodes` that hold `key`, best first. One per institution as long as institutions
/// last, then further nodes of the same institutions, never one node twice. Fewer usable nodes than
/// replicas is kUnavailable ("too_few_nodes"); repeated ids or limits passed are kConfig.
Result<std::vector<std::size_t>> place(ByteView key, const std::vector<StorageNode>& nodes,
                                       std::size_t replicas);

}  // namespace emr::placement
