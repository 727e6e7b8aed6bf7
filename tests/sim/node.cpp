#include "node.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "consensus/durable.h"
#include "consensus/bugs.h"
#include "consensus/messages.h"
#include "crypto/random.h"
#include "disk_rot.h"
#include "quorum/secp256k1_votes.h"

namespace emr::sim {

namespace {

constexpr std::size_t kBatchMax = 8;
constexpr std::size_t kSnapshots = 2;

using Signers = std::vector<std::unique_ptr<const quorum::VoteSigner>>;

Signers make_signers(std::size_t nodes, bool has_real_signatures) {
  Signers signers;
  crypto::SeededRandom random(nodes);
  for (std::uint64_t i = 0; i < nodes; ++i) {
    if (has_real_signatures) {
      signers.push_back(
          std::make_unique<quorum::Secp256k1Signer>(crypto::SigningKey::generate(random)));
    } else {
      signers.push_back(std::make_unique<quorum::InsecureSigner>(i));
    }
  }
  return signers;
}

quorum::ValidatorSet make_set(const Signers& signers) {
  std::vector<quorum::VoteKey> keys;
  for (const auto& signer : signers) keys.push_back(signer->key());
  return quorum::ValidatorSet::make(0, keys).value();
}

}  // namespace

Consortium::Consortium(std::size_t nodes, bool has_real_signatures)
    : signers(make_signers(nodes, has_real_signatures)), set(make_set(signers)) {
  genesis.fill(0x47);
  if (has_real_signatures) {
    auto real = std::make_unique<quorum::Secp256k1Verifier>();
    EMR_CHECK(real->add(set).ok());
    verifier = std::move(real);
  } else {
    verifier = std::make_unique<quorum::InsecureVerifier>();
  }
}

SimNode::SimNode(Host& host, Consortium& consortium, consensus::NodeIndex identity,
                 std::size_t instance, const consensus::Config& config)
    : host_(host),
      consortium_(consortium),
      identity_(identity),
      instance_(instance),
      config_(config),
      tip_{0, consortium.genesis, std::nullopt},
      app_(consortium.issued) {}

bool SimNode::start(consensus::Millis now_ms) {
  EMR_CHECK(!replica_);
  ++life_;
  now_ms_ = now_ms;
  consensus::Restored restored;
  restored.first_view = first_view_;
  restored.tip = tip_;
  restored.now_ms = now_ms;
  if (rejoining_) restored.rejoin_nonce = life_;
  for (std::uint8_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].empty()) restored.records.push_back({slot, slots_[slot]});
  }
  const consensus::Environment environment{consortium_.genesis, *consortium_.signers[identity_],
                                           *consortium_.verifier, consortium_.reader, consortium_};
  effects_.clear();
  auto replica = consensus::Replica::start(config_, environment, restored, effects_);
  if (!replica) return false;
  replica_ = std::move(replica).value();
  if (!perform()) crash();
  return true;
}

void SimNode::crash() {
  replica_.reset();
  mempool_.clear();
  build_wanted_.reset();
  app_.discard();
}

bool SimNode::cut_power(bool loses) {
  crash();
  const auto before = std::exchange(before_, std::nullopt);
  if (!before || !loses) return false;
  tip_ = before->tip;
  app_ = before->app;
  app_.discard();
  chain_.pop_back();
  return true;
}

void SimNode::wipe() {
  crash();
  before_.reset();
  slots_ = {};
  chain_.clear();
  chain_start_ = 0;
  snapshots_.clear();
  has_damaged_record_ = false;
  tip_ = {0, consortium_.genesis, std::nullopt};
  app_ = ToyApp(consortium_.issued);
  rejoining_ = true;
}

void SimNode::deliver(consensus::NodeIndex from, const Bytes& bytes) {
  step(consensus::Received{from, bytes});
}

void SimNode::tick(consensus::Millis now_ms) {
  now_ms_ = now_ms;
  step(consensus::Tick{now_ms});
}

void SimNode::answer(const consensus::Event& event) { step(event); }

void SimNode::submit(RequestId id) {
  const bool known = std::any_of(mempool_.begin(), mempool_.end(),
                                 [id](const Waiting& one) { return one.id == id; });
  if (!replica_ || known) return;
  if (const consensus::Seq seq = app_.receipt(id); seq != 0) {
    return host_.on_receipt(*this, id, seq);
  }
  mempool_.push_back({id, now_ms_});
  tell_pending();
  if (replica_ && build_wanted_) build();
}

void SimNode::tell_pending() {
  const consensus::Millis oldest = mempool_.empty() ? 0 : mempool_.front().since;
  step(consensus::Pending{mempool_.size(), oldest});
}

void SimNode::step(const consensus::Event& event) {
  if (!replica_) return;
  effects_.clear();
  replica_->step(event, effects_);
  const bool committed = effects_.commit.has_value();
  if (!perform()) return crash();
  if (committed) tell_pending();
}

/// The contract of effects.h, with a possible death between any two duties. False: died.
bool SimNode::perform() {
  const bool has_records = !effects_.persist.empty() || effects_.commit;
  if (has_records && host_.is_disk_full(*this)) return false;  // stops; nothing said, nothing lost
  if (has_records && host_.crashes_now(*this)) return false;  // written but not synced: all lost
  persist();
  if (has_records && host_.crashes_now(*this)) return false;
  host_.on_effects(*this, effects_);
  for (const consensus::Send& send : effects_.sends) {
    host_.on_send(*this, send);
    if (has_records && host_.crashes_now(*this)) return false;
  }
  if (!effects_.halt.empty()) return false;
  for (const consensus::Action& action : effects_.actions) act(action);
  return true;
}

void SimNode::persist() {
  for (consensus::Record& record : effects_.persist) {
    slots_[record.slot] = std::move(record.value);
  }
  if (!effects_.persist.empty()) before_.reset();  // flushed, with everything before it
  if (!effects_.commit) return;
  const consensus::CommitBlock& commit = *effects_.commit;
  if (effects_.persist.empty() && fears_power_cuts_) before_.emplace(Before{tip_, app_});
  app_.commit(commit.digest);
  tip_ = {commit.seq, commit.digest, commit.certificate};
  chain_.push_back({commit.block, commit.certificate});
  if (config_.snapshot_gap > 0 && commit.seq % config_.checkpoint_interval == 0) keep_snapshot();
  host_.on_commit(*this, commit);
  std::erase_if(mempool_, [this](const Waiting& one) {
    const consensus::Seq seq = app_.receipt(one.id);
    if (seq != 0) host_.on_receipt(*this, one.id, seq);
    return seq != 0;
  });
  build_wanted_.reset();
}

void SimNode::act(const consensus::Action& action) {
  if (const auto* order = std::get_if<consensus::BuildBlock>(&action)) {
    build_wanted_ = *order;
    return build();
  }
  if (const auto* order = std::get_if<consensus::ValidateBlock>(&action)) {
    build_wanted_.reset();  // the last order wins
    const bool ok = app_.validate(*order->block, order->origin, host_.wall_ms(*this));
    return host_.on_answer(
        *this, consensus::Validated{order->seq, order->digest, ok, order->origin});
  }
  if (std::holds_alternative<consensus::DiscardBlock>(action)) return app_.discard();
  if (std::holds_alternative<consensus::Rejoined>(action)) rejoining_ = false;
  if (const auto* order = std::get_if<consensus::ServeBlocks>(&action)) return serve(*order);
  if (const auto* order = std::get_if<consensus::FetchSnapshot>(&action)) {
    return host_.on_fetch(*this, *order);
  }
}

void SimNode::build() {
  if (mempool_.empty()) return;
  const auto [view, seq, previous] = *build_wanted_;
  build_wanted_.reset();
  std::vector<RequestId> requests;
  for (const Waiting& one : mempool_) {
    if (requests.size() < kBatchMax) requests.push_back(one.id);
  }
  Bytes block = app_.build({0, seq, view, identity_, 0, previous, {}, std::move(requests)},
                           host_.wall_ms(*this));
  host_.on_answer(*this,
                  consensus::Built{view, seq, std::make_shared<const Bytes>(std::move(block))});
}

void SimNode::serve(const consensus::ServeBlocks& order) {
  for (consensus::Seq seq = order.first; seq <= order.last && seq <= tip_.seq; ++seq) {
    if (seq <= chain_start_) continue;
    const Stored& stored = chain_[seq - chain_start_ - 1];
    host_.on_send(*this, {order.to, std::make_shared<const Bytes>(consensus::encode_block_reply(
                                        *stored.block, stored.certificate))});
  }
}

// --- snapshots and damage ------------------------------------------------------------------------

void SimNode::keep_snapshot() {
  const Stored& last = chain_.back();
  snapshots_.push_back(
      std::make_shared<const Snapshot>(Snapshot{last.block, last.certificate, app_}));
  if (snapshots_.size() > kSnapshots) snapshots_.pop_front();
}

std::shared_ptr<const Snapshot> SimNode::snapshot(consensus::Seq seq) const {
  for (const auto& one : snapshots_) {
    if (one->certificate.vote.seq >= seq) return one;
  }
  return nullptr;
}

/// Everything is checked before anything is replaced, and replaced at once.
void SimNode::install(const Snapshot& snapshot) {
  before_.reset();
  const quorum::Vote& vote = snapshot.certificate.vote;
  const Result<ToyBlock> block = decode_toy_block(*snapshot.block);
  const bool is_proven =
      block && vote.type == quorum::VoteType::kCommit && vote.seq == block.value().seq &&
      vote.digest == toy_digest(*snapshot.block) &&
      quorum::verify(snapshot.certificate, consortium_.set, consortium_.genesis,
                     *consortium_.verifier)
          .ok();
  if (!replica_ || !is_proven || vote.seq <= tip_.seq) return;
  if (host_.is_disk_full(*this) || host_.crashes_installing(*this)) return crash();
  if (EMR_BUG(kTrustSnapshot)) {
    app_ = snapshot.app;
  } else if (!app_.restore(snapshot.app.dump(), block.value().state)) {
    return;
  }
  if (EMR_BUG(kInstallInSteps) && host_.crashes_installing(*this)) return crash();
  tip_ = {vote.seq, vote.digest, snapshot.certificate};
  chain_.clear();
  chain_start_ = vote.seq;
  build_wanted_.reset();
  std::erase_if(mempool_, [this](const Waiting& one) { return app_.is_applied(one.id); });
  host_.on_install(*this, snapshot);
  if (host_.crashes_installing(*this)) return crash();  // durable, and the replica does not know
  step(consensus::SnapshotInstalled{tip_});
  tell_pending();
}

bool SimNode::damage(Damage where, std::uint64_t position) {
  if (where == Damage::kState) return app_.damage(), true;
  if (where == Damage::kBlock) return rot_block(chain_, position);
  return rot_record(slots_, position, has_damaged_record_);
}

}  // namespace emr::sim
