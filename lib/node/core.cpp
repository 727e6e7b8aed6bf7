#include "node/core.h"

#include <ctime>

#include "contracts/access.h"
#include "node/limits.h"

namespace emr::node {

namespace {

/// How often the published status is renewed when nothing happens.
constexpr Millis kPublishIntervalMs = 50;
/// 2^53 - 1; no honest chain comes near it.
constexpr std::uint64_t kClaimedHeightMax = (std::uint64_t{1} << 53) - 1;

RequestItem item_of(const ledger::VerifiedTransaction& tx, const std::string& sidecar) {
  return {tx.entry(), sidecar, tx.transaction().signature->point_y};
}

}  // namespace

Millis steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<Millis>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Core::Core(const CoreOptions& options, store::Store& store, Logger& log)
    : options_(options),
      store_(&store),
      log_(&log),
      connected_(kPeerPlacesMax),
      inbox_bytes_(kPeerPlacesMax) {
  status_ = std::make_shared<const CoreStatus>();
}

Core::~Core() { stop(); }

Status Core::open(VoteKeys vote_keys) {
  now_ms_ = steady_ms();
  EMR_ASSIGN(engine_, Engine::open(options_.engine, std::move(vote_keys), *store_, pool_, *this,
                                   *log_, now_ms_));
  refresh_members();
  EMR_TRY(open_transfer());
  keep_last_checkpoint();
  publish();
  return {};
}

void Core::start(net::Mesh& mesh) {
  mesh_ = &mesh;
  thread_ = std::thread([this] { run(); });
}

void Core::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (engine_) engine_->close();
  for (const auto& weak : streams_) {
    if (const auto stream = weak.lock()) stream->expire();
  }
  waiters_.clear();
}

void Core::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    queue_.push_back(std::move(work));
  }
  ready_.notify_one();
}

bool Core::post_bounded(std::size_t bytes, std::function<void()> work) {
  if (core_inbox_bytes_.fetch_add(bytes) + bytes > kCoreInboxBytesMax) {
    core_inbox_bytes_ -= bytes;
    return false;
  }
  post([this, bytes, work = std::move(work)] {
    core_inbox_bytes_ -= bytes;
    work();
  });
  return true;
}

bool Core::is_idle() {
  const std::lock_guard lock(mutex_);
  return queue_.empty() && inbox_.empty() && !stopping_;
}

void Core::run() {
  std::vector<std::function<void()>> batch;
  while (!engine_->stopped()) {
    {
      std::unique_lock lock(mutex_);
      auto wait = kTickInterval;
      if (const auto due = engine_->build_due_ms()) {
        const Millis left = *due - std::min(*due, now_ms_);
        wait = std::min(wait, std::chrono::milliseconds(left));
      }
      ready_.wait_for(lock, wait,
                      [this] { return stopping_ || !queue_.empty() || !inbox_.empty(); });
      if (stopping_) return;
      batch.swap(queue_);
    }
    now_ms_ = steady_ms();
    for (auto& work : batch) work();
    batch.clear();
    // Of all clients together: a frame for each line of theirs would look like a flood.
    forward(std::exchange(taken_, {}), net::kAllPeers);
    read_peers();
    timers();
    if (is_idle()) engine_->idle();
  }
  if (on_stopped_) on_stopped_(*engine_->stopped());
}

void Core::timers() {
  now_ms_ = steady_ms();
  if (std::exchange(pool_changed_, false)) engine_->requests_changed();
  engine_->tick(now_ms_, std::time(nullptr));
  if (mesh_ != nullptr) transfer_->tick(now_ms_);
  if (!undecided_.empty() && transfer_->missing_blocks() != settled_at_) settle_undecided();
  if (now_ms_ - forwarded_ms_ >= in_ms(kForwardAgain) / 2) forward_again();
  if (now_ms_ - repaired_ms_ >= in_ms(kRepairInterval)) repair();
  const std::size_t lacking = engine_->missing_sidecars().size();
  if (now_ms_ - asked_sidecars_ms_ >= in_ms(sidecar_rounds_.pause(lacking))) repair_sidecars();
  if (now_ms_ - published_ms_ >= kPublishIntervalMs) {
    expire_streams();
    publish();
    if (options_.members->expire(now_ms_) && members_changed_) members_changed_();
    if (housekeeping_) housekeeping_();
  }
}

// --- requests ------------------------------------------------------------------------------------

void Core::submit(std::vector<Submission> submissions) {
  std::size_t bytes = 0;
  for (const Submission& one : submissions) bytes += one.tx->entry().size() + one.sidecar.size();
  auto shared = std::make_shared<std::vector<Submission>>(std::move(submissions));
  if (post_bounded(bytes, [this, shared] { take(*shared); })) return;
  for (const Submission& one : *shared) {
    if (one.stream) one.stream->resolve(one.slot, busy_line(one.tx->txid()));
  }
}

void Core::take(std::vector<Submission>& submissions) {
  std::shared_ptr<TxStream> last;
  for (Submission& submission : submissions) {
    if (submission.stream && submission.stream != last) {
      last = submission.stream;
      streams_.push_back(last);
    }
    take_one(submission);
  }
}

void Core::take_one(Submission& submission) {
  const Hash32 txid = submission.tx->txid();
  TxStream* stream = submission.stream.get();
  if (stream != nullptr && waiters_.size() >= kMempoolCountMax) {
    return stream->resolve(submission.slot, busy_line(txid));
  }
  // Also of what would be admitted: a liar's block can hold a transaction that was not valid yet,
  // and what fails that early leaves no replay mark.
  if (answer_if_committed(txid, stream, submission.slot)) {
    return engine_->restore_sidecar(txid, submission.sidecar);  // its block may have overtaken it
  }
  const bool from_client = stream != nullptr;
  if (pool_.find(txid) == nullptr) {
    const Status admitted = engine_->check(*submission.tx, std::time(nullptr));
    if (!admitted) {
      if (!from_client) return;
      if (!is_undecided(*submission.tx, admitted.error())) {
        return stream->resolve(submission.slot, refused_line(txid, admitted.error()));
      }
      if (!undecided_.add(submission.tx, admitted.error())) {
        return stream->resolve(submission.slot, busy_line(txid));
      }
      waiters_[txid].push_back({submission.stream, submission.slot});
      return stream->resolve_accepted(submission.slot);
    }
    RequestItem item;
    if (from_client) item = item_of(*submission.tx, submission.sidecar);
    engine_->sidecar_arrived(txid, submission.sidecar);  // a proposal may have overtaken it
    const Admission admission =
        pool_.add({submission.tx, std::move(submission.sidecar), now_ms_, from_client, now_ms_,
                   submission.peer});
    if (admission == Admission::kBusy) {
      if (from_client) stream->resolve(submission.slot, busy_line(txid));
      return;
    }
    pool_changed_ = true;
    if (from_client) taken_.push_back(std::move(item));
  }
  if (!from_client) return;
  waiters_[txid].push_back({submission.stream, submission.slot});
  stream->resolve_accepted(submission.slot);
}

/// After a snapshot the blocks below it are still on their way, and one of them may hold what the
/// state says was done: exactly once includes that whoever asks again gets the same receipt.
bool Core::is_undecided(const ledger::VerifiedTransaction& tx, const Error& why) const {
  if (transfer_->missing_blocks() == 0) return false;
  const auto used = contracts::nonce_used_at(store_->state(), tx.core().from, tx.core().nonce);
  if (used) return !store_->current().block(*used).has_value();
  // Its mark may be gone already; who has no account now has never had a request committed.
  return why.reason == "expired" && contracts::find_account(store_->state(), tx.core().from);
}

/// Some more blocks have arrived: they answer, or the refusal is true after all.
void Core::settle_undecided() {
  settled_at_ = transfer_->missing_blocks();
  std::vector<std::pair<Hash32, std::string>> settled;
  undecided_.erase_if([&](const Undecided::Entry& one) {
    const Hash32& txid = one.tx->txid();
    const auto found = committed_answer(txid);
    const bool is_settled = found || !is_undecided(*one.tx, one.why);
    if (is_settled) settled.emplace_back(txid, found ? *found : refused_line(txid, one.why));
    return is_settled || !waiters_.contains(txid);
  });
  for (const auto& [txid, line] : settled) answer(txid, line);
}

/// Also true for a peer's copy of what is committed: there is nothing to do.
bool Core::answer_if_committed(const Hash32& txid, TxStream* stream, std::size_t slot) {
  const auto line = committed_answer(txid);
  if (line && stream != nullptr) stream->resolve(slot, *line);
  return line.has_value();
}

std::optional<std::string> Core::committed_answer(const Hash32& txid) const {
  const store::Snapshot& view = store_->current();
  const auto position = view.position(txid);
  if (!position || !*position) return std::nullopt;
  const auto receipts = view.receipts((*position)->height);
  if (!receipts || (*position)->index >= receipts->size()) return std::nullopt;
  return committed_line(txid, (*position)->height, (*position)->index,
                        (*receipts)[(*position)->index]);
}

void Core::watch(const Hash32& txid, std::shared_ptr<TxStream> stream, std::size_t slot) {
  post([this, txid, stream = std::move(stream), slot] {
    if (answer_if_committed(txid, stream.get(), slot)) return;
    if (!stream->waits()) {
      const bool waiting = pool_.find(txid) != nullptr;
      return stream->resolve(slot, waiting ? pending_line(txid) : unknown_line(txid));
    }
    std::erase_if(watchers_, [](const std::weak_ptr<TxStream>& weak) {
      const auto one = weak.lock();
      return !one || one->done();
    });
    const bool has_room = watchers_.size() < kWatchersMax && waiters_.size() < kMempoolCountMax;
    if (!has_room) return stream->resolve(slot, busy_line(txid));
    watchers_.push_back(stream);
    streams_.push_back(stream);
    waiters_[txid].push_back({stream, slot});
  });
}

void Core::answer(const Hash32& txid, const std::string& line) {
  const auto found = waiters_.find(txid);
  if (found == waiters_.end()) return;
  for (const Waiter& waiter : found->second) waiter.stream->resolve(waiter.slot, line);
  waiters_.erase(found);
}

void Core::on_committed(const ledger::Executed& executed) {
  keep_snapshot(executed);
  std::vector<std::shared_ptr<TxStream>> answered;
  for (std::size_t index = 0; index < executed.transactions.size(); ++index) {
    const Hash32& txid = executed.transactions[index]->txid();
    const auto found = waiters_.find(txid);
    if (found == waiters_.end()) continue;
    const std::string line =
        committed_line(txid, executed.block.header.height, index, executed.receipts[index]);
    for (Waiter& waiter : found->second) {
      waiter.stream->hold(waiter.slot, line);
      if (answered.empty() || answered.back() != waiter.stream) answered.push_back(waiter.stream);
    }
    waiters_.erase(found);
  }
  for (const auto& stream : answered) stream->flush();
}

void Core::on_refused(const ledger::VerifiedPtr& tx, const Error& why) {
  const Hash32& txid = tx->txid();
  if (!waiters_.contains(txid)) return;
  if (!is_undecided(*tx, why)) return answer(txid, refused_line(txid, why));
  if (!undecided_.add(tx, why)) answer(txid, busy_line(txid));
}

void Core::forward(const std::vector<RequestItem>& items, net::PeerIndex to) {
  if (mesh_ == nullptr) return;
  for (Frame& frame : request_frames(items)) {
    mesh_->send(to, net::Lane::kBulk, std::move(frame));
  }
}

/// A request that no block took for a while may have been lost on its way to the primary. Not while
/// there is a backlog, when waiting is normal: every copy costs every member a signature check.
/// One that a peer brought goes to the primary alone: that peer may have left it out on purpose, so
/// that we blame the primary for what it never heard of.
void Core::forward_again() {
  forwarded_ms_ = now_ms_;
  const std::size_t batch = options_.engine.genesis->pbft.batch_max;
  const bool backlog = pool_.size() > batch;
  const Millis patience = backlog ? options_.engine.genesis->pbft.timeout_ms : in_ms(kForwardAgain);
  std::vector<RequestItem> ours;
  std::vector<RequestItem> heard;
  pool_.visit([&](PendingRequest& request) {
    if (now_ms_ - std::min(now_ms_, request.arrived_ms) < patience) return false;
    const bool has_turn = request.from_client || heard.size() < kRelayedMax;
    if (now_ms_ >= request.forward_at_ms && has_turn) {
      const Millis waited = now_ms_ - std::min(now_ms_, request.arrived_ms);
      request.forward_at_ms = now_ms_ + 2 * waited;  // doubling: at most a few copies of each
      (request.from_client ? ours : heard).push_back(item_of(*request.tx, request.sidecar));
    }
    return ours.size() < batch;
  });
  forward(ours, net::kAllPeers);
  const auto table = options_.members->table();
  const consensus::ReplicaStatus now = engine_->status();
  if (!heard.empty() && now.self && *now.self != now.primary) {
    forward(heard, table->replicas.at(now.primary));
  }
}

void Core::expire_streams() {
  const auto now = TxStream::Clock::now();
  bool any_expired = false;
  std::erase_if(streams_, [&](const std::weak_ptr<TxStream>& weak) {
    const auto stream = weak.lock();
    if (!stream || stream->done()) return true;
    if (stream->deadline() > now) return false;
    stream->expire();
    any_expired = true;
    return true;
  });
  if (!any_expired) return;
  for (auto entry = waiters_.begin(); entry != waiters_.end();) {
    std::erase_if(entry->second, [](const Waiter& waiter) { return waiter.stream->done(); });
    entry = entry->second.empty() ? waiters_.erase(entry) : std::next(entry);
  }
}

// --- status --------------------------------------------------------------------------------------

void Core::publish() {
  published_ms_ = now_ms_;
  auto next = std::make_shared<CoreStatus>();
  next->replica = engine_->status();
  for (consensus::PeerStatus& peer : next->replica.peers) {
    // What a member claims of itself: status lines are JSON, whose integers end here.
    peer.committed = std::min(peer.committed, kClaimedHeightMax);
  }
  next->tip = engine_->tip();
  next->counters = engine_->counters();
  next->published_ms = now_ms_;
  next->mempool = pool_.size();
  next->mempool_bytes = pool_.bytes();
  next->waiting = waiters_.size();
  next->missing_sidecars = engine_->missing_sidecars().size();
  next->missing_blocks = transfer_->missing_blocks();
  std::tie(next->snapshot_chunks, next->snapshot_total) = transfer_->progress();
  next->snapshots = snapshots_.size();
  if (const auto oldest = pool_.oldest_ms()) {
    next->oldest_pending_ms = now_ms_ - std::min(now_ms_, *oldest);
  }
  const std::lock_guard lock(status_mutex_);
  status_ = std::move(next);
}

std::shared_ptr<const CoreStatus> Core::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

}  // namespace emr::node
