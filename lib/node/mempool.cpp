#include "node/mempool.h"

#include "base/check.h"

namespace emr::node {

std::size_t Mempool::cost(const PendingRequest& request) {
  // Core and entry text, the parsed arguments (about as much again), the sidecar, the nodes here.
  return 3 * request.tx->entry().size() + request.sidecar.size() + 512;
}

bool Mempool::has_room(const PendingRequest& request, std::size_t size) const {
  if (by_arrival_.size() >= limits_.count || bytes_ + size > limits_.bytes) return false;
  const auto sender = by_sender_.find(request.tx->core().from);
  if (sender != by_sender_.end() && sender->second >= limits_.per_sender) return false;
  if (request.from_client) return true;
  const auto peer = by_peer_.find(request.peer);
  const Usage used = peer == by_peer_.end() ? Usage{} : peer->second;
  return used.count < mempool_share(limits_.count, faulty_max_) &&
         used.bytes + size <= mempool_share(limits_.bytes, faulty_max_);
}

Admission Mempool::add(PendingRequest request) {
  if (by_txid_.contains(request.tx->txid())) return Admission::kKnown;
  const std::size_t size = cost(request);
  if (!has_room(request, size)) return Admission::kBusy;
  if (!request.from_client) {
    Usage& used = by_peer_[request.peer];
    ++used.count;
    used.bytes += size;
  }
  ++by_sender_[request.tx->core().from];
  const std::uint64_t number = next_++;
  auto owned = std::make_unique<PendingRequest>(std::move(request));
  by_txid_.emplace(owned->tx->txid(), number);
  by_entry_.emplace(owned->tx->entry(), number);
  by_arrival_.emplace(number, std::move(owned));
  bytes_ += size;
  return Admission::kAdded;
}

void Mempool::remove(const Hash32& txid) {
  const auto known = by_txid_.find(txid);
  if (known == by_txid_.end()) return;
  const auto place = by_arrival_.find(known->second);
  EMR_CHECK(place != by_arrival_.end());
  const PendingRequest& request = *place->second;
  bytes_ -= cost(request);
  const auto sender = by_sender_.find(request.tx->core().from);
  EMR_CHECK(sender != by_sender_.end() && sender->second > 0);
  if (--sender->second == 0) by_sender_.erase(sender);
  if (!request.from_client) {
    Usage& used = by_peer_.at(request.peer);
    used.bytes -= cost(request);
    if (--used.count == 0) by_peer_.erase(request.peer);
  }
  by_entry_.erase(request.tx->entry());
  by_txid_.erase(known);
  by_arrival_.erase(place);
}

PendingRequest* Mempool::find(const Hash32& txid) {
  const auto known = by_txid_.find(txid);
  return known == by_txid_.end() ? nullptr : by_arrival_.at(known->second).get();
}

const PendingRequest* Mempool::find_entry(std::string_view entry) const {
  const auto known = by_entry_.find(entry);
  return known == by_entry_.end() ? nullptr : by_arrival_.at(known->second).get();
}

std::vector<ledger::VerifiedPtr> Mempool::oldest(std::size_t limit) const {
  std::vector<ledger::VerifiedPtr> transactions;
  for (const auto& [number, request] : by_arrival_) {
    if (transactions.size() == limit) break;
    transactions.push_back(request->tx);
  }
  return transactions;
}

void Mempool::visit(const std::function<bool(PendingRequest&)>& visit) {
  for (auto& [number, request] : by_arrival_) {
    if (!visit(*request)) return;
  }
}

std::optional<Millis> Mempool::oldest_ms() const {
  if (by_arrival_.empty()) return std::nullopt;
  return by_arrival_.begin()->second->arrived_ms;
}

}  // namespace emr::node
