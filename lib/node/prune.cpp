#include "node/prune.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "consensus/durable.h"
#include "contracts/access.h"
#include "node/limits.h"
#include "store/damage.h"

namespace emr::node {

namespace {

/// Height of the last stable checkpoint that this node has stored.
std::uint64_t stable_height(const store::Snapshot& view) {
  const auto slot = static_cast<std::uint8_t>(consensus::Slot::kStable);
  const auto raw = view.get_raw(store::Table::kVotes, ByteView(&slot, 1));
  if (!raw) return 0;
  const auto records = consensus::decode_records({{slot, to_bytes(*raw)}});
  return records && records->stable ? records->stable->vote.seq : 0;
}

/// Is this the transaction that holds the newest version of its record? What we do not understand
/// counts as newest: it is kept.
bool is_newest(const store::Snapshot& view, const ledger::Transaction& tx) {
  if (tx.core.contract != "records") return true;
  const auto record = tx.core.args->find("record");
  if (record == tx.core.args->end() || !record->is_string()) return true;
  const auto tag = hash_from_hex(record->get_ref<const std::string&>());
  if (!tag) return true;
  const auto newest = contracts::find_record_version(view, *tag, 0);
  // An attempt that failed made no version; its sidecar serves nobody.
  return !newest ? newest.error().reason != "not_found" : newest->txid == tx.txid;
}

struct Candidate {
  Hash32 txid;
  std::uint64_t bytes;
};

class Pruning {
 public:
  Pruning(store::Store& store, const ledger::MethodTable& methods, const PruneRule& rule)
      : store_(store), methods_(methods), rule_(rule), view_(store.snapshot()) {
    report_.stable = stable_height(*view_);
  }

  Status look_at_all() {
    EMR_ASSIGN(const auto tip, view_->tip());
    for (std::uint64_t height = 1; tip && height <= tip->height; ++height) {
      EMR_TRY(look_at(height));
    }
    return {};
  }

  Status erase() {
    view_.reset();  // LMDB reuses no page that a reader may still see
    for (std::size_t done = 0; done < candidates_.size();) {
      store::WriteBatch batch;
      for (; done < candidates_.size() && batch.size() < kPruneBatch; ++done) {
        batch.erase(store::Table::kSidecars, candidates_[done].txid);
        batch.put(store::Table::kMeta, as_bytes(pruned_key(candidates_[done].txid)),
                  ByteView(as_bytes("1")));
      }
      EMR_TRY(store_.apply(batch));
    }
    return {};
  }

  const PruneReport& report() const noexcept { return report_; }

 private:
  Status look_at(std::uint64_t height) {
    const auto bytes = view_->block(height);
    const auto block = bytes ? ledger::decode_block(*bytes)
                             : Result<ledger::Block>(fail(Code::kIo, "a block is missing"));
    if (!block) {
      return store::damaged("block " + std::to_string(height) + " cannot be read");
    }
    const bool old = height <= report_.stable && height < rule_.below_height &&
                     block->header.time < rule_.before;
    for (const std::string& entry : block->entries) {
      EMR_ASSIGN(const ledger::Transaction tx, ledger::parse_entry(entry, methods_));
      const auto sidecar = view_->get_raw(store::Table::kSidecars, tx.txid);
      if (!sidecar) continue;
      if (!old) {
        ++report_.kept_recent;
      } else if (is_newest(*view_, tx)) {
        ++report_.kept_newest;
      } else {
        ++report_.pruned;
        report_.pruned_bytes += sidecar->size();
        candidates_.push_back({tx.txid, sidecar->size()});
      }
    }
    return {};
  }

  store::Store& store_;
  const ledger::MethodTable& methods_;
  PruneRule rule_;
  std::unique_ptr<store::Snapshot> view_;
  std::vector<Candidate> candidates_;
  PruneReport report_;
};

}  // namespace

std::string pruned_key(const Hash32& txid) { return "pruned-sidecar/" + to_hex(txid); }

Result<PruneReport> prune_sidecars(store::Store& store, const ledger::MethodTable& methods,
                                   const PruneRule& rule, bool dry_run) {
  Pruning pruning(store, methods, rule);
  EMR_TRY(pruning.look_at_all());
  if (!dry_run) EMR_TRY(pruning.erase());
  return pruning.report();
}

}  // namespace emr::node
