// GET /v1/status and GET /metrics: is it well, and if not, why.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/json.h"
#include "node/service.h"

namespace emr::node {

namespace {

using Json = nlohmann::json;

/// Members that take part with us, ourselves included.
std::size_t members_in_reach(const std::vector<net::PeerCounters>& counters) {
  std::size_t count = 1;
  for (const net::PeerCounters& peer : counters) count += peer.connected ? 1 : 0;
  return count;
}

/// Why no progress is possible or to be expected; "" when all is well.
std::string reason_of(const Service& service, const CoreStatus& status, std::size_t in_reach) {
  const std::size_t needed =
      ledger::quorum_size(static_cast<std::uint32_t>(service.genesis->institutions.size()));
  if (in_reach < needed) {
    return "no_quorum: " + std::to_string(in_reach) + " of " + std::to_string(needed) +
           " needed members in reach";
  }
  std::uint64_t highest = 0;
  for (const auto& peer : status.replica.peers) highest = std::max(highest, peer.committed);
  if (highest > status.tip.height + 2) {
    return "catching_up: at height " + std::to_string(status.tip.height) + " of " +
           std::to_string(highest);
  }
  if (!status.replica.active) return "view_change: to view " + std::to_string(status.replica.view);
  if (status.oldest_pending_ms > service.genesis->pbft.timeout_ms) {
    return "stalled: a request waits for " + std::to_string(status.oldest_pending_ms) + " ms" +
           (status.replica.waiting_for.empty()
                ? std::string()
                : ", waiting for " + std::string(status.replica.waiting_for));
  }
  return "";
}

std::string metric(std::string_view name, std::string_view kind, std::uint64_t value) {
  std::string text = "# TYPE emr_";
  text.append(name).append(" ").append(kind).append("\nemr_").append(name);
  return text + " " + std::to_string(value) + "\n";
}

}  // namespace

std::string status_line(const Service& service) {
  const auto status = service.core->status();
  const auto counters = service.mesh->counters();
  const std::string reason = reason_of(service, *status, members_in_reach(counters));
  Json peers = Json::array();
  for (std::size_t i = 0; i < service.genesis->institutions.size(); ++i) {
    if (i == service.self) continue;
    const bool known = i < status->replica.peers.size();
    peers.push_back({{"id", service.genesis->institutions[i].id},
                     {"connected", i < counters.size() && counters[i].connected},
                     {"height", known ? status->replica.peers[i].committed : 0}});
  }
  const Json line = {{"type", "emr.status"},
                     {"v", 1},
                     {"node", service.id()},
                     {"version", EMR_VERSION},
                     {"chainId", service.genesis->chain_id},
                     {"genesis", to_hex(service.genesis->hash)},
                     {"view", status->replica.view},
                     {"height", status->tip.height},
                     {"tip", to_hex(status->tip.hash)},
                     {"writesHash", to_hex(status->tip.writes_hash)},
                     {"stable", status->replica.stable},
                     {"primary", service.genesis->institutions.at(status->replica.primary).id},
                     {"peers", peers},
                     {"ready", reason.empty()},
                     {"reason", reason},
                     {"mempool", status->mempool},
                     {"missingSidecars", status->missing_sidecars},
                     {"contentBlocks", service.store->snapshot()->count(store::Table::kContent)},
                     {"time", format_utc(wall_clock())}};
  return json::canonical_checked(line) + "\n";
}

std::string metrics_text(const Service& service) {
  const auto status = service.core->status();
  const auto counters = service.mesh->counters();
  const bool ready = reason_of(service, *status, members_in_reach(counters)).empty();
  std::string text = metric("ready", "gauge", ready ? 1 : 0);
  text += metric("height", "gauge", status->tip.height);
  text += metric("view", "gauge", status->replica.view);
  text += metric("stable_checkpoint", "gauge", status->replica.stable);
  text += metric("view_changes_total", "counter", status->replica.view_changes);
  text += metric("blocks_total", "counter", status->counters.blocks);
  text += metric("transactions_total", "counter", status->counters.transactions);
  text += metric("blocks_refused_total", "counter", status->counters.refused_blocks);
  text += metric("messages_refused_total", "counter", status->counters.refused_messages);
  text += metric("evidence_total", "counter", status->counters.evidence);
  text += metric("mempool_requests", "gauge", status->mempool);
  text += metric("mempool_bytes", "gauge", status->mempool_bytes);
  text += metric("waiting_clients", "gauge", status->waiting);
  text += metric("missing_sidecars", "gauge", status->missing_sidecars);
  if (const auto disk = service.store->disk_usage()) {
    text += metric("store_bytes", "gauge", disk->store_bytes);
    text += metric("disk_available_bytes", "gauge", disk->available_bytes);
    text += metric("disk_used_percent", "gauge", disk->used_percent);
  }
  const auto per_peer = [&](std::string_view name, auto member) {
    text.append("# TYPE emr_").append(name).append(" counter\n");
    for (std::size_t i = 0; i < counters.size(); ++i) {
      if (i == service.self) continue;
      text.append("emr_").append(name).append("{peer=\"");
      text.append(service.genesis->institutions[i].id).append("\"} ");
      text.append(std::to_string(static_cast<std::uint64_t>(counters[i].*member))).append("\n");
    }
  };
  per_peer("peer_connected", &net::PeerCounters::connected);
  per_peer("peer_bytes_in_total", &net::PeerCounters::bytes_in);
  per_peer("peer_bytes_out_total", &net::PeerCounters::bytes_out);
  per_peer("peer_frames_dropped_total", &net::PeerCounters::dropped);
  return text;
}

}  // namespace emr::node
