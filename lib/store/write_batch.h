// What is written together: the tables of the store and a batch of changes to them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace emr::store {

/// The named databases of the environment, in the order of FORMAT.md.
enum class Table : std::uint8_t {
  kMeta,          ///< text -> bytes: format, genesis, tip, node-local settings
  kBlocks,        ///< height -> ledger::encode_block
  kReceipts,      ///< height -> receipts in block order
  kCertificates,  ///< height -> quorum certificate bytes
  kState,         ///< text key -> canonical JSON text
  kVotes,         ///< consensus key -> durable consensus record
  kSidecars,      ///< txid -> sidecar bytes
  kTxIndex,       ///< txid -> height, index
  kContent,       ///< binary CID -> sealed block bytes
  kHandles,       ///< handle -> r, CID
  kStage,         ///< a state that is being fetched, as kState; becomes it by install_stage()
  kMemlog,        ///< number of a batch, piece -> changes of it that the trees lack
};
inline constexpr std::size_t kTableCount = 12;

/// How much a batch must survive.
enum class Durability : std::uint8_t {
  kFull,       ///< everything, before apply() returns
  kRepeatable  ///< a killed process at once; a power cut may take it, whole, until sync() or the
               ///< next batch that is kFull. One flush of the disk less
};

/// Changes that become durable together, in the order in which they were made. A value type: it
/// can be applied again after a failure. Its keys and values lie in one piece of memory, because a
/// block brings thousands of them.
class WriteBatch {
 public:
  void put(Table table, ByteView key, ByteView value);
  void erase(Table table, ByteView key);
  /// Empties the stage, before everything else in the batch.
  void clear_stage() { clear_stage_ = true; }
  /// The stage becomes the state, after everything else in the batch; the old state is gone.
  void install_stage() { install_stage_ = true; }
  bool clears_stage() const noexcept { return clear_stage_; }
  bool installs_stage() const noexcept { return install_stage_; }
  bool empty() const noexcept { return changes_.empty() && !clear_stage_ && !install_stage_; }
  std::size_t size() const noexcept { return changes_.size(); }
  /// Of all keys and values.
  std::size_t bytes() const noexcept { return bytes_.size(); }
  void clear() noexcept;

  struct Change {
    Table table;
    ByteView key;
    std::optional<ByteView> value;  ///< none: erased
  };
  /// The views die with the next put(), erase() or clear().
  Change change(std::size_t index) const;

 private:
  struct Place {
    Table table = Table::kMeta;
    bool erased = false;
    std::size_t at = 0;  ///< of the key in bytes_, the value stands behind it
    std::size_t key_size = 0;
    std::size_t value_size = 0;
  };
  std::vector<Place> changes_;
  Bytes bytes_;
  bool clear_stage_ = false;
  bool install_stage_ = false;
};

}  // namespace emr::store
