#include "node/evidence_log.h"

#include <cstdio>

#include "base/wire.h"
#include "node/limits.h"

namespace emr::node {

namespace {

using ledger::Evidence;
using ledger::EvidenceKind;

constexpr std::string_view kPrefix = "evidence/";

/// Heights with leading zeros, so that the order of the keys is theirs.
std::string key_of(const Evidence& evidence) {
  std::array<char, 24> height{};
  std::snprintf(height.data(), height.size(), "%020llu",
                static_cast<unsigned long long>(evidence.vote.seq));
  std::string key(kPrefix);
  key.append(height.data()).append("/").append(std::to_string(evidence.member)).append("/");
  key.append(ledger::evidence_kind_name(evidence.kind)).append("/");
  key.append(ledger::vote_type_name(evidence.vote.type)).append("/");
  return key + std::to_string(evidence.vote.epoch) + "/" + std::to_string(evidence.vote.view);
}

Bytes encode(const Evidence& evidence) {
  WireWriter writer;
  writer.u8(static_cast<std::uint8_t>(evidence.kind));
  writer.u64(static_cast<std::uint64_t>(evidence.seen));
  writer.blob(consensus::encode_signed_vote({evidence.vote, evidence.member, evidence.signature}));
  if (evidence.kind == EvidenceKind::kEquivocation) {
    quorum::Vote second = evidence.vote;
    second.digest = evidence.second_digest;
    writer.blob(
        consensus::encode_signed_vote({second, evidence.member, evidence.second_signature}));
  }
  return std::move(writer).take();
}

std::optional<Evidence> decode(ByteView bytes) {
  WireReader reader(bytes);
  Evidence evidence;
  const std::uint8_t kind = reader.u8();
  if (kind > static_cast<std::uint8_t>(EvidenceKind::kBadSignature)) return std::nullopt;
  evidence.kind = static_cast<EvidenceKind>(kind);
  evidence.seen = static_cast<UnixSeconds>(reader.u64());
  const auto first = consensus::decode_signed_vote(reader.blob(kEvidenceHalfBytesMax));
  if (!first) return std::nullopt;
  evidence.member = first->sender;
  evidence.vote = first->vote;
  evidence.signature = first->signature;
  if (evidence.kind == EvidenceKind::kEquivocation) {
    const auto second = consensus::decode_signed_vote(reader.blob(kEvidenceHalfBytesMax));
    if (!second) return std::nullopt;
    evidence.second_digest = second->vote.digest;
    evidence.second_signature = second->signature;
  }
  return reader.finish() ? std::optional(evidence) : std::nullopt;
}

}  // namespace

void EvidenceLog::load(const store::Snapshot& view) {
  view.visit(store::Table::kMeta, as_bytes(kPrefix), [&](ByteView key, ByteView value) {
    if (!as_text(key).starts_with(kPrefix)) return false;
    keys_.emplace(as_text(key));
    if (const auto evidence = decode(value)) {
      ++counts_[{evidence->kind != EvidenceKind::kBadSignature, evidence->member}];
    }
    return true;
  });
}

bool EvidenceLog::add(store::WriteBatch& batch, const consensus::Evidence& found, UnixSeconds now) {
  const auto first = consensus::decode_signed_vote(found.first);
  const auto second = consensus::decode_signed_vote(found.second);
  if (!first || !second) return false;
  Evidence evidence;
  evidence.member = found.culprit;
  evidence.vote = first->vote;
  evidence.signature = first->signature;
  evidence.second_digest = second->vote.digest;
  evidence.second_signature = second->signature;
  if (found.kind == "not_primary") evidence.kind = EvidenceKind::kNotPrimary;
  evidence.seen = now;
  return add_entry(batch, evidence);
}

bool EvidenceLog::add_unproven(store::WriteBatch& batch, consensus::NodeIndex from,
                               const consensus::VoteMessage& message, UnixSeconds now) {
  Evidence evidence;
  evidence.kind = EvidenceKind::kBadSignature;
  evidence.member = from;
  evidence.vote = message.vote;
  evidence.signature = message.signature;
  evidence.seen = now;
  return add_entry(batch, evidence);
}

bool EvidenceLog::add_entry(store::WriteBatch& batch, const Evidence& evidence) {
  std::string key = key_of(evidence);
  if (keys_.contains(key)) return false;
  const bool is_proof = evidence.kind != EvidenceKind::kBadSignature;
  std::size_t& count = counts_[{is_proof, evidence.member}];
  if (count >= (is_proof ? kProofsPerMemberMax : kUnprovenPerMemberMax)) return false;
  ++count;
  batch.put(store::Table::kMeta, as_bytes(key), encode(evidence));
  keys_.insert(std::move(key));
  return true;
}

void EvidenceLog::visit(const store::Snapshot& view, const std::function<bool(Evidence)>& visit) {
  view.visit(store::Table::kMeta, as_bytes(kPrefix), [&](ByteView key, ByteView value) {
    if (!as_text(key).starts_with(kPrefix)) return false;
    const auto evidence = decode(value);
    return !evidence || visit(*evidence);  // entries of an older version are passed over
  });
}

}  // namespace emr::node
