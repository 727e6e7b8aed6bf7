#include "node/engine.h"

#include <algorithm>

#include "base/hex.h"
#include "consensus/messages.h"
#include "contracts/membership.h"
#include "ledger/bound_header.h"
#include "ledger/limits.h"
#include "node/limits.h"
#include "store/damage.h"

namespace emr::node {

namespace {

constexpr std::string_view kMissingPrefix = "missing-sidecar/";
/// What is durable only for convenience (repaired sidecars, evidence) waits at most this long.
constexpr Millis kFlushIntervalMs = 500;

std::string short_hash(const Hash32& hash) { return to_hex(ByteView(hash).first(6)); }

Bytes slot_key(std::uint8_t slot) { return {slot}; }

/// The writes of the genesis into an empty store; the tip of a store that has a chain already.
Result<ledger::ChainTip> found_or_resume(const EngineOptions& options, store::Store& store) {
  const std::string genesis_text = ledger::encode_genesis(*options.genesis);
  std::optional<ledger::ChainTip> tip;
  {
    const auto view = store.snapshot();
    EMR_ASSIGN(tip, view->tip());
    if (tip && view->genesis() != genesis_text) {
      return fail(Code::kConfig, "the data directory belongs to another chain")
          .with_reason("wrong_chain")
          .with_hint("check the genesis file; a node never changes its chain");
    }
  }
  if (tip) return *tip;
  auto [writes, first] = ledger::Application::found(*options.genesis, *options.executor);
  store::WriteBatch batch;
  store::put_genesis(batch, genesis_text, first, writes);
  // Nobody knows whether this validator has voted before; so it has.
  if (!options.founding) {
    batch.put(store::Table::kMeta, as_bytes(store::kMetaRejoining), ByteView(as_bytes("empty")));
  }
  EMR_TRY(store.apply(batch));
  return first;
}

}  // namespace

Result<consensus::BlockHead> Engine::HeadReader::read(ByteView bytes) const {
  // The digest must stand for every byte: a genuine header over another body, sent by a peer with
  // the genuine certificate, would otherwise halt a member that catches up.
  EMR_ASSIGN(const ledger::BlockHeader header, ledger::read_bound_header(bytes));
  consensus::BlockHead head;
  head.digest = ledger::block_hash(header);
  head.previous = header.previous;
  head.epoch = header.epoch;
  head.seq = header.height;
  head.view = header.first_view;
  head.proposer = header.proposer;
  head.next_validators = header.next_validators;
  return head;
}

Engine::Engine(const EngineOptions& options, VoteKeys vote_keys, store::Store& store, Mempool& pool,
               EngineHost& host, Logger& log, ledger::ChainTip tip)
    : genesis_(options.genesis),
      chain_(options.genesis->chain()),
      executor_(options.executor),
      store_(&store),
      pool_(&pool),
      host_(&host),
      log_(&log),
      signer_(std::move(vote_keys)),
      application_(*options.genesis, *options.executor, store.state(), tip) {}

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options,
                                             VoteKeys vote_keys, store::Store& store,
                                             Mempool& pool, EngineHost& host, Logger& log,
                                             Millis now_ms) {
  EMR_ASSIGN(const ledger::ChainTip tip, found_or_resume(options, store));
  std::unique_ptr<Engine> engine(
      new Engine(options, std::move(vote_keys), store, pool, host, log, tip));
  EMR_TRY(engine->start_replica(options, now_ms));
  return engine;
}

Status Engine::start_replica(const EngineOptions& options, Millis now_ms) {
  now_ms_ = now_ms;
  EMR_TRY(application_.check_software());
  EMR_TRY(load_epochs());
  load_missing();
  evidence_.load(*store_->snapshot());
  EMR_ASSIGN(const consensus::Restored start, restored(options, now_ms));
  consensus::Config config;
  config.timeout_ms = genesis_->pbft.timeout_ms;
  config.checkpoint_interval = genesis_->pbft.checkpoint_interval;
  config.rotation_interval = genesis_->pbft.checkpoint_interval;
  config.snapshot_gap = genesis_->pbft.checkpoint_interval;
  const consensus::Environment environment{genesis_->hash, signer_, refusals_, heads_, validators_};
  consensus::Effects effects;
  EMR_ASSIGN(auto replica, consensus::Replica::start(config, environment, start, effects));
  replica_.emplace(std::move(replica));
  stepping_ = true;
  work_off(effects);
  stepping_ = false;
  step(consensus::Tick{now_ms});
  if (stopped_) return *stopped_;
  return {};
}

Result<consensus::Restored> Engine::restored(const EngineOptions& options,
                                             Millis now_ms) const {
  consensus::Restored start;
  start.epoch = epoch();
  EMR_ASSIGN(start.first_view, first_view_of(start.epoch));
  start.now_ms = now_ms;
  start.tip.seq = application_.tip().height;
  start.tip.digest = application_.tip().hash;
  const auto view = store_->snapshot();
  if (start.tip.seq > 0) {
    const auto certificate = view->certificate(start.tip.seq);
    if (!certificate) {
      return store::damaged("the certificate of its last block is missing");
    }
    EMR_ASSIGN(start.tip.certificate, quorum::decode_certificate(*certificate));
  }
  if (view->contains(store::Table::kMeta, as_bytes(store::kMetaRejoining))) {
    start.rejoin_nonce = options.fresh_number;
    log_->warning("consensus",
                  "the vote records are lost: this node follows and does not vote until nothing "
                  "it may have forgotten can matter");
  }
  view->visit(store::Table::kVotes, {}, [&](ByteView key, ByteView value) {
    if (key.size() == 1) start.records.push_back({key[0], to_bytes(value)});
    return true;
  });
  return start;
}

void Engine::load_missing() {
  store_->snapshot()->visit(
      store::Table::kMeta, as_bytes(kMissingPrefix), [&](ByteView key, ByteView) {
        if (!as_text(key).starts_with(kMissingPrefix)) return false;
        const auto txid = hash_from_hex(as_text(key).substr(kMissingPrefix.size()));
        if (txid) missing_.insert(*txid);
        return true;
      });
}

void Engine::received(consensus::NodeIndex from, ByteView message) {
  current_ = consensus::Received{from, message};
  step(*current_);
  current_.reset();
}

void Engine::close() {
  if (!stopped_ && !batch_.empty()) flush();
}

void Engine::idle() {
  if (!stopped_ && !is_synced_) flush();
}

void Engine::received_from_outsider(net::PeerIndex place, ByteView message) {
  const auto decoded = consensus::decode(message);
  const auto* request = decoded ? std::get_if<consensus::BlockRequest>(&*decoded) : nullptr;
  if (request == nullptr || request->first > application_.tip().height) return;
  serve({0, request->first, std::min(request->last, application_.tip().height)},
        outsiders_served_.at(place),
        [&](Frame frame) { host_->send_to_place(place, std::move(frame)); });
}

void Engine::tick(Millis now_ms, UnixSeconds now) {
  now_ms_ = now_ms;
  now_ = now;
  step(consensus::Tick{now_ms});
  if (build_ && build_due_ && now_ms >= *build_due_) build();
  if (now_ms - swept_ms_ >= static_cast<Millis>(kMempoolSweepInterval.count())) sweep();
  if ((!batch_.empty() || !is_synced_) && now_ms - flushed_ms_ >= kFlushIntervalMs) flush();
  const bool ask_again =
      checking_ && now_ms - asked_sidecars_ms_ >= static_cast<Millis>(kSidecarRetry.count());
  if (ask_again) {  // the first peer did not answer: the next one may
    asked_sidecars_ms_ = now_ms;
    const auto nodes = static_cast<std::uint32_t>(application_.validators().size());
    next_asked_ = (next_asked_ + 1) % nodes;
    if (self_ && next_asked_ == *self_) next_asked_ = (next_asked_ + 1) % nodes;
    host_->want_sidecars({checking_->missing.begin(), checking_->missing.end()}, next_asked_);
  }
}

/// The core suspects censorship by the age of the oldest request. Under load age alone proves
/// nothing; being overtaken does. So we report the time by which younger requests went ahead of it.
consensus::Pending Engine::pending() const {
  const auto oldest = pool_->oldest_ms();
  if (!oldest) return {};
  const Millis overtaken = newest_committed_ms_ - std::min(newest_committed_ms_, *oldest);
  return {pool_->size(), now_ms_ - std::min(now_ms_, overtaken)};
}

void Engine::requests_changed() {
  if ((pool_->size() > 0) != (told_.count > 0)) step(told_ = pending());
  // A batch that became full need not wait any longer, and an order that found nothing to propose
  // is filled by the first request.
  const bool full = pool_->size() >= genesis_->pbft.batch_max;
  if (build_ && (full || (!build_due_ && pool_->size() > 0))) build();
}

/// One event and everything that follows from it. The core's rule is that the effects of a step are
/// worked off before the next step; answers that arise meanwhile queue up in `followups_`.
void Engine::step(const consensus::Event& event) {
  if (stopped_) return;
  if (stepping_) {
    followups_.push_back(event);
    return;
  }
  stepping_ = true;
  consensus::Effects effects;
  replica_->step(event, effects);
  work_off(effects);
  while (!followups_.empty() && !stopped_) {
    const consensus::Event next = std::move(followups_.front());
    followups_.pop_front();
    effects.clear();
    replica_->step(next, effects);
    work_off(effects);
  }
  stepping_ = false;
}

void Engine::work_off(consensus::Effects& effects) {
  if (!make_durable(effects)) return;
  for (const consensus::Send& send : effects.sends) {
    host_->send(send.to, consensus_frame(*send.bytes));
  }
  if (committed_) {
    const auto committed = std::exchange(committed_, nullptr);
    host_->on_committed(*committed);
    if (const Status can = application_.check_software(); !can) return stop(can.error());
    followups_.push_back(told_ = pending());
  }
  for (const consensus::Action& action : effects.actions) {
    std::visit([this](const auto& one) { act(one); }, action);
  }
  report(effects);
  if (settled_ && effects.halt.empty()) follow_members();
  if (!effects.halt.empty()) {
    stop(fail(Code::kInternal, "this replica has left the chain: " + std::string(effects.halt))
             .with_reason("diverged")
             .with_hint("keep the data directory for analysis; join again with an empty one"));
  }
}

/// Votes, commit and the sidecars that belong to them in one transaction. A commit alone repeats
/// what a quorum has durably prepared (PROTOCOL.md, The replica): that saves one flush of the disk.
bool Engine::make_durable(consensus::Effects& effects) {
  if (effects.persist.empty() && !effects.commit) return true;
  const bool is_alone = effects.persist.empty() && batch_.empty();
  for (consensus::Record& record : effects.persist) {
    batch_.put(store::Table::kVotes, slot_key(record.slot), record.value);
  }
  if (effects.commit && !add_commit(*effects.commit)) return false;
  is_synced_ = !is_alone || settled_ != nullptr;
  const auto durability =
      is_synced_ ? store::Durability::kFull : store::Durability::kRepeatable;
  if (const Status durable = store_->apply(batch_, durability); !durable) {
    stop(durable.error());
    return false;
  }
  batch_.clear();
  flushed_ms_ = now_ms_;
  return true;
}

void Engine::flush() {
  flushed_ms_ = now_ms_;
  const Status durable = batch_.empty() ? store_->sync() : store_->apply(batch_);
  if (!durable) return stop(durable.error());
  is_synced_ = true;
  batch_.clear();
}

void Engine::act(const consensus::BuildBlock& action) {
  build_ = action;
  // Under load a short wait fills the batch; after an idle moment nobody waits for company.
  const std::size_t expected = std::min<std::size_t>(last_block_size_, genesis_->pbft.batch_max);
  const bool wait = last_block_size_ > 1 && pool_->size() < expected;
  build_due_ = now_ms_ + (wait ? genesis_->pbft.batch_ms : 0);
  if (!wait) build();
}

void Engine::act(const consensus::DiscardBlock& action) {
  if (checking_ && checking_->action.digest == action.digest) checking_.reset();
  application_.discard();
}

void Engine::act(const consensus::ServeBlocks& action) {
  serve(action, members_served_.at(action.to),
        [&](Frame frame) { host_->send(action.to, std::move(frame)); });
}

void Engine::serve(const consensus::ServeBlocks& action, Allowance& allowance,
                   const std::function<void(Frame)>& send) const {
  const store::Snapshot& view = store_->current();
  const consensus::Seq last = std::min(action.last, action.first + consensus::kSyncWindow - 1);
  for (consensus::Seq height = action.first; height <= last; ++height) {
    if (allowance.is_used_up(now_ms_)) return;
    const auto block = view.block(height);
    const auto stored = view.certificate(height);
    if (!block || !stored) return;
    const auto certificate = quorum::decode_certificate(*stored);
    if (!certificate) return log_->error("store", "a stored certificate does not decode");
    allowance.spend(block->size() + kServedOverheadBytes);
    send(consensus_frame(consensus::encode_block_reply(*block, *certificate)));
  }
}

void Engine::act(const consensus::CheckpointStable& action) {
  log_->info("consensus",
             "checkpoint stable at height " + std::to_string(action.certificate.vote.seq));
}

void Engine::act(const consensus::Rejoined&) {
  batch_.erase(store::Table::kMeta, as_bytes(store::kMetaRejoining));
  log_->warning("consensus", "this node votes again");
}

namespace {

/// A warning is our own suspicion of a primary. Views also change by plan at every checkpoint, and
/// what others say about it need not fill a disk.
Level level_of(const consensus::Note& note) {
  if (note.what == "refused" || note.what == "new-view") return Level::kInfo;
  if (note.what != "view-change" || note.reason.empty()) return Level::kDebug;
  const bool is_planned = note.reason == "rotation" || note.reason == "joined";
  return is_planned ? Level::kInfo : Level::kWarning;
}

}  // namespace

void Engine::report(const consensus::Effects& effects) {
  for (const consensus::Note& note : effects.notes) {
    if (note.what == "refused") ++counters_.refused_messages;
    if (note.reason == "bad_signature") keep_forged();
    const Level level = level_of(note);
    if (!log_->enabled(level)) continue;
    std::string text(note.what);
    if (!note.reason.empty()) text.append(" reason=").append(note.reason);
    text += " view=" + std::to_string(note.view) + " height=" + std::to_string(note.seq) +
            " peer=" + std::to_string(note.peer) + " digest=" + short_hash(note.digest);
    log_->log(level, "consensus", text);
  }
  for (const consensus::Evidence& evidence : effects.evidence) keep_evidence(evidence);
}

void Engine::keep_evidence(const consensus::Evidence& evidence) {
  ++counters_.evidence;
  if (!evidence_.add(batch_, evidence, now_)) return;
  log_->error("evidence", member_name(evidence.epoch, evidence.culprit) +
                              " broke the protocol: " + std::string(evidence.kind) + " at height " +
                              std::to_string(evidence.seq) + " view " +
                              std::to_string(evidence.view) +
                              "; emr-query evidence shows the proof");
}

/// A wrong signature proves nothing to others: anybody could have made those bytes. We know by
/// whose authenticated link they came, and that is all an entry of this kind says.
void Engine::keep_forged() {
  if (!current_) return;
  const auto message = consensus::decode(current_->bytes);
  const auto part = message ? consensus::signed_part(*message, heads_) : std::nullopt;
  const quorum::ValidatorSet* set = part ? validators_.find(part->vote.epoch) : nullptr;
  if (set == nullptr || !set->contains(current_->from) || part->sender != current_->from) return;
  const auto bytes = quorum::vote_bytes(genesis_->hash, part->vote);
  // Or was it a signature of a certificate inside?
  if (!refusals_.has_refused(set->key(part->sender), bytes, part->signature)) return;
  ++counters_.forged;
  if (!evidence_.add_unproven(batch_, current_->from, *part, now_)) return;
  log_->error("evidence", "a message with a wrong signature came by the link of " +
                              member_name(part->vote.epoch, current_->from));
}

void Engine::stop(Error why) {
  if (stopped_) return;
  log_->error("node", why.message);
  stopped_ = std::move(why);
}

Status Engine::check(const ledger::VerifiedTransaction& tx, UnixSeconds now) const {
  return application_.check(tx, now);
}

}  // namespace emr::node
