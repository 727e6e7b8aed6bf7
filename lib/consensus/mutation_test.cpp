// Goal: whatever a faulty member changes in a message, and signs again with its own key, moves a
// correct replica only where a correct message could (ByzzFuzz; field/ledger.md 2.2).
// Method: every byte of every message is changed in several ways, so that every field is covered
// and a new one cannot be forgotten; what still decodes is signed again and given to a replica that
// waits for just this message. Every message type must have a row.
#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

namespace {

struct Row {
  const char* name;
  NodeIndex self;    ///< the replica under test
  NodeIndex faulty;  ///< who sends
  std::function<Message(Bench&)> prepare;
  std::function<bool(Bench&)> is_safe;  ///< after the changed message
  /// The unchanged message must have the effect that the changed ones must not have.
  std::function<bool(Bench&)> has_effect;
};

void sign_again(const Bench& bench, NodeIndex by, Message& message) {
  if (auto* one = std::get_if<PrePrepare>(&message)) {
    one->signature = bench.sign(by, {VoteType::kPrePrepare, one->epoch, one->view, one->seq,
                                     Bench::digest(one->block)});
  }
  if (auto* one = std::get_if<VoteMessage>(&message)) one->signature = bench.sign(by, one->vote);
  if (auto* one = std::get_if<ViewChange>(&message)) one->signature = bench.sign(by, vote_of(*one));
  if (auto* one = std::get_if<NewView>(&message)) one->signature = bench.sign(by, vote_of(*one));
}

/// The replica has executed and accepted a block at height 1 of view 0.
BlockBytes accepted(Bench& bench) {
  const BlockBytes block = bench.block(1, 0);
  bench.receive(0, bench.pre_prepare(0, 0, 1, block));
  bench.step(Validated{1, Bench::digest(block), true});
  return block;
}

Hash32 digest_of(const Bench& bench) { return Bench::digest(bench.block(1, 0)); }

Message prepare_vote(Bench& bench) {
  const Hash32 digest = Bench::digest(accepted(bench));
  bench.receive(0, bench.vote(0, VoteType::kPrepare, 0, 1, digest));
  return bench.vote(2, VoteType::kPrepare, 0, 1, digest);
}
Message commit_vote(Bench& bench) {
  const Hash32 digest = digest_of(bench);
  bench.receive(2, prepare_vote(bench));
  bench.receive(0, bench.vote(0, VoteType::kCommit, 0, 1, digest));
  return bench.vote(2, VoteType::kCommit, 0, 1, digest);
}
Message checkpoint_vote(Bench& bench) {
  for (int height = 0; height < 4; ++height) bench.commit_one(0);
  bench.receive(0, bench.vote(0, VoteType::kCheckpoint, 0, 4, bench.tip.digest));
  return bench.vote(2, VoteType::kCheckpoint, 0, 4, bench.tip.digest);
}
QuorumCert prepared_somewhere(const Bench& bench) {
  return bench.certificate(VoteType::kPrepare, 0, 1, digest_of(bench));
}
Message view_change(Bench& bench) {
  bench.receive(2, bench.view_change(2, 1, prepared_somewhere(bench)));
  return bench.view_change(3, 1);
}
/// A NEW-VIEW that contains nothing of its author but the choice.
Message new_view(Bench& bench) {
  return bench.new_view(1, {bench.view_change(0, 1),
                            bench.view_change(2, 1, prepared_somewhere(bench)),
                            bench.view_change(3, 1)});
}
/// The replica is primary of view 1 and lacks the block that it has to propose again.
Message body_reply(Bench& bench) {
  bench.receive(2, bench.view_change(2, 1, prepared_somewhere(bench)));
  bench.receive(3, bench.view_change(3, 1));
  return BodyReply{bench.block(1, 0)};
}

bool keeps_the_choice(Bench& bench) {
  for (const NewView& one : bench.sent<NewView>()) {
    const auto selection = decode_selection(one.selection);
    if (!selection || selection.value().digest != digest_of(bench)) return false;
    if (!verify(one, bench.members.set, bench.members, bench.genesis, bench.verifier)) return false;
  }
  return true;
}

/// A primary may propose any block that continues this chain here and now; nothing else.
bool takes_only_a_block_for_this_place(Bench& bench) {
  const auto* order = bench.action<ValidateBlock>();
  if (order == nullptr) return true;
  const auto head = bench.reader.read(*order->block);
  return head && head.value().seq == 1 && head.value().view == 0 && head.value().proposer == 0 &&
         head.value().previous == bench.genesis;
}

bool serves_what_it_has(Bench& bench) {
  const auto* order = bench.action<ServeBlocks>();
  return order == nullptr || (order->to == 3 && order->first >= 1 && order->last <= bench.tip.seq);
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"PRE-PREPARE", 1, 0,
       [](Bench& bench) { return Message(bench.pre_prepare(0, 0, 1, bench.block(1, 0))); },
       takes_only_a_block_for_this_place,
       [](Bench& bench) { return bench.action<ValidateBlock>() != nullptr; }},
      {"second PRE-PREPARE", 1, 0,
       [](Bench& bench) { return Message(bench.pre_prepare(0, 0, 1, accepted(bench))); },
       [](Bench& bench) {
         return bench.action<ValidateBlock>() == nullptr &&
                bench.votes_sent(VoteType::kPrepare) == 0;
       },
       nullptr},
      {"PREPARE", 1, 2, prepare_vote,
       [](Bench& bench) { return bench.votes_sent(VoteType::kCommit) == 0; },
       [](Bench& bench) { return bench.votes_sent(VoteType::kCommit) == 1; }},
      {"COMMIT", 1, 2, commit_vote, [](Bench& bench) { return !bench.effects.commit; },
       [](Bench& bench) { return bench.effects.commit.has_value(); }},
      {"CHECKPOINT", 1, 2, checkpoint_vote,
       [](Bench& bench) { return bench.replica->status().stable == 0; },
       [](Bench& bench) { return bench.replica->status().stable == 4; }},
      {"VIEW-CHANGE", 1, 3, view_change, keeps_the_choice,
       [](Bench& bench) { return bench.sent<NewView>().size() == 1; }},
      {"NEW-VIEW", 2, 1, new_view, [](Bench& bench) { return bench.replica->status().view == 0; },
       [](Bench& bench) { return bench.replica->status().view == 1; }},
      {"STATUS", 1, 3, [](Bench&) { return Message(StatusMessage{0, 0, true, 1, 0}); },
       [](Bench& bench) {
         const ReplicaStatus now = bench.replica->status();
         return now.committed == 0 && now.view == 0 && now.active && now.stable == 0;
       },
       nullptr},
      {"BLOCK-REQUEST", 1, 3,
       [](Bench& bench) {
         bench.commit_one(0);
         bench.commit_one(0);
         return Message(BlockRequest{1, 2});
       },
       serves_what_it_has, [](Bench& bench) { return bench.action<ServeBlocks>() != nullptr; }},
      {"BLOCK-REPLY", 3, 2,
       [](Bench& bench) {
         const QuorumCert proof = bench.certificate(VoteType::kCommit, 0, 1, digest_of(bench));
         return Message(BlockReply{proof, bench.block(1, 0)});
       },
       [](Bench& bench) { return bench.action<ValidateBlock>() == nullptr; },
       [](Bench& bench) { return bench.action<ValidateBlock>() != nullptr; }},
      {"BODY-REQUEST", 1, 3,
       [](Bench& bench) { return Message(BodyRequest{1, Bench::digest(accepted(bench))}); },
       [](Bench& bench) { return bench.sent<BodyReply>().empty(); },
       [](Bench& bench) { return bench.sent<BodyReply>().size() == 1; }},
      {"BODY-REPLY", 1, 3, body_reply,
       [](Bench& bench) { return bench.action<ValidateBlock>() == nullptr; },
       [](Bench& bench) { return bench.action<ValidateBlock>() != nullptr; }},
      {"STABLE", 1, 3,
       [](Bench& bench) {
         return Message(StableMessage{bench.certificate(VoteType::kCheckpoint, 0, 4, Hash32{})});
       },
       [](Bench& bench) { return bench.replica->status().stable == 0; },
       [](Bench& bench) { return bench.replica->status().stable == 4; }},
      {"PROBE", 1, 3, [](Bench&) { return Message(Probe{7}); },
       [](Bench& bench) { return bench.effects.persist.empty() && bench.tip.seq == 0; },
       [](Bench& bench) { return bench.sent<ProbeReply>().size() == 1; }},
      {"PROBE-REPLY", 1, 3,
       [](Bench& bench) {
         bench.rejoin_nonce = 7;
         bench.start({});
         return Message(ProbeReply{7, 0, 0, 0});
       },
       [](Bench& bench) { return bench.replica->status().rejoining; },
       [](Bench& bench) { return bench.replica->status().rejoining; }},
  };
  return all;
}

/// How many changed messages reached the replica with a valid signature of their author.
std::size_t attack(const Row& row, std::size_t at, std::uint8_t change) {
  Bench bench(row.self);
  const Message original = row.prepare(bench);
  const Bytes right = encode(original);
  Bytes wrong = right;
  wrong[at] ^= change;
  auto decoded = decode(wrong);
  if (decoded) {
    Message message = std::move(decoded).value();
    sign_again(bench, row.faulty, message);
    wrong = encode(message);
    if (wrong == right) return 0;  // only the signature had been changed
  }
  bench.step(Received{row.faulty, wrong});
  CHECK(row.is_safe(bench));
  return decoded ? 1 : 0;
}

}  // namespace

TEST_CASE("no byte of a message can be changed and signed again to any effect") {
  std::set<std::size_t> types;
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    Bench bench(row.self);
    const Message message = row.prepare(bench);
    types.insert(message.index());
    const std::size_t size = encode(message).size();
    if (row.has_effect) {
      bench.receive(row.faulty, message);
      CHECK(row.has_effect(bench));
    }
    std::size_t well_signed = 0;
    for (std::size_t at = 0; at < size; ++at) {
      CAPTURE(at);
      for (const int change : {0x01, 0x02, 0x04, 0x80, 0xFF}) {
        well_signed += attack(row, at, static_cast<std::uint8_t>(change));
      }
    }
    CHECK(well_signed > 0);
  }
  CHECK(types.size() == std::variant_size_v<Message>);  // a new message type needs a row here
}
