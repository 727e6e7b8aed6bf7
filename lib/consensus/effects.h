// Everything a replica wants done. One Effects value is one atomic group; the embedding program
// must work it off in this order before it calls step again:
//   1. `persist` and `commit` in ONE durable transaction. Nothing else before it. A `commit` with
//      no `persist` beside it may fall to a power cut, whole, until something else is durable.
//   2. `sends`, in order.
//   3. `actions`, in order (their answers are later events).
//   4. `evidence`, `notes`, `halt`: to be kept, logged, obeyed.
// So no vote leaves a node before it is durable (field/ledger.md pitfall 3): a crash at any point
// between 1 and 2 is just message loss.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consensus/types.h"

namespace emr::consensus {

/// A durable cell: the value replaces what the slot held. Slots are few (kSlotCount) and private to
/// the core; the store keeps them as opaque bytes and returns all of them in Restored.
struct Record {
  std::uint8_t slot = 0;
  Bytes value;
};
inline constexpr std::uint8_t kSlotCount = 8;

/// The block is final. It was executed by the last Built or Validated answer with this digest;
/// store block, certificate and the state it wrote together.
struct CommitBlock {
  Seq seq = 0;
  Hash32 digest{};
  BlockBytes block;
  QuorumCert certificate;
};

inline constexpr NodeIndex kEveryone = UINT32_MAX;

/// `to` may be kEveryone: all other members. Loss is allowed; the core resends.
struct Send {
  NodeIndex to = kEveryone;
  std::shared_ptr<const Bytes> bytes;
};

/// Build a block of the waiting requests on top of `previous` and answer Built. The core asks as
/// soon as the pipeline is empty and requests are pending; the program may wait a few ms to fill a
/// batch. No answer is needed when the view or height has moved on.
struct BuildBlock {
  View view = 0;
  Seq seq = 0;
  Hash32 previous{};
};

enum class Origin : std::uint8_t {
  kProposed,    ///< fresh from the primary: clock bounds apply
  kReproposed,  ///< prepared in an earlier view (or restored): exempt from clock bounds
  kCertified,   ///< already committed by a quorum: exempt, and a refusal means WE have diverged
};

/// Execute the block on a discardable overlay and answer Validated. Of BuildBlock and ValidateBlock
/// the last order wins: it replaces the overlay of an earlier one and CANCELS one that is not
/// answered yet (a build that still waits for its batch must not touch the overlay afterwards).
struct ValidateBlock {
  View view = 0;
  Seq seq = 0;
  Hash32 digest{};
  BlockBytes block;
  Origin origin = Origin::kProposed;
};

/// The overlay of this block is not needed any more (its requests go back to waiting).
struct DiscardBlock {
  Seq seq = 0;
  Hash32 digest{};
};

/// Send `to` the committed blocks first..last with their certificates, as far as the store holds
/// them (encode each with encode_block_reply); at most kSyncWindow.
struct ServeBlocks {
  NodeIndex to = 0;
  Seq first = 0;
  Seq last = 0;
};

/// Far behind: fetch a snapshot of the state at this or a later checkpoint, verify it against the
/// state root of a certified block (whose epoch may be a later one: then the sets of the epochs
/// between as well), install it atomically and answer SnapshotInstalled; or answer
/// SnapshotDeclined. Repeated until one of the two arrives.
struct FetchSnapshot {
  Seq checkpoint = 0;
  NodeIndex from = 0;
};

/// A checkpoint became stable: q members durably hold everything up to it (pruning, shredding).
struct CheckpointStable {
  QuorumCert certificate;
};

/// Nothing that this replica may have forgotten can matter any more: it votes again, and its vote
/// records are whole from here on.
struct Rejoined {};

using Action = std::variant<BuildBlock, ValidateBlock, DiscardBlock, ServeBlocks, FetchSnapshot,
                            CheckpointStable, Rejoined>;

/// Two messages signed by one member that a correct one never signs both (encoded, as received).
struct Evidence {
  NodeIndex culprit = 0;
  std::string_view kind;  ///< "proposal", "prepare", "commit", "checkpoint"
  Epoch epoch = 0;
  View view = 0;
  Seq seq = 0;
  Bytes first;
  Bytes second;
};

/// One line of the protocol trace. `what` is a stable word: "pre-prepare", "prepare",
/// "commit", "committed", "view-change", "new-view", "checkpoint", "stable", "refused", ...
struct Note {
  std::string_view what;
  std::string reason;  ///< for "refused" and "view-change": why
  NodeIndex peer = 0;  ///< author of the message concerned
  View view = 0;
  Seq seq = 0;
  Hash32 digest{};
};

struct Effects {
  std::vector<Record> persist;
  std::optional<CommitBlock> commit;
  std::vector<Send> sends;
  std::vector<Action> actions;
  std::vector<Evidence> evidence;
  std::vector<Note> notes;
  std::string_view halt;  ///< not empty: this replica must stop (it has diverged); say so and why

  void clear();
};

}  // namespace emr::consensus
