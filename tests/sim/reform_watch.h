// The checker of a consortium whose members change: one chain, one set per epoch, each request
// once, no two votes for one place.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "quorum/insecure_suite.h"
#include "reformed_node.h"

namespace emr::sim {

/// What the chain itself says, watched from outside.
class Watch {
 public:
  explicit Watch(const Reform& founders) : eras_{founders} { genesis_.fill(0x47); }

  void on_commit(Identity node, const consensus::CommitBlock& commit,
                 const std::vector<Request>& requests) {
    const ReformBlock block = decode_reform_block(*commit.block).value();
    if (commit.seq <= chain_.size()) {
      if (chain_[commit.seq - 1] != commit.digest) fail(node, "two blocks at one height");
      return;
    }
    if (commit.seq != chain_.size() + 1) return fail(node, "a height was skipped");
    const consensus::Epoch epoch = eras_.size() - 1;
    if (block.epoch != epoch) return fail(node, "a block of another epoch");
    const auto set = eras_.back().set(epoch);
    if (!quorum::verify(commit.certificate, set, genesis_, quorum::InsecureVerifier{}).ok()) {
      return fail(node, "a certificate is not by the set of its epoch");
    }
    if (!done_.insert(block.request).second) return fail(node, "a request was executed twice");
    chain_.push_back(commit.digest);
    Reform next = reformed(eras_.back(), requests[block.request]);
    if (next.key_version != eras_.back().key_version) eras_.push_back(std::move(next));
  }

  void on_vote(Identity node, ByteView bytes) {
    const auto message = consensus::decode(bytes);
    const auto* vote = message ? std::get_if<consensus::VoteMessage>(&message.value()) : nullptr;
    if (vote == nullptr) return;
    const quorum::Vote& cast = vote->vote;
    if (cast.epoch >= eras_.size() || !eras_[cast.epoch].key_version.contains(node)) {
      return fail(node, "a vote of who is no member of the epoch");
    }
    const auto place = std::tuple(node, cast.epoch, cast.view, cast.seq, cast.type);
    const auto [at, is_new] = votes_.emplace(place, cast.digest);
    if (!is_new && at->second != cast.digest) fail(node, "two votes for one place");
  }

  void fail(Identity node, const std::string& what) {
    if (failure_.empty()) failure_ = "node " + std::to_string(node) + ": " + what;
  }
  const std::string& failure() const { return failure_; }
  consensus::Seq height() const { return chain_.size(); }
  std::size_t epochs() const { return eras_.size(); }
  const Reform& members() const { return eras_.back(); }

 private:
  Hash32 genesis_{};
  std::vector<Reform> eras_;
  std::vector<Hash32> chain_;
  std::set<std::uint64_t> done_;
  using Place =
      std::tuple<Identity, consensus::Epoch, consensus::View, consensus::Seq, quorum::VoteType>;
  std::map<Place, Hash32> votes_;
  std::string failure_;
};

}  // namespace emr::sim
