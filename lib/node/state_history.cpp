// The end of a transfer (its block and the installation) and the blocks below a snapshot.
#include <algorithm>

#include "base/wire.h"
#include "node/limits.h"
#include "node/state_transfer.h"

namespace emr::node {

namespace {

/// The stage as a state to be read.
class StageReader final : public ledger::StateReader {
 public:
  explicit StageReader(const store::Snapshot& view) : view_(&view) {}
  std::optional<std::string> get(std::string_view key) const override {
    const auto raw = view_->get_raw(store::Table::kStage, as_bytes(key));
    if (!raw) return std::nullopt;
    return std::string(as_text(*raw));
  }
  std::vector<ledger::StateEntry> scan(std::string_view prefix, std::string_view after,
                                       std::size_t limit) const override {
    std::vector<ledger::StateEntry> entries;
    view_->visit(store::Table::kStage, as_bytes(std::max(prefix, after)),
                 [&](ByteView key, ByteView value) {
                   if (!as_text(key).starts_with(prefix)) return false;
                   if (as_text(key) > after || after.empty()) {
                     entries.push_back({std::string(as_text(key)), std::string(as_text(value))});
                   }
                   return entries.size() < limit;
                 });
    return entries;
  }

 private:
  const store::Snapshot* view_;
};

/// Is it the block with this hash, with the receipts it claims and a certificate of its own?
Result<ledger::Block> checked(const Engine& engine, const OldBlock& old, const Hash32& hash) {
  EMR_ASSIGN(ledger::Block block, ledger::decode_block(old.block));
  const auto wrong = [](const char* what) { return fail(Code::kProtocol, what); };
  if (ledger::block_hash(block.header) != hash) return wrong("another block");
  if (ledger::entries_root(block.entries) != block.header.tx_root) return wrong("other entries");
  if (ledger::receipts_root(old.receipts) != block.header.receipt_root) {
    return wrong("other receipts");
  }
  EMR_TRY(engine.verify_certificate(block.header, old.certificate));
  return block;
}

}  // namespace

std::optional<std::uint32_t> StateTransfer::next_peer() {
  for (std::uint32_t tried = 0; tried < env_.members; ++tried) {
    peer_cursor_ = (peer_cursor_ + 1) % env_.members;
    if (env_.connected(peer_cursor_)) return peer_cursor_;
  }
  return std::nullopt;
}

void StateTransfer::ask_for_block(Millis now_ms) {
  if (asked_ms_ != 0 && now_ms - asked_ms_ < in_ms(kHistoryPatience)) return;
  asked_ms_ = std::max<Millis>(now_ms, 1);
  history_peer_ = next_peer();
  const std::uint64_t height = target_->header.height;
  if (history_peer_) env_.send(*history_peer_, encode_frame(WantHistory{height, height}));
}

void StateTransfer::on_history(std::uint32_t peer, const History& history, Millis now_ms) {
  if (!history_peer_ || *history_peer_ != peer || history.blocks.empty()) return;
  history_peer_.reset();
  if (phase_ == Phase::kBlock) return install(history.blocks.front());
  if (phase_ != Phase::kIdle || history_.empty()) return;
  take_history(history);
  history_asked_ms_ = now_ms;
}

/// Everything is here: the whole stage must have the certified root, whatever each chunk proved.
void StateTransfer::install(const OldBlock& old) {
  const auto block = checked(*env_.engine, old, ledger::block_hash(target_->header));
  if (!block) return env_.log->warning("snapshot", "a peer sent another block than was asked for");
  const auto view = env_.store->snapshot();
  const StageReader stage(*view);
  ledger::StateTree tree = ledger::StateTree::of(stage);
  if (tree.root() != target_->header.state_root) {
    env_.log->error("snapshot", "the fetched state does not have the certified root");
    return give_up();
  }
  const std::uint64_t below = env_.engine->tip().height + 1;
  const std::uint64_t height = target_->header.height;
  if (below < height) history_.push_back({below, height - 1});
  store::WriteBatch batch;
  batch.erase(store::Table::kMeta, as_bytes("snapshot"));
  save_history(batch);
  phase_ = Phase::kIdle;
  target_.reset();
  env_.engine->install_snapshot(*block, old, std::move(tree), stage, std::move(batch));
  env_.log->info("snapshot", "the state at height " + std::to_string(height) + " is installed");
}

// --- the blocks below ----------------------------------------------------------------------------

std::uint64_t StateTransfer::missing_blocks() const {
  std::uint64_t count = 0;
  for (const Range& range : history_) count += range.highest - range.lowest + 1;
  return count;
}

void StateTransfer::save_history(store::WriteBatch& batch) const {
  if (history_.empty()) return batch.erase(store::Table::kMeta, as_bytes("history"));
  WireWriter record;
  for (const Range& range : history_) record.u64(range.lowest).u64(range.highest);
  batch.put(store::Table::kMeta, as_bytes("history"), std::move(record).take());
}

void StateTransfer::ask_for_history(Millis now_ms) {
  const Millis pause = in_ms(history_peer_ ? kHistoryPatience : kHistoryInterval);
  if (now_ms - history_asked_ms_ < pause) return;
  history_asked_ms_ = now_ms;
  history_peer_ = next_peer();
  if (!history_peer_) return;
  const Range& range = history_.back();
  env_.send(*history_peer_, encode_frame(WantHistory{range.highest, range.lowest}));
}

void StateTransfer::take_history(const History& history) {
  store::WriteBatch batch;
  Range& range = history_.back();
  bool any = false;
  for (const OldBlock& old : history.blocks) {
    if (range.highest < range.lowest || !take_old_block(old, range, batch)) break;
    any = true;
  }
  if (!any) return env_.log->warning("snapshot", "a peer sent an old block that does not link");
  if (range.highest < range.lowest) history_.pop_back();
  save_history(batch);
  if (const Status durable = env_.store->apply(batch); !durable) {
    return env_.engine->fail_transfer(durable.error());
  }
  if (history_.empty()) env_.log->info("snapshot", "the history is complete");
}

/// The block at the top of the range; its hash is the one that the block above it names.
bool StateTransfer::take_old_block(const OldBlock& old, Range& range, store::WriteBatch& batch) {
  const std::uint64_t height = range.highest;
  const auto above = [&]() -> std::optional<Bytes> {
    const Bytes key = store::height_key(height + 1);
    for (std::size_t i = 0; i < batch.size(); ++i) {  // written by this very batch?
      const auto change = batch.change(i);
      if (change.table != store::Table::kBlocks || !std::ranges::equal(change.key, key)) continue;
      return to_bytes(*change.value);
    }
    return env_.store->current().block(height + 1);
  }();
  if (!above) return false;
  const auto upper = ledger::decode_block(*above);
  if (!upper) return false;
  const auto block = checked(*env_.engine, old, upper->header.previous);
  if (!block || block->header.height != height) return false;
  env_.engine->put_old_block(batch, *block, old);
  --range.highest;
  return true;
}

}  // namespace emr::node
