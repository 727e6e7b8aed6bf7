// Who keeps the sealed objects: the weight that each institution gives its own node, the number of
// copies that the alliance decided on, and the holders of an object that follow from both
// (lib/placement). State, so every node and every client comes to the same holders.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/bytes.h"
#include "contracts/outcome.h"
#include "ledger/state.h"
#include "placement/placement.h"

namespace emr::contracts {

struct StorageRing {
  std::vector<placement::StorageNode> nodes;  ///< of all members, sorted by id
  std::size_t copies = 0;                     ///< 0 = every node that takes objects
  bool operator==(const StorageRing& other) const;
};
StorageRing storage_ring(const ledger::StateReader& state);

/// Ids of the nodes that keep the object with this handle, best first: as many as there are copies,
/// or all that take objects when those are fewer; all members when none of them does.
std::vector<std::string> holders_of(const StorageRing& ring, ByteView handle);

/// Is this node one of them? A node asks so for each block that it hears of.
bool is_holder(const StorageRing& ring, ByteView handle, std::string_view node);
/// Does this node keep every object there is?
bool keeps_all(const StorageRing& ring, std::string_view node);
/// Does every node?
bool all_keep_all(const StorageRing& ring);

/// The caller's institution sets the weight of its own node.
Outcome set_weight(Call& call);
/// Proposals of the kind `copies`.
Outcome check_copies(const Call& call, const nlohmann::json& proposal);
Outcome set_copies(Call& call, const nlohmann::json& proposal);

}  // namespace emr::contracts
