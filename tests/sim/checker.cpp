#include "checker.h"

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
  const std::string who = "node " + std::to_string(node) + ", height " + std::to_string(commit.seq);
  if (commit.seq != ++seen_[node].height) return fail(who + ": commit out of order");
  const quorum::Vote& vote = commit.certificate.vote;
  if (vote.type != VoteType::kCommit || vote.seq != commit.seq || vote.digest != commit.digest ||
      !quorum::verify(commit.certificate, set_, genesis_, verifier_)) {
    return fail(who + ": certificate does not verify");
  }
  if (toy_digest(*commit.block) != commit.digest) return fail(who + ": digest is not the block's");
  if (commit.seq > chain_.size()) {
    chain_.push_back({commit.digest, state});
    return check_requests(commit);
  }
  if (chain_[commit.seq - 1].digest != commit.digest) return fail(who + ": two histories");
  if (chain_[commit.seq - 1].state != state) return fail(who + ": two states");
}

void Checker::check_requests(const consensus::CommitBlock& commit) {
  const Result<ToyBlock> block = decode_toy_block(*commit.block);
  const std::string where = "height " + std::to_string(commit.seq);
  if (!block) return fail(where + ": malformed block committed");
  const Hash32 previous = commit.seq > 1 ? chain_[commit.seq - 2].digest : genesis_;
  if (block.value().previous != previous) return fail(where + ": the chain is broken");
  for (const RequestId id : block.value().requests) {
    if (id >= committed_at_.size()) committed_at_.resize(id + 64);
    if (committed_at_[id] != 0) return fail(where + ": a request was executed twice");
    committed_at_[id] = commit.seq;
    ++committed_requests_;
  }
}

void Checker::on_send(consensus::NodeIndex node, ByteView bytes) {
  // Version byte, type byte: only these four kinds are promises.
  const auto type = static_cast<consensus::MessageType>(bytes[1]);
  Seen& seen = seen_[node];
  const std::string who = "node " + std::to_string(node);
  if (type == consensus::MessageType::kViewChange) {
    const auto message = consensus::decode(bytes);
    if (!message) return fail(who + ": undecodable view change");
    const auto& change = std::get<consensus::ViewChange>(message.value());
    seen.left_below = std::max(seen.left_below, change.view);
    return;
  }
  if (type != consensus::MessageType::kVote) return;
  const auto message = consensus::decode(bytes);
  if (!message) return fail(who + ": undecodable vote");
  const quorum::Vote& vote = std::get<consensus::VoteMessage>(message.value()).vote;
  if (vote.type == VoteType::kCheckpoint) return;
  if (vote.view < seen.left_below) return fail(who + ": voted in a view it had left");
  const auto [at, is_new] = seen.votes.try_emplace({vote.seq, vote.view, vote.type}, vote.digest);
  if (!is_new && at->second != vote.digest) return fail(who + ": signed two digests for one place");
  while (seen.votes.size() > 64) seen.votes.erase(seen.votes.begin());
}

}  // namespace emr::sim
