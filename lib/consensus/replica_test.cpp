// Goal: each rule of PROTOCOL.md, alone, on one real replica. Method: the test writes and signs
// what the other members say, and looks at the effects of one step. The interplay is tested by the
// simulator (tests/sim); here every refusal has its place.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "consensus/limits.h"
#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

// --- agreement -----------------------------------------------------------------------------------

TEST_CASE("a backup prepares, commits, finishes a block; each promise is durable first (R-060)") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  const Hash32 digest = Bench::digest(block);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  REQUIRE(bench.action<ValidateBlock>() != nullptr);
  CHECK(bench.action<ValidateBlock>()->origin == Origin::kProposed);
  CHECK(bench.effects.sends.empty());  // no vote before it was executed

  bench.step(Validated{1, digest, true});
  CHECK(bench.votes_sent(VoteType::kPrepare) == 1);
  CHECK(bench.effects.persist.size() == 2);  // body and acceptance travel with the vote

  bench.receive(0, bench.vote(0, VoteType::kPrepare, 0, 1, digest));
  CHECK(bench.votes_sent(VoteType::kCommit) == 0);
  bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, 1, digest));
  CHECK(bench.votes_sent(VoteType::kCommit) == 1);
  CHECK(bench.effects.persist.size() == 1);  // the prepared certificate

  bench.receive(0, bench.vote(0, VoteType::kCommit, 0, 1, digest));
  CHECK_FALSE(bench.effects.commit.has_value());
  bench.receive(3, bench.vote(3, VoteType::kCommit, 0, 1, digest));
  REQUIRE(bench.effects.commit.has_value());
  CHECK(bench.effects.commit->certificate.signers == 0b1011);
  CHECK(quorum::verify(bench.effects.commit->certificate, bench.members.set, bench.genesis,
                       bench.verifier)
            .ok());
}

TEST_CASE("the primary proposes one lone request at once, and only one block at a time") {
  Bench bench(0);
  bench.step(Pending{1, bench.now});
  REQUIRE(bench.action<BuildBlock>() != nullptr);
  CHECK(bench.action<BuildBlock>()->seq == 1);
  bench.step(Pending{5, bench.now});
  CHECK(bench.action<BuildBlock>() == nullptr);
  const BlockBytes block = bench.block(1, 0);
  bench.step(Built{0, 1, block});
  CHECK(bench.sent<PrePrepare>().size() == 1);
  CHECK(bench.votes_sent(VoteType::kPrepare) == 1);
  bench.step(Pending{9, bench.now});
  CHECK(bench.action<BuildBlock>() == nullptr);
}

TEST_CASE("a block that arrives last completes votes that came first") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  const Hash32 digest = Bench::digest(block);
  for (const VoteType type : {VoteType::kCommit, VoteType::kPrepare}) {
    for (const NodeIndex i : {0u, 2u, 3u}) bench.receive(i, bench.vote(i, type, 0, 1, digest));
  }
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  CHECK_FALSE(bench.effects.commit.has_value());  // not before it was executed here
  bench.step(Validated{1, digest, true});
  CHECK(bench.effects.commit.has_value());
}

TEST_CASE("messages one step ahead wait and are used when their time comes") {
  Bench bench(1);
  const BlockBytes first = bench.block(1, 0);
  const Hash32 digest = Bench::digest(first);
  Bench ahead(2);
  ahead.tip = {1, digest, bench.certificate(VoteType::kCommit, 0, 1, digest)};
  const BlockBytes second = ahead.block(2, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 2, second));
  CHECK(bench.action<ValidateBlock>() == nullptr);
  bench.receive(0, bench.pre_prepare(0, 0, 1, first));
  bench.step(Validated{1, digest, true});
  for (const VoteType type : {VoteType::kPrepare, VoteType::kCommit}) {
    for (const NodeIndex i : {0u, 2u}) bench.receive(i, bench.vote(i, type, 0, 1, digest));
  }
  CHECK(bench.effects.commit.has_value());
  REQUIRE(bench.action<ValidateBlock>() != nullptr);
  CHECK(bench.action<ValidateBlock>()->digest == Bench::digest(second));
}

TEST_CASE("early messages of one peer are bounded") {
  Bench bench(1);
  for (Seq seq = 2; seq < 2 + kFutureHeights; ++seq) {
    for (int i = 0; i < 10; ++i) {
      bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, seq, Hash32{}));
      CHECK(bench.effects.sends.size() <= 1);
    }
  }
}

TEST_CASE("proposals a correct primary would not have signed are refused, each for its reason") {
  struct Row {
    const char* reason;
    std::function<PrePrepare(Bench&)> make;
    bool suspects;
  };
  const Row rows[] = {
      {"not_the_sender", [](Bench& b) { return b.pre_prepare(3, 0, 1, b.block(1, 0)); }, false},
      {"bad_signature",
       [](Bench& b) {
         PrePrepare m = b.pre_prepare(0, 0, 1, b.block(1, 0));
         m.signature[3] ^= 1;
         return m;
       },
       false},
      {"bad_block",
       [](Bench& b) {
         return b.pre_prepare(0, 0, 1, std::make_shared<const Bytes>(Bytes{1, 2, 3}));
       },
       false},
      {"wrong_place", [](Bench& b) { return b.pre_prepare(0, 0, 1, b.block(2, 0)); }, true},
      {"wrong_previous",
       [](Bench& b) {
         Bench other(0);
         other.tip.digest.fill(9);
         return b.pre_prepare(0, 0, 1, other.block(1, 0));
       },
       true},
      {"stale_block", [](Bench& b) { return b.pre_prepare(0, 0, 1, b.block(1, 4)); }, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.reason);
    Bench bench(1);
    bench.receive(0, row.make(bench));
    CHECK(bench.refusal() == row.reason);
    CHECK(bench.action<ValidateBlock>() == nullptr);
    CHECK(bench.sent<ViewChange>().size() == (row.suspects ? 1 : 0));
  }
}

TEST_CASE("the watermark: no vote beyond two checkpoint intervals above the last stable one") {
  Bench bench(1);
  for (Seq seq = 1; seq <= 8; ++seq) bench.commit_one(0, static_cast<std::uint8_t>(seq));
  bench.receive(0, bench.pre_prepare(0, 0, 9, bench.block(9, 0)));
  CHECK(bench.refusal() == "above_watermark");
  const Hash32 digest = bench.tip.digest;
  bench.receive(0, StableMessage{bench.certificate(VoteType::kCheckpoint, 0, 8, digest)});
  REQUIRE(bench.action<CheckpointStable>() != nullptr);
  bench.receive(0, bench.pre_prepare(0, 0, 9, bench.block(9, 0)));
  CHECK(bench.action<ValidateBlock>() != nullptr);
}

TEST_CASE("an invalid block gets no vote and costs the primary its view") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  bench.step(Validated{1, Bench::digest(block), false});
  CHECK(bench.votes_sent(VoteType::kPrepare) == 0);
  CHECK(bench.sent<ViewChange>().size() == 1);
}

// --- equivocation --------------------------------------------------------------------------------

TEST_CASE("two proposals or two votes for one place are evidence with both signatures (R-071)") {
  Bench bench(1);
  const BlockBytes a = bench.block(1, 0, 1);
  const BlockBytes b = bench.block(1, 0, 2);
  bench.receive(0, bench.pre_prepare(0, 0, 1, a));
  bench.receive(0, bench.pre_prepare(0, 0, 1, b));
  REQUIRE(bench.effects.evidence.size() == 1);
  CHECK(bench.effects.evidence[0].kind == "proposal");
  CHECK(bench.effects.evidence[0].culprit == 0);
  CHECK(bench.effects.evidence[0].first != bench.effects.evidence[0].second);
  CHECK(bench.action<ValidateBlock>() == nullptr);  // the first one stands

  bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, 1, Bench::digest(a)));
  bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, 1, Bench::digest(b)));
  REQUIRE(bench.effects.evidence.size() == 1);
  CHECK(bench.effects.evidence[0].kind == "prepare");
  bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, 1, Hash32{}));
  CHECK(bench.effects.evidence.empty());  // bounded per height
}

TEST_CASE("a proposal by a member that is not the primary is evidence (R-071)") {
  Bench bench(1);
  bench.receive(2, bench.pre_prepare(2, 0, 1, bench.block(1, 0)));
  CHECK(bench.refusal() == "not_primary");
  REQUIRE(bench.effects.evidence.size() == 1);
  CHECK(bench.effects.evidence[0].kind == "not_primary");
}

TEST_CASE("a repeated vote counts once (pitfall 2)") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  bench.step(Validated{1, Bench::digest(block), true});
  for (int i = 0; i < 5; ++i) {
    bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, 1, Bench::digest(block)));
    CHECK(bench.votes_sent(VoteType::kCommit) == 0);
  }
}

// --- restart -------------------------------------------------------------------------------------

TEST_CASE("after a restart the same place gets the same digest or none (pitfall 3)") {
  Bench bench(1);
  const BlockBytes a = bench.block(1, 0, 1);
  bench.receive(0, bench.pre_prepare(0, 0, 1, a));
  bench.step(Validated{1, Bench::digest(a), true});
  bench.restart();
  REQUIRE(bench.action<ValidateBlock>() != nullptr);  // its overlay is gone, it executes again
  CHECK(bench.action<ValidateBlock>()->origin == Origin::kReproposed);
  bench.receive(0, bench.pre_prepare(0, 0, 1, bench.block(1, 0, 2)));
  CHECK(bench.refusal() == "equivocation");
  bench.step(Validated{1, Bench::digest(a), true, Origin::kReproposed});
  REQUIRE(bench.votes_sent(VoteType::kPrepare) == 1);
  CHECK(bench.sent<VoteMessage>()[0].vote.digest == Bench::digest(a));
}

TEST_CASE("after a restart a prepared block is still claimed in a view change (pitfalls 3 and 4)") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  const Hash32 digest = Bench::digest(block);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  bench.step(Validated{1, digest, true});
  for (const NodeIndex i : {0u, 2u}) {
    bench.receive(i, bench.vote(i, VoteType::kPrepare, 0, 1, digest));
  }
  bench.restart();
  bench.receive(2, bench.view_change(2, 1));
  bench.receive(3, bench.view_change(3, 1));
  const auto changes = bench.sent<ViewChange>();
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].prepared.has_value());
  CHECK(changes[0].prepared->vote.digest == digest);
}

TEST_CASE("after a restart a view that was left stays left") {
  Bench bench(1);
  bench.step(Pending{1, bench.now});
  bench.wait(1);
  bench.wait(bench.config.timeout_ms);
  REQUIRE(bench.sent<ViewChange>().size() == 1);
  bench.restart();
  CHECK(bench.replica->status().view == 1);
  CHECK_FALSE(bench.replica->status().active);
  CHECK(bench.sent<ViewChange>().size() == 1);  // announced again
  bench.receive(0, bench.pre_prepare(0, 0, 1, bench.block(1, 0)));
  CHECK(bench.action<ValidateBlock>() == nullptr);
}

TEST_CASE("damaged records stop the start instead of forgetting a promise") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  bench.step(Validated{1, Bench::digest(block), true});
  const quorum::InsecureSigner signer(1);
  const Environment environment{bench.genesis, signer, bench.verifier, bench.reader, bench.members};
  for (std::size_t record = 0; record < bench.disk.size(); ++record) {
    std::vector<Record> damaged = bench.disk;
    damaged[record].value.pop_back();
    const Restored restored{0, 0, bench.tip, damaged, 0};
    Effects effects;
    CHECK_FALSE(Replica::start(bench.config, environment, restored, effects).ok());
  }
  Effects effects;
  CHECK_FALSE(Replica::start(bench.config, environment, {7, 0, bench.tip, {}, 0}, effects).ok());
  Tip without_proof{1, {}, std::nullopt};
  CHECK_FALSE(
      Replica::start(bench.config, environment, {0, 0, without_proof, {}, 0}, effects).ok());
}

TEST_CASE("bit rot: one flipped bit in any record stops the start (pitfall 3)") {
  Bench bench(1);
  for (int height = 0; height < 4; ++height) bench.commit_one(0);  // the last is a checkpoint
  for (const NodeIndex i : {0u, 2u}) {
    bench.receive(i, bench.vote(i, VoteType::kCheckpoint, 0, 4, bench.tip.digest));
  }
  const BlockBytes block = bench.block(5, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 5, block));
  bench.step(Validated{5, Bench::digest(block), true});
  for (const NodeIndex i : {0u, 2u}) {
    bench.receive(i, bench.vote(i, VoteType::kPrepare, 0, 5, Bench::digest(block)));
  }
  bench.receive(2, bench.view_change(2, 1));
  bench.receive(3, bench.view_change(3, 1));
  REQUIRE(bench.disk.size() >= 6);  // view, accepted, prepared, a body, checkpoint, stable
  const quorum::InsecureSigner signer(1);
  const Environment environment{bench.genesis, signer, bench.verifier, bench.reader, bench.members};
  for (std::size_t record = 0; record < bench.disk.size(); ++record) {
    for (std::size_t at = 0; at < bench.disk[record].value.size(); ++at) {
      CAPTURE(int(bench.disk[record].slot));
      CAPTURE(at);
      std::vector<Record> damaged = bench.disk;
      damaged[record].value[at] ^= std::uint8_t(1u << (at % 8));
      Effects effects;
      const Restored restored{0, 0, bench.tip, damaged, 0};
      CHECK_FALSE(Replica::start(bench.config, environment, restored, effects).ok());
    }
  }
}
