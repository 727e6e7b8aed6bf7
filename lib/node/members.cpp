#include "node/members.h"

#include <algorithm>

#include "base/check.h"
#include "base/number.h"
#include "node/limits.h"

namespace emr::node {

namespace {

contracts::MemberNode founder(const ledger::Institution& one) {
  contracts::MemberNode node;
  node.id = one.id;
  node.name = one.name;
  node.may_write = one.permission == ledger::NodePermission::kWrite;
  node.validates = true;
  node.vote_key = one.node.vote_key;
  node.transport_key = one.node.transport_key;
  node.box_key = one.node.box_key;
  node.peer = one.node.peer;
  node.http = one.node.http;
  return node;
}

net::PeerIndex place_for(MemberTable& table, const std::string& id) {
  if (const auto place = table.place_of(id)) return *place;
  EMR_CHECK(table.places.size() < kPeerPlacesMax);
  table.places.emplace_back();
  table.places.back().node.id = id;
  return static_cast<net::PeerIndex>(table.places.size() - 1);
}

/// A registered address; port 0 (nobody dials that) when it is none.
void set_address(net::Peer& peer, const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return;
  peer.host = address.substr(0, colon);
  if (peer.host.starts_with('[') && peer.host.ends_with(']')) {
    peer.host = peer.host.substr(1, peer.host.size() - 2);
  }
  const auto port = parse_u64(address.substr(colon + 1), 65535);
  if (port && !peer.host.empty()) peer.port = static_cast<std::uint16_t>(*port);
}

}  // namespace

std::optional<quorum::NodeIndex> MemberTable::replica_at(net::PeerIndex place) const {
  const auto at = std::find(replicas.begin(), replicas.end(), place);
  if (at == replicas.end()) return std::nullopt;
  return static_cast<quorum::NodeIndex>(at - replicas.begin());
}

std::optional<net::PeerIndex> MemberTable::place_of(std::string_view id) const {
  const auto at = std::find_if(places.begin(), places.end(),
                               [&](const MemberPlace& one) { return one.node.id == id; });
  if (at == places.end()) return std::nullopt;
  return static_cast<net::PeerIndex>(at - places.begin());
}

const std::string& MemberTable::replica_name(quorum::NodeIndex replica) const {
  static const std::string unknown = "?";
  return replica < replicas.size() ? places[replicas[replica]].node.id : unknown;
}

bool MemberTable::keeps(net::PeerIndex place, const Hash32& handle) const {
  return contracts::is_holder(ring, handle, places[place].node.id);
}

Members::Members(const ledger::Genesis& genesis, const std::string& own_id) {
  MemberTable table;
  for (const ledger::Institution& one : genesis.institutions) {
    table.replicas.push_back(static_cast<net::PeerIndex>(table.places.size()));
    table.places.push_back({founder(one), true, std::nullopt, 0});
  }
  table.quorum = ledger::quorum_size(static_cast<std::uint32_t>(table.replicas.size()));
  table.self = place_for(table, own_id);
  publish(std::move(table));
}

std::shared_ptr<const MemberTable> Members::table() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

void Members::publish(MemberTable table) {
  auto next = std::make_shared<const MemberTable>(std::move(table));
  const std::lock_guard lock(mutex_);
  table_ = std::move(next);
}

void Members::refresh(const ledger::StateReader& state, Millis now_ms) {
  MemberTable next = *table();
  const Millis grace = now_ms + in_ms(kKeyGrace);
  std::vector<bool> seen(kPeerPlacesMax);
  for (contracts::MemberNode& node : contracts::member_nodes(state)) {
    const net::PeerIndex index = place_for(next, node.id);
    MemberPlace& place = next.places[index];
    if (place.is_member && place.node.transport_key != node.transport_key) {
      place.old_key = place.node.transport_key;
      place.grace_until_ms = grace;
    }
    if (!place.is_member) place.old_key.reset();
    place.node = std::move(node);
    place.is_member = true;
    seen[index] = true;
  }
  for (std::size_t i = 0; i < next.places.size(); ++i) {
    MemberPlace& place = next.places[i];
    if (seen[i] || !place.is_member) continue;
    place.is_member = false;
    place.old_key = place.node.transport_key;
    place.grace_until_ms = grace;
  }
  next.ring = contracts::storage_ring(state);
  const auto epoch = contracts::find_epoch(state, contracts::current_epoch(state));
  if (epoch) {  // none: a chain older than the rows of epochs, and so in epoch 0
    next.epoch = epoch->set.epoch();
    next.quorum = epoch->set.quorum();
    next.replicas.clear();
    for (const std::string& id : epoch->ids) next.replicas.push_back(place_for(next, id));
  }
  publish(std::move(next));
}

bool Members::expire(Millis now_ms) {
  const auto current = table();
  const auto is_over = [&](const MemberPlace& one) {
    return one.old_key && one.grace_until_ms <= now_ms;
  };
  if (std::none_of(current->places.begin(), current->places.end(), is_over)) return false;
  MemberTable next = *current;
  for (MemberPlace& place : next.places) {
    if (is_over(place)) place.old_key.reset();
  }
  publish(std::move(next));
  return true;
}

std::vector<net::Peer> mesh_peers(const MemberTable& table) {
  std::vector<net::Peer> peers;
  for (const MemberPlace& place : table.places) {
    net::Peer peer;
    peer.id = place.node.id;
    peer.transport_key = place.is_member ? place.node.transport_key : Hash32{};
    set_address(peer, place.node.peer);
    peer.old_key = place.old_key;
    if (!place.is_member && peer.old_key) peer.transport_key = *std::exchange(peer.old_key, {});
    peer.admitted = peer.transport_key != Hash32{};
    peers.push_back(std::move(peer));
  }
  return peers;
}

}  // namespace emr::node
