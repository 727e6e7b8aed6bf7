// The application of the simulated ledger: which request was executed at which height. It has what
// consensus needs of a real one: blocks that claim their results and their time, execution on a
// discardable overlay, exactly once with a receipt, a canonical dump whose root the blocks carry.
// A request number below `issued` stands for a request that a client has really signed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "consensus/effects.h"
#include "consensus/types.h"

namespace emr::sim {

using RequestId = std::uint64_t;

/// How far a proposal's time may lie from a member's clock, milliseconds.
inline constexpr std::uint64_t kToySkewMs = 1'000;

struct ToyBlock {
  consensus::Epoch epoch = 0;
  consensus::Seq seq = 0;
  consensus::View view = 0;
  consensus::NodeIndex proposer = 0;
  std::uint64_t time_ms = 0;  ///< proposed by the primary, never falling
  Hash32 previous{};
  Hash32 state{};  ///< claimed root after executing the requests on top of `previous`
  std::vector<RequestId> requests;
};

Bytes encode(const ToyBlock& block);
Result<ToyBlock> decode_toy_block(ByteView bytes);
Hash32 toy_digest(ByteView bytes);
/// The root after executing `requests` at height `seq` on a state with the root `state`: a sum over
/// all (request, height), so that it can be recomputed from a dump.
Hash32 next_state(const Hash32& state, consensus::Seq seq, const std::vector<RequestId>& requests);

class ToyReader final : public consensus::BlockReader {
 public:
  Result<consensus::BlockHead> read(ByteView block) const override;
};

class ToyApp {
 public:
  explicit ToyApp(const std::uint64_t& issued) : issued_(&issued) {}

  /// Fills in time and state and encodes; the overlay now holds the results.
  Bytes build(ToyBlock block, std::uint64_t wall_ms);
  /// Executes on the overlay; false when the block is not exactly what execution gives, or when it
  /// is a fresh proposal of another time.
  bool validate(ByteView block, consensus::Origin origin, std::uint64_t wall_ms);
  /// The overlay must hold the block of this digest.
  void commit(const Hash32& digest);
  void discard() { overlay_.reset(); }

  /// The height at which a request was executed; 0 = it was not.
  consensus::Seq receipt(RequestId id) const { return id < applied_.size() ? applied_[id] : 0; }
  bool is_applied(RequestId id) const { return receipt(id) != 0; }
  const Hash32& state() const { return state_; }

  /// The whole state in its one canonical form.
  Bytes dump() const;
  /// Takes the place of everything; false (and nothing is changed) unless the dump has this root.
  bool restore(ByteView dump, const Hash32& root);
  /// Bit rot in the state.
  void damage() { state_[3] ^= 1; }

 private:
  struct Overlay {
    Hash32 digest{};
    ToyBlock block;
  };

  const std::uint64_t* issued_;
  Hash32 state_{};
  std::uint64_t time_ms_ = 0;
  std::vector<std::uint32_t> applied_;
  std::optional<Overlay> overlay_;
};

}  // namespace emr::sim
