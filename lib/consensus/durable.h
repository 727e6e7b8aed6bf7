// The records a replica keeps on disk between two starts: one cell per slot, encoded here and
// nowhere else. The store treats them as opaque bytes. Five small facts make a replica safe over
// restarts: its view, what the view started from, what it accepted, what is prepared, and what it
// said about checkpoints. Each ends with a seal over slot and content, so that a flipped bit stops
// the start instead of becoming another promise; a body is held against its digest.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "consensus/effects.h"
#include "consensus/messages.h"

namespace emr::consensus {

enum class Slot : std::uint8_t {
  kView = 0,        ///< view, active, the NEW-VIEW it started from
  kAccepted = 1,    ///< the proposal this replica has voted PREPARE for
  kPrepared = 2,    ///< the last prepared certificate
  kBodyA = 3,       ///< block bytes; two cells, because a prepared block must outlive the
  kBodyB = 4,       ///< acceptance of another one in a later view
  kCheckpoint = 5,  ///< the last CHECKPOINT vote
  kStable = 6,      ///< the last stable checkpoint certificate
};
static_assert(static_cast<std::uint8_t>(Slot::kStable) < kSlotCount);

struct ViewRecord {
  Epoch epoch = 0;
  View view = 0;
  bool active = true;
  Bytes new_view;  ///< encoded NewView message; empty in the initial view
};

struct AcceptedRecord {
  View view = 0;
  Seq seq = 0;
  Hash32 digest{};
  Slot body = Slot::kBodyA;
  quorum::VoteSignature proposal_signature{};  ///< of the PRE-PREPARE, to send it again
};

struct PreparedRecord {
  QuorumCert certificate;
  Slot body = Slot::kBodyA;
};

struct CheckpointRecord {
  Epoch epoch = 0;
  Seq seq = 0;
  Hash32 digest{};
};

Record to_record(const ViewRecord& value);
Record to_record(const AcceptedRecord& value);
Record to_record(const PreparedRecord& value);
Record to_record(const CheckpointRecord& value);
Record stable_record(const QuorumCert& certificate);
Record body_record(Slot slot, ByteView block);

/// Everything at once, as it is found at start.
struct DurableState {
  std::optional<ViewRecord> view;
  std::optional<AcceptedRecord> accepted;
  std::optional<PreparedRecord> prepared;
  std::optional<CheckpointRecord> checkpoint;
  std::optional<QuorumCert> stable;
  std::array<BlockBytes, 2> bodies;

  const BlockBytes& body(Slot slot) const { return bodies[slot == Slot::kBodyA ? 0 : 1]; }
};

/// kData when a record is malformed or a slot is unknown.
Result<DurableState> decode_records(const std::vector<Record>& records);

}  // namespace emr::consensus
