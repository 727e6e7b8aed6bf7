// The engine's work on blocks: building, checking, committing.
#include <algorithm>
#include <unordered_set>

#include "base/hex.h"
#include "contracts/membership.h"
#include "contracts/versions.h"
#include "ledger/epochs.h"
#include "ledger/limits.h"
#include "node/engine.h"
#include "node/limits.h"

namespace emr::node {

namespace {

constexpr std::string_view kMissingPrefix = "missing-sidecar/";
/// A sweep ends at so many requests that are refused, or that are well: those behind them get their
/// turn when they are the oldest, and admission costs a few state reads each.
constexpr std::size_t kSweepRefusedMax = 2'000;
constexpr std::size_t kSweepWellMax = 128;

std::string missing_key(const Hash32& txid) { return std::string(kMissingPrefix) + to_hex(txid); }

}  // namespace

void Engine::build() {
  const consensus::BuildBlock order = *std::exchange(build_, std::nullopt);
  build_due_.reset();
  if (order.seq != application_.tip().height + 1 || !self_) return;
  const ledger::Proposal proposal{order.seq, order.view, std::max(now_, application_.tip().time),
                                  *self_};
  while (pool_->size() > 0) {
    const auto candidates = pool_->oldest(genesis_->pbft.batch_max);
    const auto executed = application_.build(candidates, proposal);
    drop_unbuildable(candidates, *executed);
    if (executed->transactions.empty()) {
      application_.discard();
      continue;  // every candidate was refused and dropped, so the pool shrinks each round
    }
    keep_sidecars(executed->transactions);
    last_block_size_ = executed->transactions.size();
    auto bytes = std::make_shared<const Bytes>(ledger::encode_block(executed->block));
    return step(consensus::Built{order.view, order.seq, std::move(bytes)});
  }
  build_ = order;  // nothing to propose after all: the next request completes the order
  build_due_.reset();
}

/// What build() left out either did not fit (it stays) or is not admitted (its sender is told).
void Engine::drop_unbuildable(const std::vector<ledger::VerifiedPtr>& candidates,
                              const ledger::Executed& executed) {
  std::unordered_set<const ledger::VerifiedTransaction*> taken;
  for (const auto& tx : executed.transactions) taken.insert(tx.get());
  for (const auto& tx : candidates) {
    if (taken.contains(tx.get())) continue;
    Status admitted = application_.check(*tx, now_);
    if (admitted && !executed.transactions.empty()) continue;
    const Error why = admitted ? fail(Code::kNegative, "the request conflicts with another one")
                                     .with_reason("conflict")
                               : admitted.error();
    pool_->remove(tx->txid());
    host_->on_refused(tx, why);
  }
}

/// Requests that time or another transaction has made impossible must not count as pending: no
/// primary would ever propose them, and an honest one would be suspected for it.
void Engine::sweep() {
  swept_ms_ = now_ms_;
  std::vector<std::pair<ledger::VerifiedPtr, Error>> refused;
  std::size_t well = 0;
  pool_->visit([&](PendingRequest& request) {
    const Millis age_ms = now_ms_ - std::min(now_ms_, request.arrived_ms);
    if (age_ms < static_cast<Millis>(kMempoolSweepInterval.count())) return false;
    Status admitted = application_.check(*request.tx, now_);
    if (admitted) return ++well < kSweepWellMax;
    refused.emplace_back(request.tx, std::move(admitted).error());
    return refused.size() < kSweepRefusedMax;
  });
  for (const auto& [tx, why] : refused) {
    pool_->remove(tx->txid());
    host_->on_refused(tx, why);
  }
  if (!refused.empty()) requests_changed();
}

void Engine::act(const consensus::ValidateBlock& action) {
  checking_.reset();
  auto prepared = prepare_check(action);
  if (!prepared) {
    ++counters_.refused_blocks;
    log_->warning("block", "refused at height " + std::to_string(action.seq) + ": " +
                               prepared.error().message);
    return step(consensus::Validated{action.seq, action.digest, false, action.origin});
  }
  checking_ = *std::move(prepared);
  if (checking_->missing.empty()) return finish_check();
  asked_sidecars_ms_ = now_ms_;
  next_asked_ = checking_->block.header.proposer;
  host_->want_sidecars({checking_->missing.begin(), checking_->missing.end()}, next_asked_);
}

Result<Engine::Checking> Engine::prepare_check(const consensus::ValidateBlock& action) const {
  Checking checking;
  checking.action = action;
  EMR_ASSIGN(checking.block, ledger::decode_block(*action.block));
  if (action.origin == consensus::Origin::kProposed) {
    EMR_TRY(check_time(checking.block.header));
    // Blocks of nothing would be progress in the eyes of every timer, and serve nobody.
    if (checking.block.entries.empty()) {
      return fail(Code::kProtocol, "the proposal has no transaction").with_reason("empty");
    }
  }
  EMR_ASSIGN(checking.transactions, verified(checking.block.entries));
  // What a quorum has committed is followed even without its erasable half, which is repaired
  // later: it may be gone for good.
  if (action.origin == consensus::Origin::kCertified) return checking;
  for (const ledger::VerifiedPtr& tx : checking.transactions) {
    if (!holds_sidecar(*tx)) checking.missing.insert(tx->txid());
  }
  return checking;
}

Status Engine::check_time(const ledger::BlockHeader& header) const {
  const bool ahead = header.time > now_ + kBlockTimeSkewSeconds;
  const bool behind = header.time < now_ - kBlockTimeSkewSeconds;
  if ((ahead || behind) && header.time != application_.tip().time) {
    return fail(Code::kProtocol, "the proposal's time is too far from our clock")
        .with_reason("clock_skew");
  }
  return {};
}

/// From the mempool where the very bytes are known; the others are checked now.
Result<std::vector<ledger::VerifiedPtr>> Engine::verified(
    const std::vector<std::string>& entries) const {
  std::vector<ledger::VerifiedPtr> all;
  std::vector<ledger::Transaction> unknown;
  std::vector<std::size_t> places;  // of the unknown ones
  for (const std::string& entry : entries) {
    const PendingRequest* const known = pool_->find_entry(entry);
    all.push_back(known != nullptr ? known->tx : nullptr);
    if (known != nullptr) continue;
    EMR_ASSIGN(auto tx, ledger::parse_entry(entry, executor_->methods()));
    places.push_back(all.size() - 1);
    unknown.push_back(std::move(tx));
  }
  auto checked = ledger::verify_transactions(std::move(unknown), chain_);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EMR_ASSIGN(all[places[i]], std::move(checked[i]));
  }
  return all;
}

bool Engine::holds_sidecar(const ledger::VerifiedTransaction& tx) const {
  if (tx.core().payload.empty()) return true;
  if (pool_->find(tx.txid()) != nullptr) return true;
  return store_->current().contains(store::Table::kSidecars, tx.txid());
}

std::string Engine::sidecar_of(const Hash32& txid) const {
  if (const auto found = arrived_.find(txid); found != arrived_.end()) return found->second;
  if (const PendingRequest* known = pool_->find(txid)) return known->sidecar;
  return {};  // already in the store
}

void Engine::keep_sidecars(const std::vector<ledger::VerifiedPtr>& transactions) {
  for (const auto& tx : transactions) {
    if (tx->core().payload.empty() || !kept_.insert(tx->txid()).second) continue;
    const std::string sidecar = sidecar_of(tx->txid());
    if (!sidecar.empty()) store::put_sidecar(batch_, tx->txid(), sidecar);
  }
}

void Engine::sidecar_arrived(const Hash32& txid, std::string sidecar) {
  if (!checking_ || !checking_->missing.contains(txid)) return;
  for (const auto& tx : checking_->transactions) {
    if (tx->txid() != txid) continue;
    const auto parsed = ledger::parse_sidecar(sidecar);
    if (!parsed || !ledger::check_sidecar(tx->core(), *parsed)) {
      return log_->warning("peer", "a peer sent a sidecar that does not match its commitments");
    }
    arrived_[txid] = std::move(sidecar);
    checking_->missing.erase(txid);
    if (checking_->missing.empty()) finish_check();
    return;
  }
}

void Engine::finish_check() {
  const auto executed = application_.validate(std::move(checking_->block), checking_->transactions);
  if (!executed) {
    ++counters_.refused_blocks;
    log_->warning("block", "refused at height " + std::to_string(checking_->action.seq) + ": " +
                               executed.error().message + " (" + executed.error().reason + ")");
    return answer_check(false);
  }
  keep_sidecars(checking_->transactions);
  last_block_size_ = checking_->transactions.size();
  answer_check(true);
}

void Engine::answer_check(bool ok) {
  const Checking done = *std::exchange(checking_, std::nullopt);
  arrived_.clear();
  step(consensus::Validated{done.action.seq, done.action.digest, ok, done.action.origin});
}

/// Adds the block with everything it leads to to the batch. The overlay was made by build() or
/// validate(); after a restart or a dropped overlay the block is executed again.
bool Engine::add_commit(const consensus::CommitBlock& commit) {
  auto executed = application_.commit(commit.digest);
  if (!executed) {
    auto again =
        prepare_check({0, commit.seq, commit.digest, commit.block, consensus::Origin::kCertified});
    if (again) {
      auto result = application_.validate(std::move(again->block), again->transactions);
      if (result) executed = application_.commit(commit.digest);
    }
  }
  if (!executed) {
    stop(fail(Code::kInternal, "a certified block does not execute here").with_reason("diverged"));
    return false;
  }
  std::vector<Hash32> txids;
  for (const auto& tx : executed->transactions) txids.push_back(tx->txid());
  const Bytes certificate = quorum::encode(commit.certificate);
  store::put_committed(batch_, {application_.tip(), *commit.block, certificate, executed->receipts,
                                txids, executed->writes});
  if (executed->next_validators) {
    store::put_epoch_link(batch_, ledger::make_link(executed->block.header, certificate,
                                                    *executed->next_validators));
  }
  const bool about_members =
      std::any_of(executed->writes.begin(), executed->writes.end(), [](const auto& write) {
        return contracts::is_membership_key(write.key);
      });
  if (about_members) settled_ = executed;
  tell_versions(*executed);
  note_missing(*executed);
  kept_.clear();
  for (const Hash32& txid : txids) {
    const PendingRequest* request = pool_->find(txid);
    if (request != nullptr) {
      newest_committed_ms_ = std::max(newest_committed_ms_, request->arrived_ms);
    }
    pool_->remove(txid);
  }
  ++counters_.blocks;
  counters_.transactions += txids.size();
  committed_ = std::move(executed);
  return true;
}

/// Those who run the node hear of an upgrade while there is time for it.
void Engine::tell_versions(const ledger::Executed& executed) {
  for (const ledger::StateWrite& write : executed.writes) {
    if (!write.value || !contracts::is_version_key(write.key)) continue;
    log_->warning("contracts", "decided: " + *write.value);
  }
}

/// Remembers durably which sidecars are still to be fetched, and keeps those that wait in the
/// mempool (a certified block was not voted on here, so nothing has stored them yet).
void Engine::note_missing(const ledger::Executed& executed) {
  keep_sidecars(executed.transactions);
  for (const auto& tx : executed.transactions) {
    if (holds_sidecar(*tx)) continue;
    note_missing(batch_, tx->txid());
  }
}

void Engine::note_missing(store::WriteBatch& batch, const Hash32& txid) {
  missing_.insert(txid);
  batch.put(store::Table::kMeta, as_bytes(missing_key(txid)), ByteView(as_bytes("1")));
}

void Engine::restore_sidecar(const Hash32& txid, const std::string& sidecar) {
  if (!missing_.contains(txid) || stopped_) return;
  const store::Snapshot& view = store_->current();
  const auto position = view.position(txid);
  if (!position || !*position) return;
  const auto bytes = view.block((*position)->height);
  if (!bytes) return;
  const auto block = ledger::decode_block(*bytes);
  if (!block || (*position)->index >= block->entries.size()) return;
  const auto tx = ledger::parse_entry(block->entries[(*position)->index], executor_->methods());
  const auto parsed = ledger::parse_sidecar(sidecar);
  if (!tx || !parsed || !ledger::check_sidecar(tx->core, *parsed)) {
    return log_->warning("peer", "a peer sent a sidecar that does not match its commitments");
  }
  store::put_sidecar(batch_, txid, sidecar);
  batch_.erase(store::Table::kMeta, as_bytes(missing_key(txid)));
  missing_.erase(txid);  // durable with the next vote or commit; asked for again otherwise
}

}  // namespace emr::node
