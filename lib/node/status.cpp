// GET /v1/status: is it well, and if not, why and since when.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/limits.h"
#include "json/json.h"
#include "node/limits.h"
#include "node/service.h"

namespace emr::node {

namespace {

using Json = nlohmann::json;

HealthInput input_of(const Service& service, const CoreStatus& core,
                     const std::vector<net::PeerCounters>& links) {
  HealthInput input;
  const auto table = service.members->table();
  input.quorum = table->quorum;
  input.votes = core.replica.self.has_value();
  input.is_member = table->own().is_member;
  for (net::PeerIndex i = 0; i < table->places.size(); ++i) {
    if (i == table->self || !table->places[i].is_member) continue;
    input.peers.push_back({table->places[i].node.id, i < links.size() && links[i].connected,
                           height_of(*table, core, i), table->replica_at(i).has_value(), i});
  }
  input.height = core.tip.height;
  input.view = core.replica.view;
  input.view_active = core.replica.active;
  input.oldest_pending_ms = core.oldest_pending_ms;
  input.timeout_ms = service.genesis->pbft.timeout_ms;
  input.waiting_for = core.replica.waiting_for;
  input.core_alive = steady_ms() - std::min(steady_ms(), core.published_ms) <
                     in_ms(std::chrono::milliseconds(kCoreSilenceMax));
  return input;
}

/// What this node may do: "none" when it is no member (yet, any more).
std::string_view role_of(const HealthInput& input) {
  if (!input.is_member) return "none";
  return input.votes ? "validator" : "observer";
}

Json time_or_null(UnixSeconds time) { return time > 0 ? Json(format_utc(time)) : Json(); }

Json peers_json(const Observation& now) {
  Json peers = Json::array();
  for (const PeerHealth& peer : now.input.peers) {
    const std::size_t i = peer.place;
    const std::uint64_t best = now.input.height + lag_of(now.input);
    peers.push_back(
        {{"id", peer.id},
         {"validator", peer.votes},
         {"connected", peer.connected},
         {"height", peer.height},
         {"lag", best - std::min(best, peer.height)},
         {"lastSeen", i < now.links.size() ? time_or_null(now.links[i].last_seen) : Json()}});
  }
  return peers;
}

Json storage_json(const Service& service) {
  Json storage = Json::object();
  if (const auto disk = service.store->disk_usage()) {
    storage["fileBytes"] = disk->store_bytes;
    storage["availableBytes"] = disk->available_bytes;
    storage["diskUsedPercent"] = disk->used_percent;
  }
  if (const auto map = service.store->map_usage()) {
    storage["usedBytes"] = map->used_bytes;
    storage["freeBytes"] = map->free_bytes;
    storage["limitBytes"] = map->limit_bytes > 0 ? Json(map->limit_bytes) : Json();
    storage["limitUsedPercent"] = map->limit_bytes > 0 ? Json(map->used_percent) : Json();
  }
  return storage;
}

}  // namespace

std::uint64_t height_of(const MemberTable& table, const CoreStatus& status, net::PeerIndex place) {
  if (place == table.self) return status.tip.height;
  const auto replica = table.replica_at(place);
  if (!replica || *replica >= status.replica.peers.size()) return 0;
  return status.replica.peers[*replica].committed;
}

Observation observe(const Service& service) {
  Observation now;
  now.core = service.core->status();
  now.links = service.mesh->counters();
  now.input = input_of(service, *now.core, now.links);
  now.verdict = service.health->update(judge(now.input), wall_clock());
  return now;
}

std::vector<std::string> warnings_of(const Service& service) {
  std::vector<std::string> warnings;
  const auto disk = service.store->disk_usage();
  if (disk && disk->used_percent >= store::kDiskWarnUsedPercent) {
    warnings.push_back("disk: the file system of the data directory is " +
                       std::to_string(disk->used_percent) + " % full");
  }
  const auto map = service.store->map_usage();
  if (map && map->limit_bytes > 0 && map->used_percent >= store::kDiskWarnUsedPercent) {
    warnings.push_back("limit: the store has used " + std::to_string(map->used_percent) +
                       " % of storeLimitBytes");
  }
  const Status ready = contracts::check_software(*service.store->snapshot(), *service.software,
                                                 contracts::kHeightMax);
  if (!ready) warnings.push_back("software: " + ready.error().message);
  const auto core = service.core->status();
  if (core->replica.rejoining) {
    warnings.push_back("rejoining: the vote records were lost; following without a vote");
  }
  if (core->snapshot_total > 0) {
    warnings.push_back("snapshot: " + std::to_string(core->snapshot_chunks) + " of " +
                       std::to_string(core->snapshot_total) + " chunks fetched");
  }
  return warnings;
}

std::string status_line(const Service& service) {
  const Observation now = observe(service);
  const auto table = service.members->table();
  const CoreStatus& core = *now.core;
  const Health& health = now.verdict.health;
  const Json line = {{"type", "emr.status"},
                     {"v", 1},
                     {"node", service.id()},
                     {"version", EMR_VERSION},
                     {"chainId", service.genesis->chain_id},
                     {"genesis", to_hex(service.genesis->hash)},
                     {"role", role_of(now.input)},
                     {"epoch", core.replica.epoch},
                     {"validators", table->replicas.size()},
                     {"view", core.replica.view},
                     {"height", core.tip.height},
                     {"lag", lag_of(now.input)},
                     {"tip", to_hex(core.tip.hash)},
                     {"writesHash", to_hex(core.tip.writes_hash)},
                     {"lastBlock", core.tip.height > 0 ? time_or_null(core.tip.time) : Json()},
                     {"stable", core.replica.stable},
                     {"primary", table->replica_name(core.replica.primary)},
                     {"peers", peers_json(now)},
                     {"ready", health.ok()},
                     {"state", health.state},
                     {"reason", health.reason()},
                     {"since", format_utc(now.verdict.since)},
                     {"warnings", warnings_of(service)},
                     {"evidence", core.counters.evidence},
                     {"mempool", core.mempool},
                     {"missingSidecars", core.missing_sidecars},
                     {"missingBlocks", core.missing_blocks},
                     {"rejoining", core.replica.rejoining},
                     {"snapshots", core.snapshots},
                     {"contentBlocks", service.store->snapshot()->count(store::Table::kContent)},
                     {"storage", storage_json(service)},
                     {"weight", table->own().node.weight},
                     {"started", format_utc(service.started)},
                     {"time", format_utc(wall_clock())}};
  return json::canonical_checked(line) + "\n";
}

}  // namespace emr::node
