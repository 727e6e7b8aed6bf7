// Who decided when: the validator sets of all epochs, each named by the last block of the one
// before, certified by the set that was leaving (FORMAT.md section 9). The genesis is epoch 0, so a
// holder of the genesis file alone can follow the chain to any later set; nobody can join it from
// the side. Values; `EpochChain` is not thread-safe.
//
// Whoever checks many lines keeps one chain: what was checked before is known by its bytes, so that
// a line costs its own certificate and not those of every epoch there ever was.
#pragma once

#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/block.h"
#include "ledger/genesis.h"
#include "quorum/validator_set.h"

namespace emr::ledger {

/// The last block of an epoch, its certificate, and the vote keys of the set that it names.
struct EpochLink {
  BlockHeader header;
  Bytes certificate;  ///< encoded quorum::QuorumCert, by the set of header.epoch
  std::vector<quorum::VoteKey> next;
};
EpochLink make_link(const BlockHeader& header, ByteView certificate,
                    const quorum::ValidatorSet& next);
Bytes encode_link(const EpochLink& link);
Result<EpochLink> decode_link(ByteView bytes);

/// Is `certificate` a quorum of `set` for exactly this header, in the epoch of the set? kNegative
/// with a reason: "genesis", "epoch", "certificate", or that of quorum::verify.
Status verify_certificate(const BlockHeader& header, ByteView certificate, const Hash32& genesis,
                          const quorum::ValidatorSet& set);

/// The same by the set that these ends of epochs, from the first on, lead to.
Status verify_certificate(const BlockHeader& header, ByteView certificate, const Genesis& genesis,
                          const std::vector<EpochLink>& links);

/// The set that this block names, when `deciding` certified it. kNegative: the reasons of
/// verify_certificate, "next_validators".
Result<quorum::ValidatorSet> successor(const EpochLink& link, const Hash32& genesis,
                                       const quorum::ValidatorSet& deciding);

class EpochChain {
 public:
  /// The genesis must outlive the chain.
  explicit EpochChain(const Genesis& genesis);
  const Genesis& genesis() const noexcept { return *genesis_; }

  /// Checks that the last known set certified this block and that the block names these keys.
  /// kNegative (the reasons of verify_certificate, "next_validators", "height") changes nothing.
  Status extend(const EpochLink& link);
  /// Do these ends of epochs, from the first on, hold? What is new extends the chain. kNegative
  /// "epoch_chain", also when an epoch has ended otherwise before.
  Status follow(const std::vector<EpochLink>& links);
  /// Is this the certificate of this header, by the set of its epoch? "unknown_epoch" when the
  /// chain does not reach so far, "height" when the block cannot belong to the epoch.
  Status check(const BlockHeader& header, ByteView certificate) const;

  const quorum::ValidatorSet& last() const noexcept { return sets_.rbegin()->second; }
  /// Null when the epoch is not known. Stays valid as long as the chain.
  const quorum::ValidatorSet* find(quorum::Epoch epoch) const;

 private:
  bool holds_again(const EpochLink& link, quorum::Epoch epoch) const;

  const Genesis* genesis_;
  std::map<quorum::Epoch, quorum::ValidatorSet> sets_;
  std::map<quorum::Epoch, EpochLink> ends_;  ///< as they were checked
};

}  // namespace emr::ledger
