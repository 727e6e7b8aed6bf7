#include "ledger/epochs.h"

#include <algorithm>

#include "base/wire.h"
#include "ledger/limits.h"
#include "quorum/certificate.h"
#include "quorum/limits.h"
#include "quorum/secp256k1_votes.h"

namespace emr::ledger {

namespace {

Error does_not_hold(std::string message, std::string reason) {
  return fail(Code::kNegative, std::move(message)).with_reason(std::move(reason));
}

}  // namespace

EpochLink make_link(const BlockHeader& header, ByteView certificate,
                    const quorum::ValidatorSet& next) {
  EpochLink link{header, to_bytes(certificate), {}};
  for (quorum::NodeIndex i = 0; i < next.size(); ++i) link.next.push_back(next.key(i));
  return link;
}

Bytes encode_link(const EpochLink& link) {
  WireWriter wire;
  wire.raw(encode_header(link.header)).blob(link.certificate);
  wire.u32(static_cast<std::uint32_t>(link.next.size()));
  for (const quorum::VoteKey& key : link.next) wire.raw(key);
  return std::move(wire).take();
}

Result<EpochLink> decode_link(ByteView bytes) {
  WireReader wire(bytes);
  EpochLink link;
  const ByteView header = wire.raw(kHeaderBytes);
  link.certificate = to_bytes(wire.blob(quorum::kMaxCertificateBytes));
  const std::size_t count = wire.u32();
  if (count > quorum::kMaxValidators) wire.reject();
  for (std::size_t i = 0; i < count && !wire.failed(); ++i) {
    quorum::VoteKey key{};
    const ByteView raw = wire.raw(key.size());
    std::copy(raw.begin(), raw.end(), key.begin());
    link.next.push_back(key);
  }
  EMR_TRY(wire.finish());
  EMR_ASSIGN(link.header, decode_header(header));
  return link;
}

Status verify_certificate(const BlockHeader& header, ByteView certificate, const Hash32& genesis,
                          const quorum::ValidatorSet& set) {
  if (header.genesis != genesis) {
    return does_not_hold("block belongs to another chain", "genesis");
  }
  if (header.epoch != set.epoch()) {
    return does_not_hold("block belongs to another epoch", "epoch");
  }
  const auto decoded = quorum::decode_certificate(certificate);
  if (!decoded) return does_not_hold("certificate is malformed", "certificate");
  const quorum::Vote& vote = decoded->vote;
  if (vote.type != quorum::VoteType::kCommit || vote.seq != header.height ||
      vote.digest != block_hash(header)) {
    return does_not_hold("certificate is for another block", "certificate");
  }
  const Status verdict = quorum::verify(*decoded, set, genesis, quorum::Secp256k1Verifier{});
  if (verdict.ok()) return {};
  return does_not_hold("certificate is not signed by a quorum", verdict.error().reason);
}

Status verify_certificate(const BlockHeader& header, ByteView certificate, const Genesis& genesis,
                          const std::vector<EpochLink>& links) {
  EpochChain chain(genesis);
  for (const EpochLink& link : links) EMR_TRY(chain.extend(link));
  return chain.check(header, certificate);
}

Result<quorum::ValidatorSet> successor(const EpochLink& link, const Hash32& genesis,
                                       const quorum::ValidatorSet& deciding) {
  EMR_TRY(verify_certificate(link.header, link.certificate, genesis, deciding));
  auto next = quorum::ValidatorSet::make(deciding.epoch() + 1, link.next);
  if (!next || next->hash() != link.header.next_validators) {
    return does_not_hold("the block does not name these validators", "next_validators");
  }
  return next;
}

EpochChain::EpochChain(const Genesis& genesis) : genesis_(&genesis) {
  sets_.emplace(0, genesis_validators(genesis));
}

Status EpochChain::extend(const EpochLink& link) {
  // Only the newest set may name its successor: a new set cannot certify itself, and no epoch has
  // two successors (field/ledger.md pitfall 15).
  const quorum::ValidatorSet& deciding = last();
  EMR_ASSIGN(const quorum::ValidatorSet next, successor(link, genesis_->hash, deciding));
  const auto before = ends_.rbegin();
  if (before != ends_.rend() && link.header.height <= before->second.header.height) {
    return does_not_hold("an epoch ends before it has begun", "height");
  }
  ends_.emplace(deciding.epoch(), link);
  sets_.emplace(next.epoch(), next);
  return {};
}

Status EpochChain::follow(const std::vector<EpochLink>& links) {
  for (quorum::Epoch epoch = 0; epoch < links.size(); ++epoch) {
    const EpochLink& link = links[epoch];
    const bool holds = ends_.contains(epoch) ? holds_again(link, epoch) : extend(link).ok();
    if (holds) continue;
    return does_not_hold("the epochs do not lead on from the genesis", "epoch_chain");
  }
  return {};
}

/// The same bytes, or the same end by a certificate of other members.
bool EpochChain::holds_again(const EpochLink& link, quorum::Epoch epoch) const {
  const EpochLink& known = ends_.at(epoch);
  const bool is_same = encode_header(link.header) == encode_header(known.header) &&
                       link.next == known.next;
  if (!is_same || link.certificate == known.certificate) return is_same;
  return successor(link, genesis_->hash, sets_.at(epoch)).ok();
}

Status EpochChain::check(const BlockHeader& header, ByteView certificate) const {
  const quorum::ValidatorSet* set = find(header.epoch);
  if (set == nullptr) return does_not_hold("the block's epoch is not known", "unknown_epoch");
  const auto ended = ends_.find(header.epoch);
  const auto before = header.epoch == 0 ? ends_.end() : ends_.find(header.epoch - 1);
  const bool too_late = ended != ends_.end() && header.height > ended->second.header.height;
  const bool too_early = before != ends_.end() && header.height <= before->second.header.height;
  if (too_late || too_early) {
    return does_not_hold("the block's height is not one of its epoch", "height");
  }
  return verify_certificate(header, certificate, genesis_->hash, *set);
}

const quorum::ValidatorSet* EpochChain::find(quorum::Epoch epoch) const {
  const auto found = sets_.find(epoch);
  return found == sets_.end() ? nullptr : &found->second;
}

}  // namespace emr::ledger
