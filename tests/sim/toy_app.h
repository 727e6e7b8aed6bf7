// The application of the simulated ledger: a hash chain of request numbers. It has what consensus
// needs of a real one: blocks that claim their results, execution on a discardable overlay, exactly
// once. A request number below `issued` stands for a request that a client has really signed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "consensus/types.h"

namespace emr::sim {

using RequestId = std::uint64_t;

struct ToyBlock {
  consensus::Epoch epoch = 0;
  consensus::Seq seq = 0;
  consensus::View view = 0;
  consensus::NodeIndex proposer = 0;
  Hash32 previous{};
  Hash32 state{};  ///< claimed result of executing the requests on top of `previous`
  std::vector<RequestId> requests;
};

Bytes encode(const ToyBlock& block);
Result<ToyBlock> decode_toy_block(ByteView bytes);
Hash32 toy_digest(ByteView bytes);
/// The result of executing `requests` on `state`.
Hash32 next_state(const Hash32& state, const std::vector<RequestId>& requests);

class ToyReader final : public consensus::BlockReader {
 public:
  Result<consensus::BlockHead> read(ByteView block) const override;
};

class ToyApp {
 public:
  explicit ToyApp(const std::uint64_t& issued) : issued_(issued) {}

  /// A block of at most `limit` of the given requests; the overlay now holds its results.
  Bytes build(consensus::Epoch epoch, consensus::View view, consensus::Seq seq,
              consensus::NodeIndex proposer, const Hash32& previous,
              const std::vector<RequestId>& requests);
  /// Executes on the overlay; false when the block is not exactly what execution gives.
  bool validate(ByteView block);
  /// The overlay must hold the block of this digest.
  void commit(const Hash32& digest);
  void discard() { overlay_.reset(); }

  bool is_applied(RequestId id) const { return id < applied_.size() && applied_[id]; }
  const Hash32& state() const { return state_; }

 private:
  struct Overlay {
    Hash32 digest{};
    Hash32 state{};
    std::vector<RequestId> requests;
  };

  const std::uint64_t& issued_;
  Hash32 state_{};
  std::vector<bool> applied_;
  std::optional<Overlay> overlay_;
};

}  // namespace emr::sim
