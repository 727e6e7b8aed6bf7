#include "node/health.h"

#include <algorithm>

namespace emr::node {

namespace {

/// A peer's height is heard of after the fact: two blocks are in the air all the time.
constexpr std::uint64_t kLagTolerated = 2;

std::string listed(const std::vector<PeerHealth>& peers) {
  std::string text;
  for (const PeerHealth& peer : peers) {
    if (peer.connected) continue;
    if (!text.empty()) text += ", ";
    text += peer.id;
  }
  return text;
}

}  // namespace

std::uint64_t lag_of(const HealthInput& input) {
  std::uint64_t highest = input.height;
  for (const PeerHealth& peer : input.peers) highest = std::max(highest, peer.height);
  return highest - input.height;
}

Health judge(const HealthInput& input) {
  if (!input.core_alive) return {"stuck", "the core thread does not answer; is the disk slow?"};
  const auto reached = static_cast<std::size_t>(std::count_if(
      input.peers.begin(), input.peers.end(), [](const PeerHealth& p) { return p.connected; }));
  if (reached + 1 < input.quorum) {
    const std::size_t away = input.peers.size() - reached;
    return {"no_quorum", std::to_string(reached + 1) + " of " + std::to_string(input.quorum) +
                             " needed members in reach; " + std::to_string(away) + " of " +
                             std::to_string(input.peers.size()) +
                             " peers unreachable: " + listed(input.peers)};
  }
  if (const std::uint64_t lag = lag_of(input); lag > kLagTolerated) {
    return {"catching_up", "at height " + std::to_string(input.height) + " of " +
                               std::to_string(input.height + lag)};
  }
  if (!input.view_active) return {"view_change", "to view " + std::to_string(input.view)};
  if (input.oldest_pending_ms > input.timeout_ms) {
    std::string text = "a request waits for " + std::to_string(input.oldest_pending_ms) + " ms";
    if (!input.waiting_for.empty()) text.append(", waiting for ").append(input.waiting_for);
    return {"stalled", std::move(text)};
  }
  return {};
}

HealthRecord::Entry HealthRecord::update(Health health, UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  const bool changed = health.state != last_.state;
  if (changed || since_ == 0) since_ = now;
  last_ = health;
  return {std::move(health), since_, changed};
}

}  // namespace emr::node
