// Everything that can happen to a replica. The embedding program (lib/node, the simulator) turns
// frames, clock ticks and finished work into these and feeds them one at a time to Replica::step.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "consensus/effects.h"
#include "consensus/types.h"

namespace emr::consensus {

/// A message frame from a peer whose transport identity was checked: `from` is that validator.
/// The bytes are untrusted and borrowed for the length of the call.
struct Received {
  NodeIndex from = 0;
  ByteView bytes;
};

/// Time passed. Send one every 10 to 50 ms; the core has no other clock.
struct Tick {
  Millis now_ms = 0;
};

/// State of the request queue; send it when the queue becomes non-empty, after every commit, and
/// when the oldest entry changes. Only requests that are complete (sidecar held) count.
struct Pending {
  std::uint64_t count = 0;
  Millis oldest_ms = 0;  ///< when the oldest waiting request arrived, on the clock of Tick
};

/// Answer to BuildBlock, at any later time: a block that was executed and is ready to commit.
struct Built {
  View view = 0;
  Seq seq = 0;
  BlockBytes block;
};

/// Answer to ValidateBlock: was the block executed with exactly the results its header claims?
struct Validated {
  Seq seq = 0;
  Hash32 digest{};
  bool ok = false;
  /// Of the order that is answered. The same block may have been ordered again under other rules
  /// while the answer was on its way: that one has an answer of its own.
  Origin origin = Origin::kProposed;
};

/// After the commit of the last block of an epoch: from now on `epoch` decides (Validators must
/// know it). Views go on counting; everything in flight is dropped.
struct EpochStarted {
  Epoch epoch = 0;
  View first_view = 0;  ///< first view of the epoch's last block, plus one: equal at every member
};

/// A verified snapshot has atomically replaced the state: the answer to FetchSnapshot.
struct SnapshotInstalled {
  Tip tip;
  /// That decides after the tip (Validators must know it); `first_view` as in EpochStarted.
  Epoch epoch = 0;
  View first_view = 0;
};

/// The other answer to FetchSnapshot: there is none, or the blocks are cheaper. Blocks are fetched
/// until a later checkpoint is stable.
struct SnapshotDeclined {};

using Event = std::variant<Received, Tick, Pending, Built, Validated, EpochStarted,
                           SnapshotInstalled, SnapshotDeclined>;

/// What a replica finds when it starts: the last committed block and the records it asked to be
/// persisted (the last value of every slot).
struct Restored {
  Epoch epoch = 0;
  View first_view = 0;  ///< genesis: index of the first primary; later as in EpochStarted
  Tip tip;
  std::vector<Record> records;
  Millis now_ms = 0;
  /// Set when the vote records are not known to be whole (an empty directory that is no founding, a
  /// restored backup): a number that was never used before. The replica then votes for nothing
  /// until nothing it may have forgotten can matter (PROTOCOL.md, Rejoining).
  std::optional<std::uint64_t> rejoin_nonce = std::nullopt;
};

}  // namespace emr::consensus
