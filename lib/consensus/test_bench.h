// For the unit tests of this folder: one real replica among members whose messages the test writes
// and signs itself, with a block format of a few fields. Nothing here is part of the product.
#pragma once

#include <string>
#include <vector>

#include "base/wire.h"
#include "consensus/messages.h"
#include "consensus/new_view.h"
#include "consensus/replica.h"
#include "crypto/hash.h"
#include "quorum/insecure_suite.h"

namespace emr::consensus::test {

using quorum::VoteType;

class PlainReader final : public BlockReader {
 public:
  Result<BlockHead> read(ByteView block) const override {
    WireReader reader(block);
    BlockHead head;
    head.seq = reader.u64();
    head.view = reader.u64();
    head.proposer = reader.u8();
    head.previous = reader.hash();
    const std::uint8_t payload = reader.u8();
    EMR_TRY(reader.finish());
    if (payload == kOfEpochOne) head.epoch = 1;
    if (payload == kLastOfEpoch) head.next_validators = next_validators;
    head.digest = crypto::sha256(block);
    return head;
  }

  static constexpr std::uint8_t kLastOfEpoch = 0xEE;  ///< payload of such a block
  static constexpr std::uint8_t kOfEpochOne = 0xE1;
  Hash32 next_validators{};
};

struct Members final : Validators {
  explicit Members(std::size_t n) : set(make(0, n)), next(make(1, n + 1)) {}
  static quorum::ValidatorSet make(Epoch epoch, std::size_t n) {
    std::vector<quorum::VoteKey> keys;
    for (std::uint64_t i = 0; i < n; ++i) keys.push_back(quorum::insecure_key(i));
    return quorum::ValidatorSet::make(epoch, keys).value();
  }
  const quorum::ValidatorSet* find(Epoch epoch) const override {
    return epoch == 0 ? &set : epoch == 1 ? &next : nullptr;
  }
  quorum::ValidatorSet set;
  quorum::ValidatorSet next;  ///< the set of epoch 1: one member more
};

/// A replica under test with everything that the other members could say to it.
class Bench {
 public:
  explicit Bench(NodeIndex self, std::size_t n = 4) : members(n), self_(self), signer_(self) {
    genesis.fill(0x47);
    reader.next_validators = members.next.hash();
    tip = {0, genesis, std::nullopt};
    config.checkpoint_interval = 4;
    config.rotation_interval = 0;
    start({});
  }

  void start(std::vector<Record> records) {
    effects.clear();
    const Environment environment{genesis, signer_, verifier, reader, members};
    const Restored restored{epoch, first_view, tip, std::move(records), now, rejoin_nonce};
    auto started = Replica::start(config, environment, restored, effects);
    EMR_CHECK(started.ok());
    replica.emplace(std::move(started).value());
  }
  /// Feeds one event; `effects` are those of this step only. Records and tip are kept as a disk.
  Effects& step(const Event& event) {
    effects.clear();
    replica->step(event, effects);
    for (const Record& record : effects.persist) keep(record);
    if (effects.commit) {
      tip = {effects.commit->seq, effects.commit->digest, effects.commit->certificate};
    }
    return effects;
  }
  Effects& receive(NodeIndex from, const Message& message) {
    const Bytes bytes = encode(message);
    return step(Received{from, bytes});
  }
  Effects& wait(Millis ms) {
    now += ms;
    return step(Tick{now});
  }
  void restart() { start(disk); }

  BlockBytes block(Seq seq, View view, std::uint8_t payload = 0) const {
    WireWriter writer;
    writer.u64(seq).u64(view).u8(std::uint8_t(members.set.primary(view)));
    writer.raw(tip.digest).u8(payload);
    return std::make_shared<const Bytes>(std::move(writer).take());
  }
  static Hash32 digest(const BlockBytes& block) { return crypto::sha256(*block); }

  quorum::VoteSignature sign(NodeIndex by, const quorum::Vote& vote) const {
    return quorum::InsecureSigner(by).sign(quorum::vote_bytes(genesis, vote));
  }
  PrePrepare pre_prepare(NodeIndex by, View view, Seq seq, const BlockBytes& block) const {
    const quorum::Vote vote{VoteType::kPrePrepare, 0, view, seq, digest(block)};
    return {0, view, seq, by, sign(by, vote), block};
  }
  VoteMessage vote(NodeIndex by, VoteType type, View view, Seq seq, const Hash32& digest) const {
    const quorum::Vote content{type, 0, view, seq, digest};
    return {content, by, sign(by, content)};
  }
  QuorumCert certificate(VoteType type, View view, Seq seq, const Hash32& digest,
                         std::vector<NodeIndex> signers = {0, 1, 2}) const {
    const quorum::Vote content{type, 0, view, seq, digest};
    std::vector<quorum::SignedBy> signatures;
    for (const NodeIndex i : signers) signatures.emplace_back(i, sign(i, content));
    return make_certificate(content, signatures);
  }
  ViewChange view_change(NodeIndex by, View view,
                         std::optional<QuorumCert> prepared = std::nullopt) const {
    ViewChange message{0, view, by, tip.seq, tip.certificate, std::move(prepared), {}};
    message.signature = sign(by, vote_of(message));
    return message;
  }
  NewView new_view(View view, std::vector<ViewChange> changes) const {
    NewView message{0, view, members.set.primary(view), std::move(changes), {}, {}};
    message.selection = encode(select(message.view_changes));
    message.signature = sign(message.sender, vote_of(message));
    return message;
  }

  /// Brings the replica through one whole height in `view` with the votes of members 0, 1 and 2.
  void commit_one(View view, std::uint8_t payload = 0) {
    const Seq seq = tip.seq + 1;
    const BlockBytes bytes = block(seq, view, payload);
    receive(members.set.primary(view), pre_prepare(members.set.primary(view), view, seq, bytes));
    step(Validated{seq, digest(bytes), true});
    for (const VoteType type : {VoteType::kPrepare, VoteType::kCommit}) {
      for (NodeIndex i = 0; i < 3; ++i) {
        if (i != self_) receive(i, vote(i, type, view, seq, digest(bytes)));
      }
    }
    EMR_CHECK(tip.seq == seq);
  }

  /// Words of the last step's trace that say why something was refused.
  std::string refusal() const {
    for (const Note& note : effects.notes) {
      if (note.what == "refused") return note.reason;
    }
    return "";
  }
  template <class T>
  std::vector<T> sent() const {
    std::vector<T> found;
    for (const Send& send : effects.sends) {
      const auto message = decode(*send.bytes);
      if (const auto* one = std::get_if<T>(&message.value())) found.push_back(*one);
    }
    return found;
  }
  std::size_t votes_sent(VoteType type) const {
    std::size_t count = 0;
    for (const VoteMessage& one : sent<VoteMessage>()) count += one.vote.type == type ? 1 : 0;
    return count;
  }
  template <class T>
  const T* action() const {
    for (const Action& one : effects.actions) {
      if (const auto* found = std::get_if<T>(&one)) return found;
    }
    return nullptr;
  }

  Hash32 genesis{};
  Config config;
  Members members;
  quorum::InsecureVerifier verifier;
  PlainReader reader;
  Tip tip;
  Millis now = 1'000;
  Epoch epoch = 0;      ///< what the disk says at the next start
  View first_view = 0;  ///< likewise
  std::optional<std::uint64_t> rejoin_nonce;
  std::vector<Record> disk;
  Effects effects;
  std::optional<Replica> replica;

 private:
  void keep(const Record& record) {
    for (Record& known : disk) {
      if (known.slot == record.slot) {
        known = record;
        return;
      }
    }
    disk.push_back(record);
  }

  NodeIndex self_;
  quorum::InsecureSigner signer_;
};

}  // namespace emr::consensus::test
