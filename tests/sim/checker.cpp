#include "checker.h"

#include <algorithm>

namespace emr::sim {

using quorum::VoteType;

void Checker::fail(std::string what) {
  if (failure_.empty()) failure_ = std::move(what);
}

void Checker::on_halt(consensus::NodeIndex node, std::string_view reason) {
  fail("node " + std::to_string(node) + " halted: " + std::string(reason));
}

void Checker::on_commit(consensus::NodeIndex node, const consensus::CommitBlock& commit,
                        const Hash32& state) {
  const auto fail_here = [&](const char* what) {
    fail("node " + std::to_string(node) + ", height " + std::to_string(commit.seq) + what);
  };
  if (commit.seq != ++seen_[node].height) return fail_here(": commit out of order");
  const quorum::Vote& vote = commit.certificate.vote;
  if (vote.type != VoteType::kCommit || vote.seq != commit.seq || vote.digest != commit.digest ||
      !quorum::verify(commit.certificate, set_, genesis_, verifier_)) {
    return fail_here(": certificate does not verify");
  }
  if (toy_digest(*commit.block) != commit.digest) return fail_here(": digest is not the block's");
  if (commit.seq > chain_.size()) {
    chain_.push_back({commit.digest, state});
    return check_requests(commit);
  }
  if (chain_[commit.seq - 1].digest != commit.digest) return fail_here(": two histories");
  if (chain_[commit.seq - 1].state != state) return fail_here(": two states");
}

void Checker::check_requests(const consensus::CommitBlock& commit) {
  const auto fail_here = [&](const char* what) {
    fail("height " + std::to_string(commit.seq) + what);
  };
  const Result<ToyBlock> block = decode_toy_block(*commit.block);
  if (!block) return fail_here(": malformed block committed");
  const Hash32 previous = commit.seq > 1 ? chain_[commit.seq - 2].digest : genesis_;
  if (block.value().previous != previous) return fail_here(": the chain is broken");
  for (const RequestId id : block.value().requests) {
    if (id >= committed_at_.size()) committed_at_.resize(id + 64);
    if (committed_at_[id] != 0) return fail_here(": a request was executed twice");
    if (id < issued_above_.size() && commit.seq <= issued_above_[id]) {
      return fail_here(": a request was executed before it was made");
    }
    committed_at_[id] = commit.seq;
    ++committed_requests_;
  }
}

void Checker::on_install(consensus::NodeIndex node, consensus::Seq seq, const Hash32& digest,
                         const Hash32& state) {
  const std::string who = "node " + std::to_string(node) + ", snapshot " + std::to_string(seq);
  if (seq <= seen_[node].height) return fail(who + ": below the node's own height");
  if (seq > chain_.size()) return fail(who + ": above every committed height");
  seen_[node].height = seq;
  if (chain_[seq - 1].digest != digest) return fail(who + ": two histories");
  if (chain_[seq - 1].state != state) return fail(who + ": two states");
}

void Checker::on_dump(consensus::NodeIndex node, consensus::Seq seq, ByteView dump) {
  const Hash32 hash = toy_digest(dump);
  const auto [at, is_new] = dumps_.try_emplace(seq, hash);
  if (is_new || at->second == hash) return;
  fail("node " + std::to_string(node) + ", height " + std::to_string(seq) + ": another dump");
}

void Checker::on_issue(RequestId id) {
  if (id >= issued_above_.size()) issued_above_.resize(id + 64);
  issued_above_[id] = height();
}

void Checker::on_receipt(consensus::NodeIndex node, RequestId id, consensus::Seq seq) {
  if (is_committed(id) && committed_at_[id] == seq) return;
  fail("node " + std::to_string(node) + ": another receipt for request " + std::to_string(id));
}

void Checker::on_send(consensus::NodeIndex node, ByteView bytes) {
  // Version byte, type byte: only these kinds are promises.
  const auto type = static_cast<consensus::MessageType>(bytes[1]);
  const bool is_change = type == consensus::MessageType::kViewChange;
  if (!is_change && type != consensus::MessageType::kVote) return;
  Seen& seen = seen_[node];
  const auto fail_here = [&](const char* what) { fail("node " + std::to_string(node) + what); };
  const auto message = consensus::decode(bytes);
  if (!message) return fail_here(": sent what cannot be decoded");
  if (is_change) {
    const auto& change = std::get<consensus::ViewChange>(message.value());
    seen.view_floor = std::max(seen.view_floor, change.view);
    return;
  }
  const quorum::Vote& vote = std::get<consensus::VoteMessage>(message.value()).vote;
  if (vote.type == VoteType::kCheckpoint) return;
  if (vote.view < seen.view_floor) return fail_here(": voted in a view it had left");
  seen.view_floor = vote.view;
  Voted& last = seen.votes[vote.type == VoteType::kPrepare ? 0 : 1][vote.seq % kPlaces];
  if (last.seq == vote.seq && last.view == vote.view && last.digest != vote.digest) {
    return fail_here(": signed two digests for one place");
  }
  last = {vote.seq, vote.view, vote.digest};
}

}  // namespace emr::sim
