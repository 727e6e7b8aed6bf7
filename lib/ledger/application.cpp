#include "ledger/application.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/limits.h"

namespace emr::ledger {

namespace {

Error protocol(std::string message, std::string reason) {
  return fail(Code::kProtocol, std::move(message)).with_reason(std::move(reason));
}

/// The first field in which a proposed header differs from the executed one.
std::string_view first_difference(const BlockHeader& got, const BlockHeader& want) {
  if (got.genesis != want.genesis) return "genesis";
  if (got.epoch != want.epoch) return "epoch";
  if (got.previous != want.previous) return "previous";
  if (got.tx_root != want.tx_root) return "tx_root";
  if (got.receipt_root != want.receipt_root) return "receipt_root";
  if (got.writes_hash != want.writes_hash) return "writes_hash";
  if (got.suite != want.suite) return "suite";
  if (got.next_validators != want.next_validators) return "next_validators";
  if (got.state_root != want.state_root) return "state_root";
  return "header";
}

Proposal proposal_of(const BlockHeader& header) {
  return {header.height, header.first_view, header.time, header.proposer};
}

}  // namespace

quorum::ValidatorSet Executor::validators(const StateReader&, const Genesis& genesis) const {
  return genesis_validators(genesis);
}

Status Executor::runs(const StateReader&, std::uint64_t) const { return {}; }
Status Executor::has_method(const StateReader&, const MethodSpec&, std::uint64_t) const {
  return {};
}

Application::Application(const Genesis& genesis, const Executor& executor,
                         const StateReader& state, ChainTip tip)
    : genesis_(&genesis),
      executor_(&executor),
      tip_(tip),
      tree_(StateTree::of(state)),
      state_(state, tree_),
      validators_(executor.validators(state, genesis)) {}

std::pair<std::vector<StateWrite>, ChainTip> Application::found(const Genesis& genesis,
                                                                const Executor& executor) {
  const MapState empty;
  Overlay overlay(&empty);
  executor.found(overlay, genesis);
  std::vector<StateWrite> writes = overlay.writes();
  const Hash32 hash = chain_writes(genesis.hash, writes);
  return {std::move(writes), genesis_tip(genesis, hash)};
}

Status Application::check(const VerifiedTransaction& tx, UnixSeconds now) const {
  return executor_->admit(state_, tx,
                          {genesis_, tip_.height + 1, std::max(now, tip_.time), 0});
}

std::shared_ptr<const Executed> Application::build(const std::vector<VerifiedPtr>& candidates,
                                                   const Proposal& proposal) {
  EMR_CHECK(proposal.height == tip_.height + 1);
  Proposal adjusted = proposal;
  adjusted.time = std::max(adjusted.time, tip_.time);
  const std::shared_ptr<const Executed> executed = run(candidates, adjusted, std::nullopt);
  pending_.insert_or_assign(executed->hash, executed);
  return executed;
}

Status Application::check_form(const Block& block, const std::vector<VerifiedPtr>& txs) const {
  const BlockHeader& header = block.header;
  if (header.height != tip_.height + 1) return protocol("block is not the next one", "height");
  if (header.time < tip_.time) return protocol("block is older than its parent", "time");
  if (header.proposer >= validators_.size()) {
    return protocol("proposer is no validator", "proposer");
  }
  if (block.entries.size() > genesis_->pbft.batch_max) {
    return protocol("block has more entries than the genesis allows", "batch_max");
  }
  if (txs.size() != block.entries.size()) {
    return protocol("block and verified transactions differ", "entries");
  }
  for (std::size_t i = 0; i < txs.size(); ++i) {
    if (txs[i]->entry() != block.entries[i]) {
      return protocol("block and verified transactions differ", "entries");
    }
    EMR_TRY(executor_->has_method(state_, txs[i]->method(), header.height));
  }
  return executor_->runs(state_, header.height);
}

Result<std::shared_ptr<const Executed>> Application::validate(
    Block block, const std::vector<VerifiedPtr>& transactions) {
  const auto known = pending_.find(block_hash(block.header));
  if (known != pending_.end() && known->second->block.entries == block.entries) {
    return known->second;
  }
  EMR_TRY(check_form(block, transactions));
  const std::shared_ptr<const Executed> executed =
      run(transactions, proposal_of(block.header), std::move(block.entries));
  if (executed->transactions.size() != transactions.size()) {
    return protocol("block goes on behind a change of the validators", "not_last");
  }
  if (executed->block.header != block.header) {
    return protocol("executing the block does not lead to its header",
                    std::string(first_difference(block.header, executed->block.header)));
  }
  pending_.insert_or_assign(executed->hash, executed);
  return executed;
}

std::shared_ptr<const Executed> Application::commit(const Hash32& block) {
  const auto found = pending_.find(block);
  if (found == pending_.end()) return nullptr;
  std::shared_ptr<const Executed> executed = std::move(found->second);
  if (executed->next_validators) validators_ = *executed->next_validators;
  const BlockHeader& header = executed->block.header;
  tip_ = {header.height, executed->hash, header.writes_hash, header.time};
  if (executed->tree) {
    tree_ = *executed->tree;  // shares the runs
  } else {
    tree_.apply(executed->writes);
  }
  state_.applied(executed->writes, tree_);
  pending_.clear();
  return executed;
}

bool Application::is_checkpoint(std::uint64_t height) const noexcept {
  return height > 0 && height % genesis_->pbft.checkpoint_interval == 0;
}

void Application::discard() { pending_.clear(); }

void Application::restore(ChainTip tip, StateTree tree) {
  pending_.clear();
  tip_ = tip;
  tree_ = std::move(tree);
  state_.replaced(tree_);
  validators_ = executor_->validators(state_, *genesis_);
}

std::shared_ptr<Executed> Application::run(const std::vector<VerifiedPtr>& txs,
                                           const Proposal& proposal,
                                           std::optional<std::vector<std::string>> entries) const {
  auto executed = std::make_shared<Executed>();
  const bool select = !entries;
  if (entries) executed->block.entries = *std::move(entries);
  Overlay overlay(&state_);
  BlockContext context{genesis_, proposal.height, proposal.time, 0};
  executor_->begin_block(overlay, context);
  std::size_t bytes = 0;
  for (const VerifiedPtr& tx : txs) {
    bytes += tx->entry().size() + sizeof(std::uint32_t);
    if (select) {
      const bool full = executed->transactions.size() == genesis_->pbft.batch_max ||
                        bytes + kHeaderRoom > kBlockBytesMax;
      if (full) break;
      if (!executor_->admit(overlay, *tx, context)) continue;
    }
    executed->receipts.push_back(encode_receipt(executor_->execute(overlay, *tx, context)));
    if (select) executed->block.entries.push_back(tx->entry());
    executed->transactions.push_back(tx);
    ++context.index;
    if (!tx->method().reconfigures) continue;
    const quorum::ValidatorSet next = executor_->validators(overlay, *genesis_);
    if (next.epoch() == validators_.epoch()) continue;
    // Nothing may be decided by the old set on top of a state that names the new one.
    executed->next_validators = next;
    break;
  }
  executor_->end_block(overlay, context);
  executed->writes = overlay.take_writes();
  finish(*executed, proposal);
  return executed;
}

void Application::finish(Executed& executed, const Proposal& proposal) const {
  BlockHeader& header = executed.block.header;
  header.genesis = genesis_->hash;
  header.epoch = validators_.epoch();
  header.height = proposal.height;
  header.first_view = proposal.view;
  header.previous = tip_.hash;
  header.tx_root = entries_root(executed.block.entries);
  header.receipt_root = receipts_root(executed.receipts);
  header.writes_hash = chain_writes(tip_.writes_hash, executed.writes);
  header.time = proposal.time;
  header.proposer = proposal.proposer;
  header.suite = genesis_->suite;
  header.next_validators =
      executed.next_validators ? executed.next_validators->hash() : validators_.hash();
  if (is_checkpoint(proposal.height)) {
    auto tree = std::make_shared<StateTree>(tree_);
    tree->apply(executed.writes);
    header.state_root = tree->root();
    executed.tree = std::move(tree);
  }
  executed.hash = block_hash(header);
}

}  // namespace emr::ledger
