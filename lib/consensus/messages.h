// The messages between replicas and their bytes (FORMAT.md). Signed messages carry the author's
// vote signature; the digest of carried content is never on the wire but recomputed by the decoder.
// STATUS, probes, requests and replies for blocks are unsigned: they are hints from an
// authenticated transport, and the blocks they bring prove themselves by certificate or digest.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/result.h"
#include "consensus/types.h"

namespace emr::consensus {

/// First byte of a message after the format version.
enum class MessageType : std::uint8_t {
  kPrePrepare = 1,
  kVote = 2,
  kViewChange = 3,
  kNewView = 4,
  kStatus = 5,
  kBlockRequest = 6,
  kBlockReply = 7,
  kBodyRequest = 8,
  kBodyReply = 9,
  kStable = 10,
  kProbe = 11,
  kProbeReply = 12,
};

/// The primary proposes a block. The signature is over its recomputed digest.
struct PrePrepare {
  Epoch epoch = 0;
  View view = 0;
  Seq seq = 0;
  NodeIndex sender = 0;
  quorum::VoteSignature signature{};
  BlockBytes block;
};

/// PREPARE, COMMIT or CHECKPOINT.
struct VoteMessage {
  quorum::Vote vote;
  NodeIndex sender = 0;
  quorum::VoteSignature signature{};
};

/// "I leave every view below `view`; this is what I know": the last committed height with its
/// certificate (none at genesis) and at most one prepared certificate, for the height above it.
struct ViewChange {
  Epoch epoch = 0;
  View view = 0;
  NodeIndex sender = 0;
  Seq committed = 0;
  std::optional<QuorumCert> commit_certificate;
  std::optional<QuorumCert> prepared;
  quorum::VoteSignature signature{};

  friend bool operator==(const ViewChange&, const ViewChange&) = default;
};

/// What the new view starts from: every member computes it from the same VIEW-CHANGEs.
struct Selection {
  Seq committed = 0;  ///< highest proven committed height
  /// Digest that must be proposed again at committed + 1; none: the primary is free.
  std::optional<Hash32> digest;
  View prepared_view = 0;  ///< where that digest was prepared

  friend bool operator==(const Selection&, const Selection&) = default;
};

struct NewView {
  Epoch epoch = 0;
  View view = 0;
  NodeIndex sender = 0;
  std::vector<ViewChange> view_changes;  ///< >= q, rising senders, all for this view
  Bytes selection;                       ///< encoded Selection, compared byte for byte
  quorum::VoteSignature signature{};
};

struct StatusMessage {
  Epoch epoch = 0;
  View view = 0;
  bool active = false;
  Seq committed = 0;
  Seq stable = 0;
};

struct BlockRequest {
  Seq first = 0;
  Seq last = 0;
};

struct BlockReply {
  QuorumCert certificate;
  BlockBytes block;
};

struct BodyRequest {
  Seq seq = 0;
  Hash32 digest{};
};

struct BodyReply {
  BlockBytes block;
};

/// The last stable checkpoint, served again and again.
struct StableMessage {
  QuorumCert certificate;
};

/// "Where are you now?" of a replica that may have forgotten its votes. The answer repeats the
/// number, so that it is no answer from an earlier life of the question's author.
struct Probe {
  std::uint64_t nonce = 0;
};

struct ProbeReply {
  std::uint64_t nonce = 0;
  Epoch epoch = 0;
  View view = 0;  ///< the view the sender is in or has last asked for
  Seq committed = 0;
};

using Message = std::variant<PrePrepare, VoteMessage, ViewChange, NewView, StatusMessage,
                             BlockRequest, BlockReply, BodyRequest, BodyReply, StableMessage,
                             Probe, ProbeReply>;

Bytes encode(const Message& message);
/// Strict: version, type, every field in range, every byte used.
Result<Message> decode(ByteView bytes);

/// For the program that works off ServeBlocks: `certificate` as it is stored beside the block.
Bytes encode_block_reply(ByteView block, const QuorumCert& certificate);

/// A signed vote of any type, as evidence keeps it: the layout of a vote message, without header.
Bytes encode_signed_vote(const VoteMessage& vote);
/// Its inverse; every vote type is allowed.
Result<VoteMessage> decode_signed_vote(ByteView bytes);
/// What the signature of a message is over; none for unsigned ones and for malformed blocks.
std::optional<VoteMessage> signed_part(const Message& message, const BlockReader& blocks);

/// Digest over everything but the signature.
Hash32 content_digest(const ViewChange& message);
Hash32 content_digest(const NewView& message);
/// What the signatures of these are over.
quorum::Vote vote_of(const ViewChange& message);
quorum::Vote vote_of(const NewView& message);

Bytes encode(const Selection& selection);
Result<Selection> decode_selection(ByteView bytes);

}  // namespace emr::consensus
