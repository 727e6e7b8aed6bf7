// The vocabulary of the consensus core: configuration, blocks as the core sees them, and the pure
// functions that the embedding program lends it. Everything here is a value or an interface; no
// clock, file, socket, thread or random device (DESIGN section 2).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "quorum/certificate.h"
#include "quorum/validator_set.h"
#include "quorum/vote.h"

namespace emr::consensus {

using quorum::Epoch;
using quorum::NodeIndex;
using quorum::QuorumCert;
using quorum::Seq;
using quorum::View;

/// Milliseconds of any monotone clock of the embedding program.
using Millis = std::uint64_t;
/// A block's bytes, shared because proposal, vote log, message and executor all hold them.
using BlockBytes = std::shared_ptr<const Bytes>;

struct Config {
  Millis timeout_ms = 2000;           ///< without progress the primary is suspected (then doubled)
  Millis resend_ms = 200;             ///< silence after which own messages are sent again
  Millis heartbeat_ms = 500;          ///< STATUS interval
  std::uint32_t fairness_factor = 4;  ///< a request older than this many timeouts is censored
  /// A primary whose proposals take this many times as long as those of the best view before is
  /// replaced (pace.h); 0 = never.
  std::uint32_t slow_factor = 3;
  Seq checkpoint_interval = 128;      ///< K; watermark window is 2K
  Seq rotation_interval = 128;        ///< planned change of the primary; 0 = never
  Seq snapshot_gap = 0;  ///< ask for a snapshot when so far behind; 0 = always by blocks
};

/// What the core must know of a block; computed from its bytes, never believed from the wire.
struct BlockHead {
  Hash32 digest{};    ///< block hash: what votes sign
  Hash32 previous{};  ///< digest of the block below
  Epoch epoch = 0;
  Seq seq = 0;
  View view = 0;  ///< view of the FIRST proposal; a re-proposed block keeps its bytes
  NodeIndex proposer = 0;
  /// Hash of the set that decides the next height (ValidatorSet::hash); none: unchanged. When it
  /// differs from the deciding set, the core drains: nothing happens until EpochStarted.
  std::optional<Hash32> next_validators;
};

/// The last committed block of a replica. At genesis: seq 0, the genesis hash, no certificate.
struct Tip {
  Seq seq = 0;
  Hash32 digest{};
  std::optional<QuorumCert> certificate;
};

/// Reads a block's head from its bytes. A pure function of the bytes; an error means malformed.
class BlockReader {
 public:
  virtual ~BlockReader() = default;
  virtual Result<BlockHead> read(ByteView block) const = 0;
};

/// Which validators decide in an epoch. An epoch's answer never changes once it is known.
class Validators {
 public:
  virtual ~Validators() = default;
  /// Null when the epoch is not known (yet). The pointer stays valid as long as this object.
  virtual const quorum::ValidatorSet* find(Epoch epoch) const = 0;
};

}  // namespace emr::consensus
