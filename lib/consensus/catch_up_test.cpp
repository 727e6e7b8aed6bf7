// Goal: a member that missed something gets it by certificate, and believes nothing else;
// checkpoints become stable with q signatures and are served for ever (pitfalls 7, 13). Method: as
// replica_test.
#include <doctest/doctest.h>

#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

namespace {

/// Blocks of a chain that others have committed.
std::vector<BlockReply> make_chain(Seq count) {
  Bench other(0);
  std::vector<BlockReply> chain;
  for (Seq seq = 1; seq <= count; ++seq) {
    const BlockBytes block = other.block(seq, 0);
    const Hash32 digest = Bench::digest(block);
    chain.push_back({other.certificate(VoteType::kCommit, 0, seq, digest), block});
    other.tip = {seq, digest, chain.back().certificate};
  }
  return chain;
}

}  // namespace

TEST_CASE("a member that is behind asks for blocks and commits them by certificate alone") {
  Bench bench(3);
  const auto chain = make_chain(3);
  bench.wait(1);
  bench.receive(1, StatusMessage{0, 0, true, 3, 0});
  const auto requests = bench.sent<BlockRequest>();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].first == 1);
  CHECK(requests[0].last == 3);
  bench.receive(1, chain[1]);  // out of order: kept
  CHECK(bench.action<ValidateBlock>() == nullptr);
  bench.receive(1, chain[0]);
  REQUIRE(bench.action<ValidateBlock>() != nullptr);
  CHECK(bench.action<ValidateBlock>()->origin == Origin::kCertified);
  bench.step(Validated{1, Bench::digest(chain[0].block), true, Origin::kCertified});
  CHECK(bench.effects.commit.has_value());
  REQUIRE(bench.action<ValidateBlock>() != nullptr);  // the kept one follows
  bench.step(Validated{2, Bench::digest(chain[1].block), true, Origin::kCertified});
  CHECK(bench.tip.seq == 2);
}

TEST_CASE("a block reply is refused unless its certificate is for exactly this block") {
  const auto chain = make_chain(2);
  Bench bench(3);
  const auto refusal = [&bench](BlockReply reply) {
    bench.receive(1, reply);
    CHECK(bench.action<ValidateBlock>() == nullptr);
    return bench.refusal();
  };
  CHECK(refusal({chain[1].certificate, chain[0].block}) == "wrong_certificate");
  BlockReply bad = chain[0];
  bad.certificate.signatures[0][0] ^= 1;
  CHECK(refusal(bad) == "bad_signature");
  const Hash32 digest = Bench::digest(chain[0].block);
  CHECK(refusal({bench.certificate(VoteType::kPrepare, 0, 1, digest), chain[0].block}) ==
        "wrong_certificate");
  CHECK(refusal({bench.certificate(VoteType::kCommit, 0, 1, digest, {0, 1}), chain[0].block}) ==
        "no_quorum");
  CHECK(refusal({chain[0].certificate, std::make_shared<const Bytes>(Bytes{1})}) == "bad_block");
}

TEST_CASE("a certified block with other results here stops the node: it has diverged") {
  Bench bench(3);
  const auto chain = make_chain(1);
  bench.receive(1, chain[0]);
  bench.step(Validated{1, Bench::digest(chain[0].block), false, Origin::kCertified});
  CHECK_FALSE(bench.effects.halt.empty());
  bench.receive(1, chain[0]);
  CHECK(bench.effects.sends.empty());  // and it stays stopped
}

// Found by the simulator: our clock refused a proposal, a quorum committed it, and the late answer
// to the first order halted the node as if it had diverged.
TEST_CASE("the answer to an order that was given anew under other rules counts for nothing") {
  Bench bench(3);
  const BlockBytes block = bench.block(1, 0);
  const Hash32 digest = Bench::digest(block);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  for (const NodeIndex peer : {0u, 1u}) bench.receive(peer, bench.view_change(peer, 1));
  REQUIRE(bench.replica->status().view == 1);
  const QuorumCert certificate = bench.certificate(VoteType::kCommit, 0, 1, digest);
  bench.receive(2, BlockReply{certificate, block});
  REQUIRE(bench.action<ValidateBlock>() != nullptr);
  CHECK(bench.action<ValidateBlock>()->origin == Origin::kCertified);
  bench.step(Validated{1, digest, false, Origin::kProposed});
  CHECK(bench.effects.halt.empty());
  bench.step(Validated{1, digest, true, Origin::kCertified});
  CHECK(bench.effects.commit.has_value());
}

TEST_CASE("a certificate inside a view change finishes a block that is at hand") {
  Bench bench(3);
  const BlockBytes block = bench.block(1, 0);
  const Hash32 digest = Bench::digest(block);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  bench.step(Validated{1, digest, true});
  Bench ahead(0);
  ahead.tip = {1, digest, bench.certificate(VoteType::kCommit, 0, 1, digest)};
  bench.receive(0, ahead.view_change(0, 1));
  CHECK(bench.effects.commit.has_value());
}

TEST_CASE("a liar about heights gets a request, not our patience") {
  Bench bench(1);
  bench.wait(1);
  bench.receive(3, StatusMessage{0, 0, true, 1'000'000, 0});
  CHECK(bench.sent<BlockRequest>().size() == 1);
  bench.commit_one(0);  // agreement goes on meanwhile
  CHECK(bench.tip.seq == 1);
}

TEST_CASE("blocks are served on request, as far as they are committed") {
  Bench bench(1);
  bench.commit_one(0);
  bench.commit_one(0, 1);
  bench.receive(2, BlockRequest{1, 16});
  REQUIRE(bench.action<ServeBlocks>() != nullptr);
  CHECK(bench.action<ServeBlocks>()->to == 2);
  CHECK(bench.action<ServeBlocks>()->last == 2);
  bench.receive(2, BlockRequest{3, 16});
  CHECK(bench.action<ServeBlocks>() == nullptr);
}

TEST_CASE("checkpoints: signed after the commit, stable with q votes, served to who lacks them") {
  Bench bench(1);
  for (std::uint8_t i = 1; i <= 3; ++i) bench.commit_one(0, i);
  CHECK(bench.votes_sent(VoteType::kCheckpoint) == 0);
  bench.commit_one(0, 4);
  CHECK(bench.votes_sent(VoteType::kCheckpoint) == 1);
  const Hash32 digest = bench.tip.digest;
  bench.receive(0, bench.vote(0, VoteType::kCheckpoint, 0, 4, digest));
  CHECK(bench.action<CheckpointStable>() == nullptr);
  bench.receive(2, bench.vote(2, VoteType::kCheckpoint, 0, 4, digest));
  REQUIRE(bench.action<CheckpointStable>() != nullptr);
  CHECK(bench.replica->status().stable == 4);
  bench.restart();
  CHECK(bench.replica->status().stable == 4);
  bench.wait(1'000);
  bench.receive(3, StatusMessage{0, 0, true, 4, 0});
  REQUIRE(bench.sent<StableMessage>().size() == 1);
  CHECK(bench.sent<StableMessage>()[0].certificate.vote.seq == 4);
}

TEST_CASE("checkpoint votes: wrong heights do not count, two digests are evidence") {
  Bench bench(1);
  Hash32 one{};
  Hash32 two{};
  two[0] = 1;
  bench.receive(0, bench.vote(0, VoteType::kCheckpoint, 0, 3, one));    // not a checkpoint height
  bench.receive(0, bench.vote(0, VoteType::kCheckpoint, 0, 400, one));  // beyond the window
  bench.receive(0, bench.vote(0, VoteType::kCheckpoint, 0, 4, one));
  CHECK(bench.effects.evidence.empty());
  bench.receive(0, bench.vote(0, VoteType::kCheckpoint, 0, 4, two));
  REQUIRE(bench.effects.evidence.size() == 1);
  CHECK(bench.effects.evidence[0].kind == "checkpoint");
}

TEST_CASE("a false stable certificate is refused") {
  Bench bench(1);
  QuorumCert bad = bench.certificate(VoteType::kCheckpoint, 0, 4, Hash32{});
  bad.signatures[0][0] ^= 1;
  bench.receive(2, StableMessage{bad});
  CHECK(bench.replica->status().stable == 0);
  bench.receive(2, StableMessage{bench.certificate(VoteType::kCommit, 0, 4, Hash32{})});
  CHECK(bench.replica->status().stable == 0);
}

TEST_CASE("a snapshot moves the tip; what was in flight is dropped") {
  Bench bench(1);
  bench.config.snapshot_gap = 8;
  bench.start({});
  Hash32 digest{};
  digest[0] = 5;
  bench.wait(1);
  bench.receive(2, StableMessage{bench.certificate(VoteType::kCheckpoint, 0, 40, digest)});
  bench.wait(1'000);
  bench.receive(2, StatusMessage{0, 0, true, 42, 40});
  REQUIRE(bench.action<FetchSnapshot>() != nullptr);
  CHECK(bench.action<FetchSnapshot>()->checkpoint == 40);
  const Tip tip{40, digest, bench.certificate(VoteType::kCommit, 0, 40, digest)};
  bench.step(SnapshotInstalled{tip});
  CHECK(bench.replica->status().committed == 40);
}

TEST_CASE("far behind: the certificate of a snapshot is awaited, also when a vote tells a height") {
  Bench bench(1);
  bench.config.snapshot_gap = 8;
  bench.start({});
  Hash32 digest{};
  digest[0] = 5;
  bench.wait(1);
  bench.receive(2, bench.vote(2, VoteType::kPrepare, 0, 43, digest));  // no STATUS of it yet
  bench.wait(1'000);
  CHECK(bench.sent<BlockRequest>().empty());
  bench.receive(2, StatusMessage{0, 0, true, 42, 40});  // and now its certificate is missing
  bench.wait(500);
  CHECK(bench.sent<BlockRequest>().empty());
  SUBCASE("it comes: the snapshot is fetched") {
    bench.receive(2, StableMessage{bench.certificate(VoteType::kCheckpoint, 0, 40, digest)});
    CHECK(bench.action<FetchSnapshot>() != nullptr);
    CHECK(bench.sent<BlockRequest>().empty());
  }
  SUBCASE("it does not come: whoever only claims to be far delays by some heartbeats") {
    bench.wait(3'000);
    CHECK_FALSE(bench.sent<BlockRequest>().empty());
  }
}

TEST_CASE("a block by its digest is sent as often as a correct primary asks, not more often") {
  Bench bench(1);
  const BlockBytes block = bench.block(1, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  const BodyRequest ask{1, Bench::digest(block)};
  const auto replies = [&](NodeIndex from) {
    bench.receive(from, ask);
    return bench.sent<BodyReply>().size();
  };
  CHECK(replies(2) == 1);
  CHECK(replies(2) == 0);
  CHECK(replies(3) == 1);
  bench.wait(bench.config.resend_ms);
  CHECK(replies(2) == 1);
}
