// bench-ordering: what the protocol core itself costs. Four replicas in one thread order blocks of
// 400 commands of 128 bytes; no disk, no sockets, and a keyed mix in the place of signatures: the
// figure to hold against libhotstuff's CPU time per command with unsigned commands (4.7 us).
#include <cstdint>
#include <ctime>
#include <deque>
#include <memory>

#include "base/check.h"
#include "base/wire.h"
#include "consensus/replica.h"
#include "crypto/hash.h"
#include "figure.h"
#include "quorum/insecure_suite.h"

namespace {

using namespace emr;
using namespace emr::consensus;

constexpr std::size_t kNodes = 4;
constexpr std::size_t kCommands = 400;
constexpr std::size_t kCommandBytes = 128;
constexpr Seq kBlocks = 5'000;
constexpr double kHotstuffMicroseconds = 4.7;

class Reader final : public BlockReader {
 public:
  Result<BlockHead> read(ByteView block) const override {
    WireReader reader(block);
    BlockHead head;
    head.seq = reader.u64();
    head.view = reader.u64();
    head.proposer = reader.u8();
    head.previous = reader.hash();
    if (reader.failed()) return fail(Code::kData, "a block is cut off");
    head.digest = crypto::sha256(block);
    return head;
  }
};

class OneSet final : public Validators {
 public:
  OneSet() : set_(make()) {}
  const quorum::ValidatorSet* find(Epoch epoch) const override {
    return epoch == 0 ? &set_ : nullptr;
  }

 private:
  static quorum::ValidatorSet make() {
    std::vector<quorum::VoteKey> keys;
    for (std::uint64_t i = 0; i < kNodes; ++i) keys.push_back(quorum::insecure_key(i));
    return quorum::ValidatorSet::make(0, keys).value();
  }
  quorum::ValidatorSet set_;
};

/// Four replicas and the messages between them, delivered in the order of sending.
class Cluster {
 public:
  Cluster() {
    config_.rotation_interval = 0;  // keep one primary: the figure is of the usual case
    genesis_.fill(0x47);
    for (std::size_t i = 0; i < kNodes; ++i) signers_.emplace_back(i);
    for (NodeIndex i = 0; i < kNodes; ++i) {
      const Environment environment{genesis_, signers_[i], verifier_, reader_, validators_};
      Restored restored;
      restored.tip.digest = genesis_;
      restored.now_ms = 1'000;
      Effects effects;
      auto started = Replica::start(config_, environment, restored, effects);
      EMR_CHECK(started.ok());
      replicas_.push_back(std::move(started).value());
      take(i, effects);
    }
  }

  void run(Seq last) {
    for (NodeIndex i = 0; i < kNodes; ++i) feed(i, Pending{kCommands, 1'000});
    while (replicas_[0].status().committed < last) {
      EMR_CHECK(!messages_.empty());
      const Message message = std::move(messages_.front());
      messages_.pop_front();
      feed(message.to, Received{message.from, *message.bytes});
    }
  }

 private:
  struct Message {
    NodeIndex from;
    NodeIndex to;
    std::shared_ptr<const Bytes> bytes;
  };

  void feed(NodeIndex node, const Event& event) {
    Effects effects;
    replicas_[node].step(event, effects);
    take(node, effects);
  }

  void take(NodeIndex node, Effects& effects) {
    for (const Send& send : effects.sends) {
      for (NodeIndex to = 0; to < kNodes; ++to) {
        if (to == node || (send.to != kEveryone && send.to != to)) continue;
        messages_.push_back({node, to, send.bytes});
      }
    }
    for (const Action& action : effects.actions) {
      if (const auto* build = std::get_if<BuildBlock>(&action)) {
        feed(node, Built{build->view, build->seq, block(node, *build)});
      } else if (const auto* check = std::get_if<ValidateBlock>(&action)) {
        feed(node, Validated{check->seq, check->digest, true, check->origin});
      }
    }
    if (effects.commit) feed(node, Pending{kCommands, 1'000});
  }

  static BlockBytes block(NodeIndex proposer, const BuildBlock& order) {
    WireWriter writer;
    writer.u64(order.seq).u64(order.view).u8(static_cast<std::uint8_t>(proposer));
    writer.raw(order.previous).raw(Bytes(kCommands * kCommandBytes, 0x5A));
    return std::make_shared<const Bytes>(std::move(writer).take());
  }

  Hash32 genesis_{};
  Config config_;
  Reader reader_;
  OneSet validators_;
  quorum::InsecureVerifier verifier_;
  std::deque<quorum::InsecureSigner> signers_;  // replicas keep references
  std::vector<Replica> replicas_;
  std::deque<Message> messages_;
};

}  // namespace

int main() {
  Cluster cluster;
  const std::clock_t start = std::clock();
  cluster.run(kBlocks);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const double commands = static_cast<double>(kBlocks) * kCommands * kNodes;
  bench::figure_with_most("consensus.ordering", seconds / commands * 1e6, "us/command/node",
                          kHotstuffMicroseconds, 1);
  return 0;
}
