// Goal: the rules by which a primary is replaced, and that no NEW-VIEW passes that does not follow
// from its VIEW-CHANGEs (pitfalls 1, 4, 10, 11). Method: one real replica, hand-made messages.
#include <doctest/doctest.h>

#include <functional>

#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

namespace {

std::string reason_of(const Bench& bench, const NewView& message) {
  const Status status =
      verify(message, bench.members.set, bench.members, bench.genesis, bench.verifier);
  return status ? "" : status.error().reason;
}

/// Counts what it is asked: with real signatures each costs as much as everything else together.
struct CountingVerifier final : quorum::VoteVerifier {
  bool verify(const quorum::VoteKey& key, const quorum::VoteBytes& message,
              const quorum::VoteSignature& signature) const override {
    ++asked;
    return quorum::InsecureVerifier().verify(key, message, signature);
  }
  mutable std::size_t asked = 0;
};

void resign(const Bench& bench, NewView& message) {
  message.signature = bench.sign(message.sender, vote_of(message));
}

}  // namespace

TEST_CASE("selection: the highest committed height, then the block of the highest view") {
  const Bench bench(3);
  const auto prepared = [&bench](View view, Seq seq, std::uint8_t mark) {
    Hash32 digest{};
    digest[0] = mark;
    return bench.certificate(VoteType::kPrepare, view, seq, digest);
  };
  const auto claim = [&](NodeIndex sender, Seq committed, std::optional<QuorumCert> p) {
    ViewChange message = bench.view_change(sender, 5, std::move(p));
    message.committed = committed;
    return message;
  };
  CHECK(select(std::vector{claim(0, 0, {}), claim(1, 0, {})}) == Selection{0, {}, 0});
  const auto one = select(std::vector{claim(0, 0, prepared(1, 1, 7)), claim(1, 0, {})});
  CHECK(one.digest.has_value());
  const auto two =
      select(std::vector{claim(0, 0, prepared(1, 1, 7)), claim(1, 0, prepared(3, 1, 8)),
                         claim(2, 0, prepared(2, 1, 9))});
  CHECK((*two.digest)[0] == 8);
  CHECK(two.prepared_view == 3);
  // What is prepared below a committed height is settled.
  const auto three = select(std::vector{claim(0, 0, prepared(3, 1, 7)), claim(1, 1, {})});
  CHECK(three == Selection{1, {}, 0});
}

TEST_CASE("NEW-VIEW: every changed field is refused, even when it is signed again (pitfall 1)") {
  const Bench bench(3);
  Hash32 digest{};
  digest[0] = 7;
  const QuorumCert prepared = bench.certificate(VoteType::kPrepare, 0, 1, digest);
  const NewView good = bench.new_view(
      1, {bench.view_change(0, 1), bench.view_change(1, 1, prepared), bench.view_change(2, 1)});
  CHECK(reason_of(bench, good) == "");
  struct Row {
    const char* reason;
    std::function<void(NewView&)> change;
  };
  const Row rows[] = {
      {"not_primary", [](NewView& m) { m.sender = 2; }},
      {"not_primary", [](NewView& m) { m.view = 2; }},
      {"wrong_epoch", [](NewView& m) { m.epoch = 1; }},
      {"no_quorum", [](NewView& m) { m.view_changes.pop_back(); }},
      {"duplicate_sender", [](NewView& m) { m.view_changes[2] = m.view_changes[1]; }},
      {"wrong_selection", [](NewView& m) { m.selection = encode(Selection{}); }},
      {"wrong_selection", [](NewView& m) { m.selection.push_back(0); }},
      {"wrong_selection",
       [](NewView& m) {
         m.selection = encode(Selection{0, Hash32{}, 0});
       }},
      {"bad_signature", [](NewView& m) { m.view_changes[1].prepared.reset(); }},
      {"bad_signature", [](NewView& m) { m.view_changes[1].prepared->vote.digest[0] ^= 1; }},
      {"bad_signature", [](NewView& m) { m.view_changes[0].sender = 3; }},
      {"wrong_view", [&bench](NewView& m) { m.view_changes[0] = bench.view_change(0, 5); }},
      {"bad_signature",
       [&bench](NewView& m) {  // signed by its author, but the certificate inside is made of air
         QuorumCert air = *m.view_changes[1].prepared;
         air.signatures[0][0] ^= 1;
         m.view_changes[1] = bench.view_change(1, 1, air);
       }},
  };
  for (const Row& row : rows) {
    NewView bad = good;
    row.change(bad);
    resign(bench, bad);
    CHECK(reason_of(bench, bad) == row.reason);
    Bench replica(3);
    replica.receive(1, bad);
    CHECK(replica.replica->status().view == 0);
  }
  NewView unsigned_one = good;
  unsigned_one.signature[0] ^= 1;
  CHECK(reason_of(bench, unsigned_one) == "bad_signature");
}

TEST_CASE("NEW-VIEW: what was found valid before is not verified again, nothing else believed") {
  const Bench bench(3);
  const std::vector<ViewChange> changes{bench.view_change(0, 1), bench.view_change(1, 1),
                                        bench.view_change(2, 1)};
  const NewView good = bench.new_view(1, changes);
  const auto check = [&](const NewView& message,
                         std::vector<std::optional<ViewChange>> verified) {
    const CountingVerifier verifier;
    const Status status =
        verify(message, bench.members.set, bench.members, bench.genesis, verifier, verified);
    return std::pair(status.ok(), verifier.asked);
  };
  CHECK(check(good, {}) == std::pair(true, std::size_t{4}));
  CHECK(check(good, {changes[0], std::nullopt, changes[2], std::nullopt}) ==
        std::pair(true, std::size_t{2}));
  NewView bent = good;
  bent.view_changes[0].signature[3] ^= 1;
  resign(bench, bent);
  CHECK_FALSE(check(bent, {changes[0], changes[1], changes[2]}).first);
}

TEST_CASE("in a new view only the selected block is accepted") {
  Bench bench(3);
  const BlockBytes selected = bench.block(1, 0, 1);
  const QuorumCert prepared = bench.certificate(VoteType::kPrepare, 0, 1, Bench::digest(selected));
  const NewView message = bench.new_view(
      1, {bench.view_change(0, 1), bench.view_change(1, 1, prepared), bench.view_change(2, 1)});
  SUBCASE("another block is refused and the view is left") {
    bench.receive(1, message);
    CHECK(bench.replica->status().active);
    bench.receive(1, bench.pre_prepare(1, 1, 1, bench.block(1, 1)));
    CHECK(bench.refusal() == "not_selected");
    CHECK(bench.sent<ViewChange>().size() == 1);
  }
  SUBCASE("the selected one keeps its bytes and is exempt from clock bounds") {
    bench.receive(1, message);
    bench.receive(1, bench.pre_prepare(1, 1, 1, selected));
    REQUIRE(bench.action<ValidateBlock>() != nullptr);
    CHECK(bench.action<ValidateBlock>()->origin == Origin::kReproposed);
  }
  SUBCASE("the restriction survives a restart") {
    bench.receive(1, message);
    bench.restart();
    CHECK(bench.replica->status().view == 1);
    bench.receive(1, bench.pre_prepare(1, 1, 1, bench.block(1, 1)));
    CHECK(bench.refusal() == "not_selected");
  }
}

TEST_CASE("the new primary proves the view, fetches the body it lacks and proposes it again") {
  Bench bench(1);
  const BlockBytes selected = bench.block(1, 0, 1);
  const Hash32 digest = Bench::digest(selected);
  const QuorumCert prepared = bench.certificate(VoteType::kPrepare, 0, 1, digest, {0, 2, 3});
  bench.receive(2, bench.view_change(2, 1, prepared));
  bench.receive(3, bench.view_change(3, 1));
  CHECK(bench.sent<ViewChange>().size() == 1);  // joined: f + 1 others
  REQUIRE(bench.sent<NewView>().size() == 1);
  CHECK(reason_of(bench, bench.sent<NewView>()[0]) == "");
  REQUIRE(bench.sent<BodyRequest>().size() == 1);
  bench.receive(2, BodyReply{bench.block(1, 0, 9)});
  CHECK(bench.action<ValidateBlock>() == nullptr);  // not the block that was asked for
  bench.receive(2, BodyReply{selected});
  REQUIRE(bench.action<ValidateBlock>() != nullptr);
  bench.step(Validated{1, digest, true, Origin::kReproposed});
  REQUIRE(bench.sent<PrePrepare>().size() == 1);
  CHECK(*bench.sent<PrePrepare>()[0].block == *selected);
}

TEST_CASE("joining: f + 1 others, to the smallest of their views; one liar moves nobody") {
  Bench bench(3);
  bench.receive(0, bench.view_change(0, 1'000'000));
  CHECK(bench.replica->status().view == 0);
  bench.receive(0, bench.view_change(0, 2'000'000));  // one per sender: still one
  CHECK(bench.replica->status().view == 0);
  bench.receive(2, bench.view_change(2, 4));
  CHECK(bench.replica->status().view == 4);
}

TEST_CASE("a silent primary is suspected while there is work, an idle one never (pitfall 11)") {
  Bench idle(1);
  for (int i = 0; i < 20; ++i) idle.wait(idle.config.timeout_ms);
  CHECK(idle.replica->status().view == 0);

  Bench bench(1);
  bench.step(Pending{1, bench.now});
  bench.wait(bench.config.timeout_ms - 1);
  CHECK(bench.replica->status().view == 0);
  bench.wait(1);
  CHECK(bench.replica->status().view == 1);
}

TEST_CASE("a request that waits while others are committed is censored: the primary goes") {
  Bench bench(3);
  const Millis arrived = bench.now;
  bench.step(Pending{1, arrived});
  std::uint8_t payload = 0;
  while (bench.replica->status().view == 0 && payload < 40) {
    bench.wait(bench.config.timeout_ms / 4);
    if (bench.replica->status().view != 0) break;
    bench.commit_one(0, ++payload);
    bench.step(Pending{1, arrived});
    if (bench.tip.seq % 4 == 0) {
      bench.receive(0, StableMessage{bench.certificate(VoteType::kCheckpoint, 0, bench.tip.seq,
                                                       bench.tip.digest)});
    }
  }
  CHECK(bench.replica->status().view == 1);
  CHECK(bench.now - arrived >= bench.config.fairness_factor * bench.config.timeout_ms);
}

TEST_CASE("back-off: doubled per attempt up to a cap, halved only by a commit (pitfall 10)") {
  Bench bench(3);
  bench.step(Pending{1, bench.now});
  const Millis base = bench.config.timeout_ms;
  CHECK(bench.replica->status().timeout_ms == base);
  View view = 0;
  for (int attempt = 1; attempt < 9; ++attempt) {
    for (int i = 0; i < 200 && bench.replica->status().view == view; ++i) {
      bench.wait(base);
      for (const NodeIndex peer : {0u, 1u}) {
        bench.receive(peer, bench.view_change(peer, bench.replica->status().view + 0));
      }
    }
    view = bench.replica->status().view;
    const Millis expected = base << std::min(attempt, 5);
    CHECK(bench.replica->status().timeout_ms == expected);
  }
}

TEST_CASE("no request timer while a view change is under way, and no running through views alone") {
  Bench bench(3);
  bench.step(Pending{1, bench.now});
  for (int i = 0; i < 50; ++i) bench.wait(bench.config.timeout_ms);
  CHECK(bench.replica->status().view == 1);  // suspected once, then waits for a quorum
  bench.wait(bench.config.resend_ms);
  CHECK(bench.sent<ViewChange>().size() == 1);  // and says so again and again
}

TEST_CASE("a late member is told how the view began") {
  Bench bench(3);
  const NewView message = bench.new_view(
      1, {bench.view_change(0, 1), bench.view_change(1, 1), bench.view_change(2, 1)});
  bench.receive(1, message);
  bench.wait(1'000);
  bench.receive(2, StatusMessage{0, 0, true, 0, 0});
  REQUIRE(bench.sent<NewView>().size() == 1);
  CHECK(encode(bench.sent<NewView>()[0]) == encode(message));
  bench.receive(2, StatusMessage{0, 0, true, 0, 0});
  CHECK(bench.sent<NewView>().empty());  // not an amplifier
}

TEST_CASE("planned rotation moves everybody who commits the boundary block on") {
  Bench bench(1);
  bench.config.rotation_interval = 2;
  bench.start({});
  bench.commit_one(0, 1);
  CHECK(bench.replica->status().view == 0);
  bench.commit_one(0, 2);
  CHECK(bench.replica->status().view == 1);
  CHECK(bench.replica->status().timeout_ms == bench.config.timeout_ms);  // no suspicion
}
