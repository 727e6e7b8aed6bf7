// Goal: a replica that may have forgotten its votes says nothing that could contradict them, and
// gets its vote back when nothing it may have forgotten can matter (pitfall 3). Method: as
// replica_test.
#include <doctest/doctest.h>

#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

namespace {

constexpr std::uint64_t kNonce = 7;

/// Member 3 after the loss of its directory.
struct Wiped : Bench {
  Wiped() : Bench(3) {
    rejoin_nonce = kNonce;
    start({});
  }
  void reply(NodeIndex from, Seq committed, View view) {
    receive(from, ProbeReply{kNonce, 0, view, committed});
  }
  bool is_rejoining() const { return replica->status().rejoining; }
  /// Through one height; says whether this replica signed anything.
  bool votes_in(View view) {
    const BlockBytes bytes = block(tip.seq + 1, view);
    const Hash32 hash = digest(bytes);
    const Seq seq = tip.seq + 1;
    std::size_t votes = 0;
    receive(members.set.primary(view), pre_prepare(members.set.primary(view), view, seq, bytes));
    step(Validated{seq, hash, true});
    votes += votes_sent(VoteType::kPrepare);
    for (const VoteType type : {VoteType::kPrepare, VoteType::kCommit}) {
      for (NodeIndex i = 0; i < 3; ++i) {
        receive(i, vote(i, type, view, seq, hash));
        votes += votes_sent(VoteType::kCommit) + votes_sent(VoteType::kCheckpoint);
      }
    }
    EMR_CHECK(tip.seq == seq);
    return votes > 0;
  }
  void enter(View view) {
    receive(members.set.primary(view),
            new_view(view, {view_change(0, view), view_change(1, view), view_change(2, view)}));
    EMR_CHECK(replica->status().view == view);
  }
};

}  // namespace

TEST_CASE("rejoining: asks where the others are, follows, and signs nothing") {
  Wiped bench;
  bench.wait(1'000);
  REQUIRE(bench.sent<Probe>().size() == 1);
  CHECK(bench.sent<Probe>()[0].nonce == kNonce);
  bench.step(Pending{1, 1'000});
  CHECK_FALSE(bench.votes_in(0));
  bench.wait(60'000);  // the primary is silent: no suspicion is spoken
  CHECK(bench.sent<ViewChange>().empty());
  CHECK(bench.is_rejoining());
}

TEST_CASE("rejoining: votes again above the witnesses' height and view, and not before") {
  Wiped bench;
  bench.reply(0, 1, 0);
  bench.reply(0, 0, 0);  // a second answer of one member is no second witness
  CHECK_FALSE(bench.votes_in(0));
  bench.reply(1, 1, 0);  // q - 1: everything up to height 3 and view 0 may have been voted on
  CHECK_FALSE(bench.votes_in(0));
  bench.enter(1);
  CHECK_FALSE(bench.votes_in(1));
  CHECK(bench.tip.seq == 3);
  CHECK_FALSE(bench.is_rejoining());
  CHECK(bench.action<Rejoined>() != nullptr);
  CHECK(bench.votes_in(1));
}

TEST_CASE("rejoining: in the old view it stays silent however high the chain grows") {
  Wiped bench;
  bench.reply(0, 0, 0);
  bench.reply(1, 0, 0);
  for (int i = 0; i < 7; ++i) CHECK_FALSE(bench.votes_in(0));
  CHECK(bench.is_rejoining());
}

TEST_CASE("rejoining: a liar's claim delays nobody, an old answer counts for nothing") {
  Wiped bench;
  bench.reply(0, 1'000'000, 1'000'000);
  bench.receive(1, ProbeReply{kNonce - 1, 0, 0, 0});
  bench.reply(1, 0, 0);
  bench.reply(2, 0, 0);
  bench.enter(1);
  CHECK_FALSE(bench.votes_in(1));
  CHECK_FALSE(bench.votes_in(1));
  CHECK_FALSE(bench.is_rejoining());
}

TEST_CASE("rejoining: who may have forgotten something itself is no witness") {
  Wiped bench;
  bench.receive(1, Probe{99});
  CHECK(bench.sent<ProbeReply>().empty());
  Bench sound(2);
  sound.commit_one(0);
  sound.receive(3, Probe{99});
  REQUIRE(sound.sent<ProbeReply>().size() == 1);
  CHECK(sound.sent<ProbeReply>()[0].nonce == 99);
  CHECK(sound.sent<ProbeReply>()[0].committed == 1);
}
