// GET /metrics: Prometheus text format 0.0.4. Every family has HELP and TYPE, counters end with
// _total, units are in the names (bytes, seconds, ratio), times are Unix seconds. Labels are ids of
// members and our own words, so nothing needs escaping.
#include <cstdio>

#include "node/peer_service.h"
#include "node/service.h"

namespace emr::node {

namespace {

class Page {
 public:
  /// Begins a family; its samples follow.
  Page& family(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    text_.append("# HELP emr_").append(name).append(" ").append(help).append("\n");
    text_.append("# TYPE emr_").append(name).append(" ").append(kind).append("\n");
    return *this;
  }
  Page& sample(std::uint64_t value, std::string_view labels = "") {
    return add(std::to_string(value), labels);
  }
  Page& ratio(std::uint64_t percent) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%.2f", static_cast<double>(percent) / 100.0);
    return add(text.data(), "");
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "gauge", help).sample(value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "counter", help).sample(value);
  }
  std::string take() { return std::move(text_); }

 private:
  Page& add(std::string_view value, std::string_view labels) {
    text_.append("emr_").append(name_);
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_.append(" ").append(value).append("\n");
    return *this;
  }

  std::string text_;
  std::string name_;
};

std::string label(std::string_view name, std::string_view value) {
  return std::string(name).append("=\"").append(value).append("\"");
}

void add_health(Page& page, const Service& service, const Observation& now) {
  page.family("build_info", "gauge", "Version of the program, node and chain; always 1.")
      .sample(1, label("version", EMR_VERSION) + "," + label("node", service.id()) + "," +
                     label("chain", service.genesis->chain_id));
  page.gauge("start_time_seconds", "When the node was started, Unix time.",
             static_cast<std::uint64_t>(service.started));
  page.gauge("ready", "1 when the node makes progress.", now.verdict.health.ok() ? 1 : 0);
  page.family("state", "gauge", "1 for the state the node is in, 0 for the others.");
  for (const char* state : {"ok", "not_admitted", "not_a_member", "no_quorum", "catching_up",
                            "view_change", "stalled", "stuck"}) {
    page.sample(now.verdict.health.state == state ? 1 : 0, label("state", state));
  }
  page.gauge("state_since_timestamp_seconds", "Since when it is in that state, Unix time.",
             static_cast<std::uint64_t>(now.verdict.since));
}

void add_consensus(Page& page, const CoreStatus& core, const HealthInput& input) {
  page.gauge("height", "Height of the last committed block.", core.tip.height);
  page.gauge("lag_blocks", "Blocks that the best peer has and this node lacks.", lag_of(input));
  page.gauge("last_block_timestamp_seconds", "Block time of the last block, Unix time.",
             static_cast<std::uint64_t>(core.tip.time));
  page.gauge("epoch", "Epoch of the validator set.", core.replica.epoch);
  page.gauge("view", "Current view.", core.replica.view);
  page.gauge("view_active", "0 while a view change is under way.", core.replica.active ? 1 : 0);
  page.gauge("stable_checkpoint", "Height of the last stable checkpoint.", core.replica.stable);
  page.counter("view_changes_total", "Views left since start.", core.replica.view_changes);
  page.counter("blocks_total", "Blocks committed since start.", core.counters.blocks);
  page.counter("transactions_total", "Transactions committed since start.",
               core.counters.transactions);
  page.counter("blocks_refused_total", "Proposals refused since start.",
               core.counters.refused_blocks);
  page.counter("messages_refused_total", "Consensus messages refused since start.",
               core.counters.refused_messages);
  page.counter("evidence_total", "Proven faults of members seen since start.",
               core.counters.evidence);
  page.counter("forged_messages_total", "Messages with a wrong signature since start.",
               core.counters.forged);
}

void add_load(Page& page, const CoreStatus& core) {
  page.gauge("mempool_requests", "Requests that wait for a block.", core.mempool);
  page.gauge("mempool_bytes", "Bytes of these requests.", core.mempool_bytes);
  page.family("oldest_request_age_seconds", "gauge", "How long the oldest request has waited.")
      .ratio(core.oldest_pending_ms / 10);
  page.gauge("waiting_clients", "Transactions whose outcome a client waits for.", core.waiting);
  page.gauge("missing_sidecars", "Sidecars of committed transactions that are still to be fetched.",
             core.missing_sidecars);
}

void add_storage(Page& page, const Service& service) {
  if (const auto disk = service.store->disk_usage()) {
    page.gauge("store_bytes", "Size of the data file.", disk->store_bytes);
    page.gauge("disk_available_bytes", "Space left on its file system.", disk->available_bytes);
    page.family("disk_used_ratio", "gauge", "Used share of the file system, 0 to 1.")
        .ratio(disk->used_percent);
  }
  if (const auto map = service.store->map_usage()) {
    page.gauge("store_used_bytes", "Bytes in use within the data file.", map->used_bytes);
    page.gauge("store_free_bytes", "Bytes within the data file that will be used again.",
               map->free_bytes);
    page.gauge("store_limit_bytes", "Configured limit of the data file; 0 is none.",
               map->limit_bytes);
  }
}

void add_peers(Page& page, const Service& service, const Observation& now) {
  const auto each = [&](std::string_view name, std::string_view kind, std::string_view help,
                        auto value_of) {
    page.family(name, kind, help);
    for (const PeerHealth& peer : now.input.peers) {
      const std::size_t i = peer.place;
      const net::PeerCounters link = i < now.links.size() ? now.links[i] : net::PeerCounters{};
      page.sample(static_cast<std::uint64_t>(value_of(peer, link)), label("peer", peer.id));
    }
  };
  using Link = net::PeerCounters;
  each("peer_connected", "gauge", "1 while the link to the peer is up.",
       [](const PeerHealth&, const Link& link) { return link.connected ? 1 : 0; });
  each("peer_height", "gauge", "Height that the peer last told.",
       [](const PeerHealth& peer, const Link&) { return peer.height; });
  each("peer_last_seen_timestamp_seconds", "gauge", "When the peer was last heard, Unix time.",
       [](const PeerHealth&, const Link& link) { return link.last_seen; });
  each("peer_received_bytes_total", "counter", "Bytes of frames received from the peer.",
       [](const PeerHealth&, const Link& link) { return link.bytes_in; });
  each("peer_sent_bytes_total", "counter", "Bytes of frames sent to the peer.",
       [](const PeerHealth&, const Link& link) { return link.bytes_out; });
  each("peer_frames_dropped_total", "counter", "Frames to the peer that were dropped.",
       [](const PeerHealth&, const Link& link) { return link.dropped; });
  page.counter("connections_refused_total", "Connections of peers that were turned away.",
               service.peers->refused());
  page.counter("frames_refused_total", "Frames of peers that were dropped on arrival.",
               service.peers->dropped());
  page.counter("log_lines_suppressed_total", "Log lines that the rate limit held back.",
               service.log->suppressed());
}

}  // namespace

std::string metrics_text(const Service& service) {
  const Observation now = observe(service);
  Page page;
  add_health(page, service, now);
  add_consensus(page, *now.core, now.input);
  add_load(page, *now.core);
  add_storage(page, service);
  add_peers(page, service, now);
  return page.take();
}

}  // namespace emr::node
