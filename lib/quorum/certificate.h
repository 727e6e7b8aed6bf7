// A quorum certificate: at least q distinct validators signed one vote. A bitmap names
// the signers, so that a duplicate cannot even be written down (field/ledger.md pitfall 2). It is a
// value; `verify` needs only the validator set of its epoch and the genesis hash, so a certificate
// is checkable offline.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/wire.h"
#include "quorum/limits.h"
#include "quorum/validator_set.h"
#include "quorum/vote.h"

namespace emr::quorum {

struct QuorumCert {
  Vote vote;
  std::uint64_t signers = 0;              ///< bit i: validator i signed
  std::vector<VoteSignature> signatures;  ///< in rising signer order, one per bit

  friend bool operator==(const QuorumCert&, const QuorumCert&) = default;
};

/// A signature with its author, as it was collected.
using SignedBy = std::pair<NodeIndex, VoteSignature>;
/// Makes a certificate of distinct signers in any order (a duplicate is a bug of the caller).
QuorumCert make_certificate(const Vote& vote, std::span<const SignedBy> signatures);

void encode(WireWriter& writer, const QuorumCert& certificate);
Bytes encode(const QuorumCert& certificate);
std::size_t encoded_size(const QuorumCert& certificate);
/// Reads one certificate; marks the reader as failed when it is malformed.
QuorumCert decode_certificate(WireReader& reader);
/// Exactly one certificate and nothing behind it.
Result<QuorumCert> decode_certificate(ByteView bytes);

/// Are these at least q distinct members of `set`, with valid signatures? kProtocol with a reason:
/// "wrong_epoch", "unknown_signer", "no_quorum", "bad_signature".
Status verify(const QuorumCert& certificate, const ValidatorSet& set, const Hash32& genesis,
              const VoteVerifier& verifier);

}  // namespace emr::quorum
