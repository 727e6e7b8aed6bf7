// The core's dealings with its peers: consensus messages, sidecars, content and their repair.
#include "content/manifest.h"
#include "node/core.h"
#include "node/limits.h"

namespace emr::node {

bool Core::consensus_frame_from(net::PeerIndex peer, Bytes frame) {
  const std::size_t size = frame.size() + kFrameOverheadBytes;
  {
    const std::lock_guard lock(mutex_);
    if (inbox_bytes_[peer] + size > kPeerInboxBytesMax) return false;
    inbox_bytes_[peer] += size;
    inbox_.put(peer, std::move(frame));
  }
  ready_.notify_one();
  return true;
}

/// One frame of each peer in turn, for as long as the clock of the consensus core can wait: a vote
/// waits for one frame of a member that floods us, not for all of them.
void Core::read_peers() {
  do {
    std::unique_lock lock(mutex_);
    if (stopping_ || inbox_.empty()) return;
    const auto [peer, frame] = inbox_.take();
    inbox_bytes_[peer] -= frame.size() + kFrameOverheadBytes;
    lock.unlock();
    const ByteView message = ByteView(frame).subspan(1);
    const auto replica = options_.members->table()->replica_at(peer);
    if (replica) {
      engine_->received(*replica, message);
    } else {
      engine_->received_from_outsider(peer, message);
    }
  } while (steady_ms() - now_ms_ < in_ms(kTickInterval));
}

void Core::send(consensus::NodeIndex to, Frame frame) {
  if (mesh_ == nullptr) return;  // start-up: the core says everything again on its timers
  if (to == consensus::kEveryone) {  // observers too: they follow what they hear
    return mesh_->send(net::kAllPeers, net::Lane::kConsensus, std::move(frame));
  }
  const auto table = options_.members->table();
  if (to >= table->replicas.size()) return;
  mesh_->send(table->replicas[to], net::Lane::kConsensus, std::move(frame));
}

void Core::send_to_place(net::PeerIndex to, Frame frame) {
  if (mesh_ != nullptr) mesh_->send(to, net::Lane::kConsensus, std::move(frame));
}

void Core::refresh_members() {
  options_.members->refresh(store_->state(), now_ms_);
  pool_.set_faulty_max((options_.members->table()->replicas.size() - 1) / 3);
}

void Core::on_members_changed() {
  refresh_members();
  if (members_changed_) members_changed_();
}

void Core::want_sidecars(const std::vector<Hash32>& txids, consensus::NodeIndex likely) {
  const auto table = options_.members->table();
  if (likely < table->replicas.size()) ask_for_sidecars(table->replicas[likely], txids);
}

void Core::ask_for_sidecars(net::PeerIndex place, const std::vector<Hash32>& txids) {
  if (mesh_ == nullptr || place == options_.members->table()->self) return;
  const std::size_t count = std::min(txids.size(), kWantItemsMax);
  const std::vector<Hash32> wanted(txids.begin(),
                                   txids.begin() + static_cast<std::ptrdiff_t>(count));
  mesh_->send(place, net::Lane::kConsensus, hashes_frame(FrameKind::kWantSidecars, wanted));
}

void Core::sidecars_from(std::vector<SidecarItem> items) {
  std::size_t bytes = 0;
  for (const SidecarItem& item : items) bytes += item.sidecar.size();
  auto shared = std::make_shared<std::vector<SidecarItem>>(std::move(items));
  post_bounded(bytes, [this, shared] {  // dropped ones are asked for again
    for (SidecarItem& item : *shared) {
      engine_->restore_sidecar(item.txid, item.sidecar);
      engine_->sidecar_arrived(item.txid, std::move(item.sidecar));
    }
  });
}

Status Core::open_transfer() {
  StateTransfer::Environment environment;
  environment.genesis = options_.engine.genesis;
  environment.store = store_;
  environment.engine = engine_.get();
  environment.log = log_;
  environment.members = static_cast<std::uint32_t>(kPeerPlacesMax);  // by place
  environment.send = [this](std::uint32_t peer, Frame frame) {
    if (mesh_ != nullptr) mesh_->send(peer, net::Lane::kBulk, std::move(frame));
  };
  environment.connected = [this](std::uint32_t peer) {
    return peer != options_.members->table()->self && connected_[peer];
  };
  EMR_ASSIGN(transfer_, StateTransfer::open(std::move(environment)));
  return {};
}

void Core::want_snapshot() {
  if (mesh_ != nullptr) transfer_->want(now_ms_);
}

void Core::transfer(std::size_t bytes,
                    std::function<void(StateTransfer&, Millis now_ms)> call) {
  post_bounded(bytes, [this, call = std::move(call)] { call(*transfer_, now_ms_); });
}

/// The block is durable and nothing after it is: what the store shows now is its state.
void Core::keep_snapshot(const ledger::Executed& executed) {
  std::size_t bytes = 0;
  for (const ledger::StateWrite& write : executed.writes) {
    bytes += write.key.size() + (write.value ? write.value->size() : 0);
  }
  snapshots_.written(bytes);
  if (executed.tree) keep_snapshot_of(executed.block.header, *executed.tree);
}

/// Stopped right after a checkpoint: the store still shows the state that its header certifies.
void Core::keep_last_checkpoint() {
  const auto bytes = store_->current().block(engine_->tip().height);
  const auto block = bytes ? ledger::decode_block(*bytes) : fail(Code::kData, "no block yet");
  if (!block || block->header.state_root == Hash32{}) return;
  const ledger::StateTree& tree = engine_->state_tree();
  if (tree.root() == block->header.state_root) keep_snapshot_of(block->header, tree);
}

void Core::keep_snapshot_of(const ledger::BlockHeader& header, const ledger::StateTree& tree) {
  auto certificate = store_->current().certificate(header.height);
  if (!certificate) return;
  snapshots_.keep(header, *std::move(certificate), tree, store_->pin());
}

void Core::peer_connected(net::PeerIndex peer, bool connected) {
  post([this, peer, connected] { connected_[peer] = connected; });
}

namespace {

Hash32 handle_of(const ContentItem& item) {
  const auto cid = content::cid_from_bytes(item.cid);
  EMR_CHECK(cid.ok());  // checked with the block's hash before it was handed over
  return content::content_handle(item.r, *cid);
}

}  // namespace

void Core::store_content(std::vector<ContentItem> items, bool replicate, ContentDone done) {
  std::size_t bytes = 0;
  for (const ContentItem& item : items) bytes += item.block.size();
  auto shared = std::make_shared<const std::vector<ContentItem>>(std::move(items));
  const bool taken = post_bounded(bytes, [this, shared, replicate, done] {
    std::size_t stored = 0;
    const Status durable = keep_content(*shared, stored);
    if (!durable) log_->error("store", durable.error().message);
    if (durable && replicate && mesh_ != nullptr) send_to_keepers(*shared);
    if (done) done(durable, stored);
  });
  if (!taken && done) done(fail(Code::kTempFail, "the node is busy").with_reason("busy"), 0);
}

/// New blocks to the members who keep them; the inventories bring what a link loses.
void Core::send_to_keepers(const std::vector<ContentItem>& items) {
  const auto table = options_.members->table();
  if (contracts::all_keep_all(table->ring)) {
    for (Frame& frame : content_frames(items)) {
      mesh_->send(net::kAllPeers, net::Lane::kBulk, std::move(frame));
    }
    return;
  }
  for (net::PeerIndex peer = 0; peer < table->places.size(); ++peer) {
    if (peer == table->self || !table->places[peer].is_member) continue;
    std::vector<ContentItem> theirs;
    for (const ContentItem& item : items) {
      if (table->keeps(peer, handle_of(item))) theirs.push_back(item);
    }
    for (Frame& frame : content_frames(theirs)) {
      mesh_->send(peer, net::Lane::kBulk, std::move(frame));
    }
  }
}

Status Core::keep_content(const std::vector<ContentItem>& items, std::size_t& stored) {
  store::WriteBatch batch;
  const store::Snapshot& view = store_->current();
  for (const ContentItem& item : items) {
    if (!view.contains(store::Table::kContent, item.cid)) {
      batch.put(store::Table::kContent, item.cid, ByteView(item.block));
      ++stored;
    }
    if (item.r == Hash32{}) continue;  // a block alone, fetched by its CID
    const Hash32 handle = handle_of(item);
    if (!view.contains(store::Table::kHandles, handle)) {
      store::put_handle(batch, handle, item.r, item.cid);
    }
  }
  return store_->apply(batch);
}

/// Asks the next connected peer for sidecars of committed transactions that we lack.
void Core::repair_sidecars() {
  asked_sidecars_ms_ = now_ms_;
  const auto& missing = engine_->missing_sidecars();
  if (missing.empty()) sidecar_rounds_ = {};
  if (missing.empty() || mesh_ == nullptr) return;
  const net::PeerIndex before = std::exchange(sidecar_peer_, next_connected(sidecar_peer_));
  if (sidecar_peer_ == options_.members->table()->self) return;  // nobody is there
  const bool round_is_over = sidecar_peer_ <= before;
  ask_for_sidecars(sidecar_peer_, sidecar_rounds_.next(missing, round_is_over, kWantItemsMax));
}

/// The next connected peer in the circle; ourselves when there is none.
net::PeerIndex Core::next_connected(net::PeerIndex after) const {
  const auto table = options_.members->table();
  for (std::size_t i = 1; i <= table->places.size(); ++i) {
    const auto peer = static_cast<net::PeerIndex>((after + i) % table->places.size());
    if (peer != table->self && connected_[peer]) return peer;
  }
  return table->self;
}

/// One step of anti-entropy with the next connected peer: tell it a range of the handles we hold
/// (it asks for those it lacks).
void Core::repair() {
  repaired_ms_ = now_ms_;
  if (mesh_ == nullptr) return;
  repair_peer_ = next_connected(repair_peer_);
  if (repair_peer_ == options_.members->table()->self) return;
  std::vector<Hash32> handles;
  const Bytes& from = inventories_.begin(repair_peer_);
  store_->current().visit(store::Table::kHandles, from, [&](ByteView key, ByteView) {
    Hash32 handle{};
    if (key.size() == handle.size()) {
      std::copy(key.begin(), key.end(), handle.begin());
      handles.push_back(handle);
    }
    return handles.size() < kWantItemsMax;
  });
  const bool whole_range = handles.size() < kWantItemsMax;
  inventories_.end(whole_range ? Bytes() : to_bytes(ByteView(handles.back())));
  if (handles.empty()) return;
  mesh_->send(repair_peer_, net::Lane::kBulk, hashes_frame(FrameKind::kInventory, handles));
}

}  // namespace emr::node
