// What must never happen, watched from outside while a simulation runs. The checker sees every
// message a correct node sends and every block it commits, and it survives their crashes.
//   - one chain: at every height one digest and one resulting state;
//   - every commit extends its node's chain and carries a certificate that verifies;
//   - no request is executed twice; none is invented;
//   - a correct node never signs two digests for one place, nor votes in a view it has left.
// A node that halts says that it diverged: that is a failure too.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "consensus/effects.h"
#include "consensus/messages.h"
#include "toy_app.h"

namespace emr::sim {

class Checker {
 public:
  Checker(const quorum::ValidatorSet& set, const Hash32& genesis,
          const quorum::VoteVerifier& verifier)
      : set_(set), genesis_(genesis), verifier_(verifier), seen_(set.size()) {}

  void on_commit(consensus::NodeIndex node, const consensus::CommitBlock& commit,
                 const Hash32& state);
  void on_send(consensus::NodeIndex node, ByteView bytes);
  void on_halt(consensus::NodeIndex node, std::string_view reason);
  /// A node lost its disk and starts again from nothing (only the chain check forgets it).
  void fail(std::string what);

  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  consensus::Seq height() const { return chain_.size(); }
  bool is_committed(RequestId id) const {
    return id < committed_at_.size() && committed_at_[id] != 0;
  }
  std::uint64_t committed_requests() const { return committed_requests_; }

 private:
  struct Block {
    Hash32 digest{};
    Hash32 state{};
  };
  struct Seen {
    consensus::Seq height = 0;
    consensus::View left_below = 0;
    std::map<std::tuple<consensus::Seq, consensus::View, quorum::VoteType>, Hash32> votes;
  };

  void check_requests(const consensus::CommitBlock& commit);

  const quorum::ValidatorSet& set_;
  const Hash32 genesis_;
  const quorum::VoteVerifier& verifier_;
  std::vector<Block> chain_;  ///< [i]: height i + 1
  std::vector<Seen> seen_;
  std::vector<consensus::Seq> committed_at_;
  std::uint64_t committed_requests_ = 0;
  std::string failure_;
};

}  // namespace emr::sim
