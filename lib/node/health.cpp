#include "node/health.h"

#include <algorithm>
#include <functional>

namespace emr::node {

namespace {

/// A peer's height is heard of after the fact: two blocks are in the air all the time.
constexpr std::uint64_t kLagTolerated = 2;

std::string listed(const std::vector<PeerHealth>& peers) {
  std::string text;
  for (const PeerHealth& peer : peers) {
    if (peer.connected || !peer.votes) continue;
    if (!text.empty()) text += ", ";
    text += peer.id;
  }
  return text;
}

}  // namespace

std::uint64_t lag_of(const HealthInput& input) {
  std::vector<std::uint64_t> claims;
  for (const PeerHealth& peer : input.peers) {
    if (peer.votes) claims.push_back(peer.height);
  }
  if (claims.empty()) return 0;
  // f members may claim any height: the next highest claim is at most what an honest one has.
  const std::size_t liars = (claims.size() + (input.votes ? 1 : 0) - 1) / 3;
  std::sort(claims.begin(), claims.end(), std::greater<>());
  return std::max(claims[liars], input.height) - input.height;
}

Health judge(const HealthInput& input) {
  if (!input.core_alive) return {"stuck", "the core thread does not answer; is the disk slow?"};
  if (!input.is_member && input.height == 0) {
    return {"not_admitted", "the consortium has not admitted this node, or is not reached yet"};
  }
  if (!input.is_member) return {"not_a_member", "this institution is no member"};
  const auto count = [&](auto matches) {
    return static_cast<std::size_t>(
        std::count_if(input.peers.begin(), input.peers.end(), matches));
  };
  const std::size_t others = count([](const PeerHealth& p) { return p.votes; });
  const std::size_t reached = count([](const PeerHealth& p) { return p.votes && p.connected; });
  const std::size_t in_reach = reached + (input.votes ? 1 : 0);
  const std::size_t needed = input.votes ? input.quorum : 1;
  if (in_reach < needed) {
    return {"no_quorum", std::to_string(in_reach) + " of " + std::to_string(needed) +
                             " needed members in reach; " + std::to_string(others - reached) +
                             " of " + std::to_string(others) +
                             " peers unreachable: " + listed(input.peers)};
  }
  if (const std::uint64_t lag = lag_of(input); lag > kLagTolerated) {
    return {"catching_up", "at height " + std::to_string(input.height) + " of " +
                               std::to_string(input.height + lag)};
  }
  if (!input.view_active) return {"view_change", "to view " + std::to_string(input.view)};
  if (input.votes && input.oldest_pending_ms > input.timeout_ms) {
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
