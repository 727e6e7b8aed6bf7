// What must never happen, watched from outside while a simulation runs. The checker sees every
// message a correct node sends and every block it commits, and it survives their crashes.
//   - one chain: at every height one digest and one resulting state;
//   - every commit extends its node's chain and carries a certificate that verifies;
//   - no request is executed twice; none is invented; its receipt is the same from every node, for
//     ever, and lies above everything that was finished before the request was made (the chain is
//     the order, so this is linearizability);
//   - at checkpoints the canonical dumps of the whole state are equal, byte for byte;
//   - a correct node never signs two digests for one place, and its views never go down, over all
//     its lives.
// A node that halts says that it diverged: that is a failure too.
#pragma once

#include <array>
#include <map>
#include <string>
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
  /// A node has replaced its state by a snapshot of this height.
  void on_install(consensus::NodeIndex node, consensus::Seq seq, const Hash32& digest,
                  const Hash32& state);
  /// A node lost its disk and starts again from nothing. Its promises are not forgotten here.
  void on_wipe(consensus::NodeIndex node) { seen_[node].height = 0; }
  /// A power cut took its last commit.
  void on_undone(consensus::NodeIndex node) { --seen_[node].height; }
  void on_dump(consensus::NodeIndex node, consensus::Seq seq, ByteView dump);
  void on_issue(RequestId id);
  void on_receipt(consensus::NodeIndex node, RequestId id, consensus::Seq seq);
  void on_send(consensus::NodeIndex node, ByteView bytes);
  void on_halt(consensus::NodeIndex node, std::string_view reason);
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
  /// The last vote of a kind at a height; a small table, because old places are never voted again.
  struct Voted {
    consensus::Seq seq = 0;
    consensus::View view = 0;
    Hash32 digest{};
  };
  static constexpr std::size_t kPlaces = 64;
  struct Seen {
    consensus::Seq height = 0;
    consensus::View view_floor = 0;
    std::array<std::array<Voted, kPlaces>, 2> votes{};
  };

  void check_requests(const consensus::CommitBlock& commit);

  const quorum::ValidatorSet& set_;
  const Hash32 genesis_;
  const quorum::VoteVerifier& verifier_;
  std::vector<Block> chain_;  ///< [i]: height i + 1
  std::vector<Seen> seen_;
  std::vector<consensus::Seq> committed_at_;
  std::vector<consensus::Seq> issued_above_;
  std::map<consensus::Seq, Hash32> dumps_;
  std::uint64_t committed_requests_ = 0;
  std::string failure_;
};

}  // namespace emr::sim
