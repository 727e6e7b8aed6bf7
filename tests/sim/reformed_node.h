// One node of a consortium whose members change while it runs: the real replica, a chain of
// one-request blocks, a disk. A request may be a change of the members; the block that carries it
// is the last of its epoch. Whoever is not in the current set follows as an observer, as in
// lib/node.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/messages.h"
#include "consensus/replica.h"
#include "quorum/insecure_suite.h"

namespace emr::sim {

/// A node for as long as the simulation runs; replica indices change, this does not.
using Identity = std::uint32_t;

/// The members of an epoch and which of its keys each of them has registered, sorted.
struct Reform {
  std::map<Identity, std::uint32_t> key_version;

  std::vector<Identity> order() const;
  quorum::ValidatorSet set(consensus::Epoch epoch) const;
};

enum class Change : std::uint8_t { kNone, kJoin, kLeave, kRotate };
struct Request {
  Change change = Change::kNone;
  Identity who = 0;
};
/// The members after a request; the same when it asks for what may not be (fewer than four).
Reform reformed(const Reform& members, const Request& request);

struct ReformBlock {
  consensus::Epoch epoch = 0;
  consensus::Seq seq = 0;
  consensus::View view = 0;
  consensus::NodeIndex proposer = 0;
  Hash32 previous{};
  Hash32 next_validators{};
  std::uint64_t request = 0;
};
Bytes encode(const ReformBlock& block);
Result<ReformBlock> decode_reform_block(ByteView bytes);

class ReformReader final : public consensus::BlockReader {
 public:
  Result<consensus::BlockHead> read(ByteView block) const override;
};

class ReformedNode;

class ReformHost {
 public:
  virtual ~ReformHost() = default;
  virtual void on_send(ReformedNode& node, Identity to, std::shared_ptr<const Bytes> bytes) = 0;
  virtual void on_answer(ReformedNode& node, consensus::Event answer) = 0;
  virtual void on_commit(ReformedNode& node, const consensus::CommitBlock& commit) = 0;
  virtual void on_halt(ReformedNode& node, std::string_view why) = 0;
  virtual void on_fetch(ReformedNode& node, consensus::Seq checkpoint) = 0;
};

/// Signs with the key that the set names; every node holds all its keys.
class ReformSigner final : public quorum::VoteSigner {
 public:
  explicit ReformSigner(Identity identity) : identity_(identity) { choose(0); }
  static std::uint64_t key_number(Identity identity, std::uint32_t version) {
    return std::uint64_t{identity} * 64 + version;
  }
  void choose(std::uint32_t version) {
    signer_ = std::make_unique<quorum::InsecureSigner>(key_number(identity_, version));
  }
  const quorum::VoteKey& key() const noexcept override { return signer_->key(); }
  quorum::VoteSignature sign(const quorum::VoteBytes& message) const override {
    return signer_->sign(message);
  }

 private:
  Identity identity_;
  std::unique_ptr<quorum::InsecureSigner> signer_;
};

class ReformedNode final : consensus::Validators {
 public:
  ReformedNode(ReformHost& host, Identity identity, Identity identities, const Reform& founders,
               const std::vector<Request>& requests, const consensus::Config& config);

  Identity identity() const { return identity_; }
  bool is_up() const { return replica_.has_value(); }
  std::uint64_t life() const { return life_; }
  consensus::Seq height() const { return chain_.size(); }
  consensus::ReplicaStatus status() const { return replica_->status(); }
  const Reform& members() const { return epochs_.back().members; }

  /// Has lost its disk and does not vote yet.
  bool is_rejoining() const { return rejoining_; }

  /// False: it refuses to start, because a record on its disk is damaged.
  bool start(consensus::Millis now_ms);
  void crash();
  /// Crashes, and everything durable is lost.
  void wipe();
  /// Flips one bit of a record, or of a stored block. False: there is none.
  bool damage_record(std::uint64_t position);
  bool damage_block(std::uint64_t position);
  /// True while a damaged record is on the disk that no start may overlook.
  bool has_damaged_record() const { return has_damaged_record_; }
  void deliver(Identity from, const Bytes& bytes);
  void tick(consensus::Millis now_ms);
  void answer(const consensus::Event& event);
  void tell_pending();
  /// What a peer holds up to a height becomes this node's, at once. False: nothing new, or it is
  /// not whole.
  bool install(const ReformedNode& peer, consensus::Seq height);

 private:
  struct Era {
    Reform members;
    std::vector<Identity> order;
    quorum::ValidatorSet set;
    consensus::View first_view = 0;
  };
  struct Stored {
    consensus::BlockBytes block;
    quorum::QuorumCert certificate;
  };

  const quorum::ValidatorSet* find(consensus::Epoch epoch) const override;
  void begin_era(Reform members, consensus::View first_view);
  void select_key();
  bool apply(const Stored& stored);
  std::optional<consensus::NodeIndex> index_of(Identity identity) const;
  std::uint64_t next_request() const;
  bool validate(ByteView bytes) const;
  ReformBlock block_for(std::uint64_t request, consensus::View view,
                        consensus::NodeIndex proposer) const;
  void step(const consensus::Event& event);
  void perform();
  void persist();
  void act(const consensus::Action& action);
  void serve(Identity to, consensus::Seq first, consensus::Seq last);

  ReformHost& host_;
  const Identity identity_;
  const Identity identities_;
  const std::vector<Request>& requests_;
  const consensus::Config config_;
  const Hash32 genesis_ = [] {
    Hash32 hash{};
    hash.fill(0x47);
    return hash;
  }();
  ReformReader reader_;
  quorum::InsecureVerifier verifier_;
  ReformSigner signer_;
  // Survives a crash.
  std::array<Bytes, consensus::kSlotCount> slots_;
  std::vector<Stored> chain_;
  std::vector<bool> applied_;
  bool rejoining_ = false;
  bool has_damaged_record_ = false;
  consensus::Tip tip_;
  std::deque<Era> epochs_;  ///< by epoch; the core keeps pointers to the sets
  // Does not.
  std::optional<consensus::Replica> replica_;
  consensus::Epoch at_epoch_ = 0;  ///< of the replica: behind epochs_ until EpochStarted
  std::optional<consensus::BuildBlock> build_wanted_;
  consensus::Effects effects_;
  consensus::Millis now_ms_ = 0;
  std::uint64_t life_ = 0;
};

}  // namespace emr::sim
