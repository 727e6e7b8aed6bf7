// The members as this node sees them: who may connect with which key and where, and which of them
// has which replica index in the current epoch. A peer's place (net::PeerIndex) belongs to its
// institution for as long as the process runs; replica indices change with every epoch, and nobody
// but this table translates between the two.
//
// table() is for any thread; the rest is the core thread's.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "contracts/membership.h"
#include "contracts/storage.h"
#include "ledger/genesis.h"
#include "ledger/state.h"
#include "net/mesh.h"

namespace emr::node {

using Millis = std::uint64_t;

/// One place. Of a former member the last registration is kept.
struct MemberPlace {
  contracts::MemberNode node;
  bool is_member = false;
  /// The key it had before, or the one of a former member: good until `grace_until_ms`, so that it
  /// can learn from us what was decided about it.
  std::optional<Hash32> old_key;
  Millis grace_until_ms = 0;
};

struct MemberTable {
  std::vector<MemberPlace> places;     ///< by net::PeerIndex
  net::PeerIndex self = 0;
  quorum::Epoch epoch = 0;
  std::size_t quorum = 0;              ///< of the epoch
  std::vector<net::PeerIndex> replicas;  ///< place of each validator, by replica index
  contracts::StorageRing ring;         ///< who keeps which object

  const MemberPlace& own() const { return places[self]; }
  std::optional<quorum::NodeIndex> replica_at(net::PeerIndex place) const;
  std::optional<net::PeerIndex> place_of(std::string_view id) const;
  /// Does the member at this place keep the object with this handle?
  bool keeps(net::PeerIndex place, const Hash32& handle) const;
  /// For messages to people; "?" for a number that is none.
  const std::string& replica_name(quorum::NodeIndex replica) const;
};

class Members {
 public:
  /// What the genesis says; `own_id` may be an institution that is not in it (yet).
  Members(const ledger::Genesis& genesis, const std::string& own_id);

  std::shared_ptr<const MemberTable> table() const;

  /// Reads the registrations and the current epoch again.
  void refresh(const ledger::StateReader& state, Millis now_ms);
  /// Ends what was only for a while. True when something ended.
  bool expire(Millis now_ms);

 private:
  void publish(MemberTable table);

  mutable std::mutex mutex_;
  std::shared_ptr<const MemberTable> table_;
};

/// The peers of the mesh. One whose registered address is none can connect, but not be dialed.
std::vector<net::Peer> mesh_peers(const MemberTable& table);

}  // namespace emr::node
