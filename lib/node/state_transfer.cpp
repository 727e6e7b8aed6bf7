#include "node/state_transfer.h"

#include <algorithm>

#include "base/wire.h"
#include "ledger/limits.h"
#include "ledger/merkle.h"
#include "node/limits.h"
#include "store/damage.h"

namespace emr::node {

namespace {

constexpr std::string_view kSnapshotKey = "snapshot";
/// What a byte of a block costs against one of a snapshot: both travel, but a block's signatures
/// are checked, and it is executed.
constexpr std::uint64_t kBlockByteWeight = 2;

std::uint64_t groups_of(std::uint64_t chunks) {
  return (chunks + kChunksPerRequest - 1) / kChunksPerRequest;
}

}  // namespace

StateTransfer::StateTransfer(Environment environment)
    : env_(std::move(environment)), peers_(env_.members) {}

Result<std::unique_ptr<StateTransfer>> StateTransfer::open(Environment environment) {
  std::unique_ptr<StateTransfer> transfer(new StateTransfer(std::move(environment)));
  EMR_TRY(transfer->load());
  return transfer;
}

Status StateTransfer::load() {
  const auto view = env_.store->snapshot();
  const auto corrupt = [](const char* what) {
    return store::damaged(std::string("it holds a malformed record of ") + what);
  };
  if (const auto raw = view->get_raw(store::Table::kMeta, as_bytes("history"))) {
    WireReader reader(*raw);
    while (reader.remaining() > 0 && !reader.failed()) {
      const std::uint64_t lowest = reader.u64();
      history_.push_back({lowest, reader.u64()});
    }
    if (!reader.finish()) return corrupt("missing blocks");
  }
  const auto raw = view->get_raw(store::Table::kMeta, as_bytes(kSnapshotKey));
  if (!raw) return {};
  WireReader reader(*raw);
  Target target;
  const auto header = ledger::decode_header(reader.blob(ledger::kHeaderRoom));
  target.certificate = to_bytes(reader.blob(quorum::kMaxCertificateBytes));
  target.chunks = reader.u64();
  target.tree_root = reader.hash();
  const ByteView bits = reader.blob(groups_of(ledger::kStateChunksMax) / 8 + 1);
  if (!reader.finish() || !header || bits.size() != groups_of(target.chunks) / 8 + 1) {
    return corrupt("a snapshot");
  }
  target.header = *header;
  for (std::uint64_t i = 0; i < groups_of(target.chunks); ++i) {
    target.groups.push_back((bits[i / 8] >> (i % 8) & 1) != 0);
  }
  EMR_ASSIGN(const auto epochs, view->epoch_links(target.header.epoch, env_.engine->epoch()));
  EMR_TRY(env_.engine->learn_epochs(epochs));
  target_ = std::move(target);
  return {};
}

void StateTransfer::save_progress(store::WriteBatch& batch) const {
  Bytes bits(target_->groups.size() / 8 + 1, 0);
  for (std::size_t i = 0; i < target_->groups.size(); ++i) {
    if (target_->groups[i]) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1U << (i % 8));
  }
  WireWriter record;
  record.blob(ledger::encode_header(target_->header)).blob(target_->certificate);
  record.u64(target_->chunks).raw(target_->tree_root).blob(bits);
  batch.put(store::Table::kMeta, as_bytes(kSnapshotKey), std::move(record).take());
}

std::pair<std::uint64_t, std::uint64_t> StateTransfer::progress() const {
  if (!target_ || phase_ == Phase::kIdle) return {0, 0};
  const auto done = static_cast<std::uint64_t>(
      std::count(target_->groups.begin(), target_->groups.end(), true));
  return {std::min(done * kChunksPerRequest, target_->chunks), target_->chunks};
}

// --- offers --------------------------------------------------------------------------------------

void StateTransfer::want(Millis now_ms) {
  if (phase_ != Phase::kIdle) return;
  started_ms_ = asked_ms_ = now_ms;
  for (PeerWork& peer : peers_) peer = PeerWork();
  if (target_ && target_->header.height > env_.engine->tip().height) {
    env_.log->info("snapshot", "going on with the snapshot of height " +
                                   std::to_string(target_->header.height));
    phase_ = Phase::kChunks;
    return;
  }
  phase_ = Phase::kAsking;
  offers_.clear();
  answered_.clear();
  for (std::uint32_t peer = 0; peer < env_.members; ++peer) {
    if (!env_.connected(peer)) continue;
    env_.send(peer, encode_frame(WantSnapshot{env_.engine->tip().height, env_.engine->epoch()}));
  }
}

bool StateTransfer::is_certified(const SnapshotOffer& offer) const {
  const ledger::BlockHeader& header = offer.header;
  return header.genesis == env_.genesis->hash && header.height > env_.engine->tip().height &&
         header.state_root == ledger::state_root(offer.chunks, offer.tree_root) &&
         env_.engine->learn_epochs(offer.epochs).ok() &&
         env_.engine->verify_certificate(header, offer.certificate).ok();
}

/// Its offers are left aside for a while: a member that offers what it never brings would otherwise
/// keep this node from the blocks for ever.
bool StateTransfer::has_failed(std::uint32_t peer, Millis now_ms) const {
  const auto failed = failed_ms_.find(peer);
  return failed != failed_ms_.end() && now_ms - failed->second < in_ms(kFailedOfferPenalty);
}

void StateTransfer::on_offer(std::uint32_t peer, const std::optional<SnapshotOffer>& offer,
                             Millis now_ms) {
  if (phase_ != Phase::kAsking) return;
  answered_.insert(peer);
  if (offer && !has_failed(peer, now_ms) && is_certified(*offer)) {
    offers_.insert_or_assign(peer, *offer);
  } else if (offer) {
    env_.log->warning("snapshot", "an offer was refused: not certified, or by one "
                                  "that has brought nothing before");
  }
  std::size_t asked = 0;
  for (std::uint32_t i = 0; i < env_.members; ++i) asked += env_.connected(i) ? 1 : 0;
  if (answered_.size() >= asked) choose(now_ms);
}

/// The newest of the certified offers, if it is cheaper than the blocks.
void StateTransfer::choose(Millis) {
  const SnapshotOffer* best = nullptr;
  for (const auto& [peer, offer] : offers_) {
    if (best == nullptr || offer.header.height > best->header.height) best = &offer;
  }
  if (best == nullptr || best->snapshot_bytes / kBlockByteWeight >= best->blocks_bytes) {
    phase_ = Phase::kIdle;
    const auto sizes = [best] {
      return " (" + std::to_string(best->snapshot_bytes) + " bytes against " +
             std::to_string(best->blocks_bytes) + ")";
    };
    env_.log->info("snapshot", best == nullptr ? "nobody has a snapshot: catching up by blocks"
                                               : "the blocks are less than the snapshot" + sizes());
    return env_.engine->snapshot_declined();
  }
  begin(*best);
}

void StateTransfer::begin(const SnapshotOffer& offer) {
  target_ = Target{offer.header, offer.certificate, offer.chunks, offer.tree_root, {}};
  target_->groups.assign(groups_of(offer.chunks), false);
  store::WriteBatch batch;
  batch.clear_stage();
  for (const ledger::EpochLink& link : offer.epochs) store::put_epoch_link(batch, link);
  save_progress(batch);
  if (const Status durable = env_.store->apply(batch); !durable) {
    target_.reset();
    phase_ = Phase::kIdle;
    return env_.engine->fail_transfer(durable.error());
  }
  env_.log->info("snapshot", "fetching the state at height " +
                                 std::to_string(offer.header.height) + " in " +
                                 std::to_string(offer.chunks) + " chunks");
  phase_ = Phase::kChunks;
}

// --- chunks --------------------------------------------------------------------------------------

void StateTransfer::tick(Millis now_ms) {
  if (phase_ == Phase::kAsking && now_ms - started_ms_ >= in_ms(kOfferPatience)) choose(now_ms);
  if (phase_ == Phase::kChunks) ask_for_chunks(now_ms);
  if (phase_ == Phase::kBlock) ask_for_block(now_ms);
  if (phase_ == Phase::kIdle && !history_.empty()) ask_for_history(now_ms);
}

void StateTransfer::ask_for_chunks(Millis now_ms) {
  if (std::find(target_->groups.begin(), target_->groups.end(), false) == target_->groups.end()) {
    phase_ = Phase::kBlock;
    asked_ms_ = 0;
    return ask_for_block(now_ms);
  }
  bool anybody = false;
  for (std::uint32_t peer = 0; peer < env_.members; ++peer) {
    PeerWork& work = peers_[peer];
    if (work.has_none || !env_.connected(peer)) continue;
    anybody = true;
    if (now_ms < work.barred_until_ms) continue;
    if (work.group && now_ms - work.asked_ms >= in_ms(kChunkPatience)) {
      bar(peer, now_ms, "a peer was asked for chunks and brought none");
    } else if (!work.group && now_ms - work.asked_ms >= in_ms(kChunkInterval)) {
      request(peer, now_ms);
    }
  }
  if (anybody) {
    asked_ms_ = now_ms;
  } else if (now_ms - asked_ms_ >= in_ms(kChunkPatience)) {
    give_up();  // nobody holds it any more: the next question is for a newer one
  }
}

std::optional<std::uint64_t> StateTransfer::next_group() const {
  for (std::uint64_t group = 0; group < target_->groups.size(); ++group) {
    if (target_->groups[group]) continue;
    const bool taken = std::any_of(peers_.begin(), peers_.end(),
                                   [group](const PeerWork& work) { return work.group == group; });
    if (!taken) return group;
  }
  return std::nullopt;
}

void StateTransfer::request(std::uint32_t peer, Millis now_ms) {
  PeerWork& work = peers_[peer];
  if (!work.group) {
    work.group = next_group();
    work.got.clear();
  }
  if (!work.group) return;
  work.asked_ms = now_ms;
  const std::uint64_t first = *work.group * kChunksPerRequest + work.got.size();
  const std::uint64_t stop =
      std::min<std::uint64_t>(target_->chunks, (*work.group + 1) * kChunksPerRequest);
  env_.send(peer, encode_frame(WantChunks{target_->header.height, first,
                                          static_cast<std::uint32_t>(stop - first)}));
}

bool StateTransfer::is_proven(const ProvenChunk& one, std::uint64_t number) const {
  const auto leaf = ledger::chunk_leaf(ledger::index_of(one.chunk));
  return leaf && ledger::merkle_verify(*leaf, number, target_->chunks, one.path,
                                       target_->tree_root);
}

void StateTransfer::bar(std::uint32_t peer, Millis now_ms, const char* why) {
  env_.log->warning("snapshot", why);
  PeerWork& work = peers_[peer];
  work.group.reset();
  work.got.clear();
  work.barred_until_ms = now_ms + in_ms(kChunkPatience);
  if (++work.failures < kChunkFailuresMax) return;
  work.has_none = true;  // as good as none
  failed_ms_[peer] = now_ms;
}

void StateTransfer::on_chunks(std::uint32_t peer, const Chunks& chunks, Millis now_ms) {
  PeerWork& work = peers_[peer];
  if (phase_ != Phase::kChunks || !work.group) return;
  const std::uint64_t next = *work.group * kChunksPerRequest + work.got.size();
  if (chunks.height != target_->header.height || chunks.first != next) return;
  if (chunks.chunks.empty()) {
    work = PeerWork();
    work.has_none = true;
    const auto offer = offers_.find(peer);  // which was about this one, a moment ago?
    const bool offered =
        offer != offers_.end() && offer->second.header.height == target_->header.height;
    if (offered) failed_ms_[peer] = now_ms;
    return;
  }
  const std::uint64_t stop =
      std::min<std::uint64_t>(target_->chunks, (*work.group + 1) * kChunksPerRequest);
  for (const ProvenChunk& one : chunks.chunks) {
    const std::uint64_t number = *work.group * kChunksPerRequest + work.got.size();
    if (number >= stop) break;
    if (!is_proven(one, number)) {
      return bar(peer, now_ms, "a peer sent a chunk that is not of the certified state");
    }
    work.got.push_back(one.chunk);
  }
  if (*work.group * kChunksPerRequest + work.got.size() < stop) return request(peer, now_ms);
  keep(work);
}

/// A whole group, proven, becomes durable together with the note that it is there.
void StateTransfer::keep(PeerWork& work) {
  store::WriteBatch batch;
  for (const ledger::StateChunk& chunk : work.got) {
    for (const ledger::StateEntry& entry : chunk.entries) {
      batch.put(store::Table::kStage, as_bytes(entry.key), as_bytes(entry.value));
    }
  }
  target_->groups[*work.group] = true;
  save_progress(batch);
  work.group.reset();
  work.got.clear();
  work.failures = 0;
  if (const Status durable = env_.store->apply(batch); !durable) {
    env_.engine->fail_transfer(durable.error());
  }
}

void StateTransfer::give_up() {
  env_.log->warning("snapshot", "the snapshot is not to be had any more: starting again");
  target_.reset();
  phase_ = Phase::kIdle;
  store::WriteBatch batch;
  batch.clear_stage();
  batch.erase(store::Table::kMeta, as_bytes(kSnapshotKey));
  if (const Status durable = env_.store->apply(batch); !durable) {
    env_.engine->fail_transfer(durable.error());
  }
}

}  // namespace emr::node
