#include "placement/placement.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "placement/limits.h"

namespace emr::placement {
namespace {

constexpr std::string_view kTag = "emr/placement/1";

std::uint64_t leading_u64(const Hash32& digest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | digest[i];
  return value;
}

std::array<std::uint8_t, 4> be32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

Status check_nodes(const std::vector<StorageNode>& nodes) {
  if (nodes.size() > kMaxNodes) return fail(Code::kConfig, "too many storage nodes");
  std::set<std::string_view> ids;
  for (const StorageNode& node : nodes) {
    if (node.id.empty() || node.id.size() > kMaxNodeIdLength || node.weight > kMaxWeight) {
      return fail(Code::kConfig, "storage node has an impossible id or weight");
    }
    if (!ids.insert(node.id).second) return fail(Code::kConfig, "two storage nodes share one id");
  }
  return {};
}

/// Indexes of the nodes that can take the key, best score first, equal scores by id.
std::vector<std::size_t> ranking(ByteView key, const std::vector<StorageNode>& nodes) {
  std::vector<std::uint64_t> scores(nodes.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].full || nodes[i].weight == 0) continue;
    scores[i] = score(key, nodes[i].id, nodes[i].weight);
    order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : nodes[a].id < nodes[b].id;
  });
  return order;
}

}  // namespace

// The largest of w uniform values has the distribution u^w, so a node of weight w wins exactly w
// times as often as one of weight 1. Raising a weight only adds hashes: scores never fall, and only
// keys that the heavier node now wins move.
std::uint64_t score(ByteView key, std::string_view node_id, std::uint32_t weight) {
  crypto::Sha256 prefix;
  const std::uint8_t zero = 0;
  const auto id_size = be32(static_cast<std::uint32_t>(node_id.size()));
  prefix.update(kTag).update({&zero, 1}).update(id_size).update(node_id).update(key);
  std::uint64_t best = 0;
  for (std::uint32_t i = 0; i < weight; ++i) {
    crypto::Sha256 hash = prefix;
    best = std::max(best, leading_u64(hash.update(be32(i)).finish()));
  }
  return best;
}

Result<std::vector<std::size_t>> place(ByteView key, const std::vector<StorageNode>& nodes,
                                       std::size_t replicas) {
  EMR_TRY(check_nodes(nodes));
  const std::vector<std::size_t> order = ranking(key, nodes);
  if (order.size() < replicas) {
    return fail(Code::kUnavailable, "fewer storage nodes can take the object than copies are asked")
        .with_reason("too_few_nodes");
  }
  std::vector<std::size_t> chosen;
  std::vector<std::size_t> second;
  std::set<std::string_view> institutions;
  for (const std::size_t index : order) {
    const bool first_of_its = institutions.insert(nodes[index].institution).second;
    (first_of_its ? chosen : second).push_back(index);
  }
  chosen.insert(chosen.end(), second.begin(), second.end());
  chosen.resize(replicas);
  return chosen;
}

}  // namespace emr::placement
