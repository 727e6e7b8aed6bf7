// The bytes that validators sign, and the interfaces that sign and verify them.
//
// Every signature of the consensus protocol is over the same fixed layout (FORMAT.md 1), so that a
// signature made for one chain, epoch, type, view, sequence number or content can never be read as
// one for another: "emr/vote/1" 0x00 || genesis hash || u64 epoch || u8 type || u64 view || u64 seq
// || digest. Pure; a signer is used from one thread at a time, a verifier from any.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "quorum/validator_set.h"

namespace emr::quorum {

/// What a signature says. The value is the signed type byte and never reused.
enum class VoteType : std::uint8_t {
  kPrepare = 1,     ///< digest of the block at (view, seq): I executed it and accept this order
  kCommit = 2,      ///< the same: I durably hold a prepared certificate for it
  kCheckpoint = 3,  ///< digest of the block at seq: I durably hold everything up to it; view is 0
  kPrePrepare = 4,  ///< digest of the proposed block, by the primary of the view
  kViewChange = 5,  ///< digest over the content of a VIEW-CHANGE; seq is its last committed height
  kNewView = 6,     ///< digest over the content of a NEW-VIEW; seq is the height it starts above
};

/// r || s, compact, low s.
using VoteSignature = std::array<std::uint8_t, 64>;

struct Vote {
  VoteType type = VoteType::kPrepare;
  Epoch epoch = 0;
  View view = 0;
  Seq seq = 0;
  Hash32 digest{};

  friend bool operator==(const Vote&, const Vote&) = default;
};

/// "emr/vote/1" and its zero byte, the genesis hash, the numbers, the digest.
inline constexpr std::size_t kVoteBytes = 11 + 32 + 8 + 1 + 8 + 8 + 32;
using VoteBytes = std::array<std::uint8_t, kVoteBytes>;
VoteBytes vote_bytes(const Hash32& genesis, const Vote& vote) noexcept;

/// Holds one validator's vote key.
class VoteSigner {
 public:
  virtual ~VoteSigner() = default;
  virtual const VoteKey& key() const noexcept = 0;
  virtual VoteSignature sign(const VoteBytes& message) const = 0;
};

class VoteVerifier {
 public:
  virtual ~VoteVerifier() = default;
  virtual bool verify(const VoteKey& key, const VoteBytes& message,
                      const VoteSignature& signature) const = 0;
};

}  // namespace emr::quorum
