// The deterministic state machine behind consensus. It knows blocks, state and contracts and no
// consensus: lib/node drives it today, another engine may tomorrow. One thread owns an Application;
// transactions come in already verified (any thread may have done that).
//
// One block is in flight: build() or validate() executes it on an overlay and remembers the
// overlay under its height and hash; commit() hands the writes out for the store to make durable
// together with the block and moves the tip; discard() forgets. The StateReader must show the
// writes from the moment commit() was called and made durable, and no earlier.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/block.h"
#include "ledger/genesis.h"
#include "ledger/recalled_state.h"
#include "ledger/receipt.h"
#include "ledger/state.h"
#include "ledger/state_tree.h"
#include "ledger/transaction.h"
#include "quorum/validator_set.h"

namespace emr::ledger {

/// What a contract may know of the block it runs in.
struct BlockContext {
  const Genesis* genesis = nullptr;
  std::uint64_t height = 0;
  UnixSeconds time = 0;
  std::uint32_t index = 0;  ///< place in the block
};

/// The contracts as the ledger sees them (implemented by lib/contracts).
class Executor {
 public:
  virtual ~Executor() = default;
  virtual const MethodTable& methods() const = 0;
  /// The state that the genesis document itself defines.
  virtual void found(Overlay& state, const Genesis& genesis) const = 0;
  /// Before the first transaction of a block (expiry of replay keys).
  virtual void begin_block(Overlay& state, const BlockContext& block) const = 0;
  /// After the last one.
  virtual void end_block(Overlay& state, const BlockContext& block) const = 0;
  /// Executes one transaction. Never fails as a call: whatever happens is the receipt, and only
  /// what belongs to the receipt's outcome is written.
  virtual Receipt execute(Overlay& state, const VerifiedTransaction& tx,
                          const BlockContext& block) const = 0;
  /// Worth proposing in this block on this state? Used at the mempool's door and when a block is
  /// built; execute() checks all of it again.
  virtual Status admit(const StateReader& state, const VerifiedTransaction& tx,
                       const BlockContext& block) const = 0;
  /// Can this software execute the block of that height on this state, by the rules that hold then?
  virtual Status runs(const StateReader& state, std::uint64_t height) const;
  /// May a block of that height hold a call of this method at all? Software that does not know the
  /// method yet could not read the block.
  virtual Status has_method(const StateReader& state, const MethodSpec& method,
                            std::uint64_t height) const;
  /// The set that decides the next height, as this state names it. Changed only by a transaction of
  /// a method with `reconfigures`, and then with the next epoch. By default the founders for ever.
  virtual quorum::ValidatorSet validators(const StateReader& state, const Genesis& genesis) const;
};

/// A block with its results, as executed.
struct Executed {
  Block block;
  Hash32 hash{};
  std::vector<VerifiedPtr> transactions;
  std::vector<std::string> receipts;  ///< canonical texts
  std::vector<StateWrite> writes;     ///< of this block, in key order
  /// At checkpoint heights: the authenticated state after this block. Whoever holds it shares its
  /// runs with the application and may only copy and read it on the application's thread.
  std::shared_ptr<const StateTree> tree;
  /// The set of the next epoch, when this block is the last of its own.
  std::optional<quorum::ValidatorSet> next_validators;
};

struct Proposal {
  std::uint64_t height = 0;
  std::uint64_t view = 0;
  UnixSeconds time = 0;
  std::uint32_t proposer = 0;
};

class Application {
 public:
  /// `genesis`, `executor` and `state` must outlive it. `state` already holds everything up to tip;
  /// it is read whole, once, for the authenticated state.
  Application(const Genesis& genesis, const Executor& executor, const StateReader& state,
              ChainTip tip);

  /// The writes of the genesis, for an empty store, and the tip they lead to.
  static std::pair<std::vector<StateWrite>, ChainTip> found(const Genesis& genesis,
                                                            const Executor& executor);

  const ChainTip& tip() const noexcept { return tip_; }
  /// Who decides the next height.
  const quorum::ValidatorSet& validators() const noexcept { return validators_; }
  const StateReader& state() const noexcept { return state_; }
  /// The authenticated state at the tip.
  const StateTree& tree() const noexcept { return tree_; }
  /// Can this software execute the next block? When it cannot, the chain goes on without it.
  Status check_software() const { return executor_->runs(state_, tip_.height + 1); }
  /// Does the header at this height hold a state root?
  bool is_checkpoint(std::uint64_t height) const noexcept;

  /// Admission at the door: kDenied/kData with a reason the client can act on.
  Status check(const VerifiedTransaction& tx, UnixSeconds now) const;

  /// Executes the candidates in order on the tip; those that do not pass admit() or do not fit are
  /// left out; a change of the validators ends the block. The proposal stays pending. A time below
  /// the tip's is lifted to it.
  std::shared_ptr<const Executed> build(const std::vector<VerifiedPtr>& candidates,
                                        const Proposal& proposal);

  /// Executes somebody else's block and demands that every field of its header follows.
  /// `transactions` are the verified entries, in order. kProtocol with a reason otherwise.
  Result<std::shared_ptr<const Executed>> validate(Block block,
                                                   const std::vector<VerifiedPtr>& transactions);

  /// The pending block with this hash becomes the tip; null when there is none such.
  std::shared_ptr<const Executed> commit(const Hash32& block);
  /// Forgets every pending block.
  void discard();

  /// After a state transfer: the store now holds the state of `tip`, and `tree` describes it.
  void restore(ChainTip tip, StateTree tree);

 private:
  /// With the entries of a block that is checked nothing is selected.
  std::shared_ptr<Executed> run(const std::vector<VerifiedPtr>& txs, const Proposal& proposal,
                                std::optional<std::vector<std::string>> entries) const;
  void finish(Executed& executed, const Proposal& proposal) const;
  Status check_form(const Block& block, const std::vector<VerifiedPtr>& txs) const;

  const Genesis* genesis_;
  const Executor* executor_;
  ChainTip tip_;
  StateTree tree_;
  RecalledState state_;
  quorum::ValidatorSet validators_;
  std::map<Hash32, std::shared_ptr<const Executed>> pending_;
};

}  // namespace emr::ledger
