#include "node/core.h"

#include <ctime>

#include "content/manifest.h"
#include "node/limits.h"

namespace emr::node {

namespace {

Millis steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<Millis>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

/// How often the published status is renewed when nothing happens.
constexpr Millis kPublishIntervalMs = 50;

template <class Duration>
Millis in_ms(Duration duration) {
  return static_cast<Millis>(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

Core::Core(const CoreOptions& options, store::Store& store, Logger& log)
    : options_(options), store_(&store), log_(&log), connected_(options.members) {
  for (std::size_t i = 0; i < options.members; ++i) {
    inbox_bytes_.push_back(std::make_unique<std::atomic<std::size_t>>(0));
  }
  status_ = std::make_shared<const CoreStatus>();
}

Core::~Core() { stop(); }

Status Core::open(crypto::SigningKey vote_key) {
  now_ms_ = steady_ms();
  EMR_ASSIGN(engine_, Engine::open(options_.engine, std::move(vote_key), *store_, pool_, *this,
                                   *log_, now_ms_));
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
      ready_.wait_for(lock, wait, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      batch.swap(queue_);
    }
    now_ms_ = steady_ms();
    for (auto& work : batch) work();
    batch.clear();
    timers();
  }
  if (on_stopped_) on_stopped_(*engine_->stopped());
}

void Core::timers() {
  now_ms_ = steady_ms();
  if (std::exchange(pool_changed_, false)) engine_->requests_changed();
  engine_->tick(now_ms_, std::time(nullptr));
  if (now_ms_ - forwarded_ms_ >= in_ms(kForwardAgain) / 2) forward_again();
  if (now_ms_ - repaired_ms_ >= in_ms(kRepairInterval)) repair();
  if (now_ms_ - published_ms_ >= kPublishIntervalMs) {
    expire_streams();
    publish();
    if (housekeeping_) housekeeping_();
  }
}

// --- requests ------------------------------------------------------------------------------------

void Core::submit(std::vector<Submission> submissions) {
  auto shared = std::make_shared<std::vector<Submission>>(std::move(submissions));
  post([this, shared] { take(*shared); });
}

void Core::take(std::vector<Submission>& submissions) {
  std::vector<RequestItem> to_forward;
  std::shared_ptr<TxStream> last;
  for (Submission& submission : submissions) {
    if (submission.stream && submission.stream != last) {
      last = submission.stream;
      streams_.push_back(last);
    }
    take_one(submission, to_forward);
  }
  forward(to_forward);
}

void Core::take_one(Submission& submission, std::vector<RequestItem>& to_forward) {
  const Hash32 txid = submission.tx->txid();
  TxStream* stream = submission.stream.get();
  if (stream != nullptr && waiters_.size() >= kMempoolCountMax) {
    return stream->resolve(submission.slot, busy_line(txid));
  }
  if (answer_if_committed(txid, stream, submission.slot)) return;
  const bool from_client = stream != nullptr;
  if (pool_.find(txid) == nullptr) {
    const Status admitted = engine_->check(*submission.tx, std::time(nullptr));
    if (!admitted) {
      if (from_client) stream->resolve(submission.slot, refused_line(txid, admitted.error()));
      return;
    }
    RequestItem item{submission.tx->entry(), submission.sidecar};
    const Admission admission =
        pool_.add({submission.tx, std::move(submission.sidecar), now_ms_, from_client, now_ms_});
    if (admission == Admission::kBusy) {
      if (from_client) stream->resolve(submission.slot, busy_line(txid));
      return;
    }
    pool_changed_ = true;
    if (from_client) to_forward.push_back(std::move(item));
  }
  if (!from_client) return;
  waiters_[txid].push_back({submission.stream, submission.slot});
  stream->resolve_accepted(submission.slot);
}

/// Also true for a peer's copy of what is committed: there is nothing to do.
bool Core::answer_if_committed(const Hash32& txid, TxStream* stream, std::size_t slot) {
  const store::Snapshot& view = store_->current();
  const auto position = view.position(txid);
  if (!position || !*position) return false;
  if (stream == nullptr) return true;
  const auto receipts = view.receipts((*position)->height);
  if (!receipts || (*position)->index >= receipts->size()) return false;
  stream->resolve(slot, committed_line(txid, (*position)->height, (*position)->index,
                                       (*receipts)[(*position)->index]));
  return true;
}

void Core::watch(const Hash32& txid, std::shared_ptr<TxStream> stream, std::size_t slot) {
  post([this, txid, stream = std::move(stream), slot] {
    if (answer_if_committed(txid, stream.get(), slot)) return;
    if (!stream->waits()) {
      const bool waiting = pool_.find(txid) != nullptr;
      return stream->resolve(slot, waiting ? pending_line(txid) : unknown_line(txid));
    }
    if (waiters_.size() >= kMempoolCountMax) return stream->resolve(slot, busy_line(txid));
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
  std::uint64_t index = 0;
  for (const auto& tx : executed.transactions) {
    if (waiters_.contains(tx->txid())) {
      answer(tx->txid(), committed_line(tx->txid(), executed.block.header.height, index,
                                        executed.receipts[index]));
    }
    ++index;
  }
}

void Core::on_refused(const Hash32& txid, const Error& why) {
  answer(txid, refused_line(txid, why));
}

void Core::forward(const std::vector<RequestItem>& items) {
  if (mesh_ == nullptr) return;
  for (Frame& frame : request_frames(items)) {
    mesh_->send(net::kAllPeers, net::Lane::kBulk, std::move(frame));
  }
}

/// A request that no block took for a while may have been lost on its way to the primary. Not while
/// there is a backlog, when waiting is normal: every copy costs every member a signature check.
void Core::forward_again() {
  forwarded_ms_ = now_ms_;
  const std::size_t batch = options_.engine.genesis->pbft.batch_max;
  const bool backlog = pool_.size() > batch;
  const Millis patience = backlog ? options_.engine.genesis->pbft.timeout_ms : in_ms(kForwardAgain);
  std::vector<RequestItem> items;
  pool_.visit([&](PendingRequest& request) {
    if (now_ms_ - std::min(now_ms_, request.arrived_ms) < patience) return false;
    if (request.from_client && now_ms_ >= request.forward_at_ms) {
      const Millis waited = now_ms_ - std::min(now_ms_, request.arrived_ms);
      request.forward_at_ms = now_ms_ + 2 * waited;  // doubling: at most a few copies of each
      items.push_back({request.tx->entry(), request.sidecar});
    }
    return items.size() < batch;
  });
  forward(items);
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

// --- peers ---------------------------------------------------------------------------------------

bool Core::consensus_frame_from(net::PeerIndex peer, Bytes frame) {
  std::atomic<std::size_t>& waiting = *inbox_bytes_[peer];
  const std::size_t size = frame.size();
  if (waiting.fetch_add(size) + size > kPeerInboxBytesMax) {
    waiting -= size;
    return false;
  }
  auto shared = std::make_shared<const Bytes>(std::move(frame));
  post([this, peer, shared, size, &waiting] {
    waiting -= size;
    engine_->received(peer, ByteView(*shared).subspan(1));
  });
  return true;
}

void Core::send(consensus::NodeIndex to, Frame frame) {
  if (mesh_ == nullptr) return;  // start-up: the core says everything again on its timers
  static_assert(consensus::kEveryone == net::kAllPeers);
  mesh_->send(to, net::Lane::kConsensus, std::move(frame));
}

void Core::want_sidecars(const std::vector<Hash32>& txids, consensus::NodeIndex likely) {
  if (mesh_ == nullptr || likely == options_.self) return;
  const std::size_t count = std::min(txids.size(), kWantItemsMax);
  const std::vector<Hash32> wanted(txids.begin(),
                                   txids.begin() + static_cast<std::ptrdiff_t>(count));
  mesh_->send(likely, net::Lane::kConsensus, hashes_frame(FrameKind::kWantSidecars, wanted));
}

void Core::sidecars_from(std::vector<SidecarItem> items) {
  auto shared = std::make_shared<std::vector<SidecarItem>>(std::move(items));
  post([this, shared] {
    for (SidecarItem& item : *shared) {
      engine_->restore_sidecar(item.txid, item.sidecar);
      engine_->sidecar_arrived(item.txid, std::move(item.sidecar));
    }
  });
}

void Core::peer_connected(net::PeerIndex peer, bool connected) {
  post([this, peer, connected] { connected_[peer] = connected; });
}

void Core::store_content(std::vector<ContentItem> items, bool replicate,
                         std::function<void(const Status&, std::size_t)> done) {
  auto shared = std::make_shared<std::vector<ContentItem>>(std::move(items));
  post([this, shared, replicate, done = std::move(done)] {
    store::WriteBatch batch;
    std::size_t stored = 0;
    {
      const store::Snapshot& view = store_->current();
      for (const ContentItem& item : *shared) {
        if (!view.contains(store::Table::kContent, item.cid)) {
          batch.put(store::Table::kContent, item.cid, ByteView(item.block));
          ++stored;
        }
        if (item.r == Hash32{}) continue;  // a block alone, fetched by its CID
        const auto cid = content::cid_from_bytes(item.cid);
        EMR_CHECK(cid.ok());  // checked with the block's hash before it was handed over
        const Hash32 handle = content::content_handle(item.r, *cid);
        if (!view.contains(store::Table::kHandles, handle)) {
          store::put_handle(batch, handle, item.r, item.cid);
        }
      }
    }
    const Status durable = store_->apply(batch);
    if (!durable) log_->error("store", durable.error().message);
    if (durable && replicate && mesh_ != nullptr) {
      for (Frame& frame : content_frames(*shared)) {
        mesh_->send(net::kAllPeers, net::Lane::kBulk, std::move(frame));
      }
    }
    if (done) done(durable, stored);
  });
}

/// One step of anti-entropy with the next connected peer: tell it a range of the handles we hold
/// (it asks for those it lacks), and ask it for sidecars that we lack.
void Core::repair() {
  repaired_ms_ = now_ms_;
  if (mesh_ == nullptr) return;
  for (std::size_t i = 0; i < options_.members; ++i) {
    repair_peer_ = static_cast<std::uint32_t>((repair_peer_ + 1) % options_.members);
    if (repair_peer_ != options_.self && connected_[repair_peer_]) break;
  }
  if (repair_peer_ == options_.self || !connected_[repair_peer_]) return;
  const auto& missing = engine_->missing_sidecars();
  if (!missing.empty()) want_sidecars({missing.begin(), missing.end()}, repair_peer_);
  std::vector<Hash32> handles;
  store_->current().visit(store::Table::kHandles, repair_cursor_, [&](ByteView key, ByteView) {
    Hash32 handle{};
    if (key.size() == handle.size()) {
      std::copy(key.begin(), key.end(), handle.begin());
      handles.push_back(handle);
    }
    return handles.size() < kWantItemsMax;
  });
  const bool whole_range = handles.size() < kWantItemsMax;
  repair_cursor_ = whole_range ? Bytes() : to_bytes(ByteView(handles.back()));
  if (handles.empty()) return;
  mesh_->send(repair_peer_, net::Lane::kBulk, hashes_frame(FrameKind::kInventory, handles));
}

// --- status --------------------------------------------------------------------------------------

void Core::publish() {
  published_ms_ = now_ms_;
  auto next = std::make_shared<CoreStatus>();
  next->replica = engine_->status();
  next->tip = engine_->tip();
  next->counters = engine_->counters();
  next->mempool = pool_.size();
  next->mempool_bytes = pool_.bytes();
  next->waiting = waiters_.size();
  next->missing_sidecars = engine_->missing_sidecars().size();
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
