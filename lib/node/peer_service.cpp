#include "node/peer_service.h"

#include <algorithm>

#include "node/limits.h"

namespace emr::node {

PeerService::PeerService(Service& service)
    : service_(&service),
      in_work_bytes_(kPeerPlacesMax),
      transfers_(kPeerPlacesMax),
      shunned_(kPeerPlacesMax) {}

std::string PeerService::name_of(net::PeerIndex peer) const {
  return service_->members->table()->places.at(peer).node.id;
}

void PeerService::on_connected(net::PeerIndex peer) {
  service_->log->info("peer", name_of(peer) + " connected");
  service_->core->peer_connected(peer, true);
}

void PeerService::on_disconnected(net::PeerIndex peer, std::string_view why) {
  service_->log->warning("peer", name_of(peer) + " disconnected: " + std::string(why));
  service_->core->peer_connected(peer, false);
}

void PeerService::on_refused(std::string_view remote, std::string_view reason) {
  ++refused_;
  service_->log->warning(
      "peer", "refused a connection with " + std::string(remote) + ": " + std::string(reason));
}

void PeerService::on_flood(net::PeerIndex peer) {
  service_->log->warning(
      "peer", name_of(peer) + " sends frames without end; it is not read for " +
                  std::to_string(net::kFloodPause.count()) + " s");
}

void PeerService::on_frame(net::PeerIndex peer, Bytes frame) {
  if (!open_) return;
  const auto kind = frame_kind(frame);
  if (!kind) {
    ++dropped_;
    return service_->log->warning("peer", "unknown kind of frame from " + name_of(peer));
  }
  if (*kind == FrameKind::kConsensus) {
    if (!service_->core->consensus_frame_from(peer, std::move(frame))) ++dropped_;
    return;
  }
  if (*kind == FrameKind::kRequests && steady_ms() < shunned_[peer].until_ms) {
    ++dropped_;
    return;
  }
  work_on(*kind, peer, std::move(frame));
}

namespace {

/// A few bytes of question, megabytes of answer.
bool is_transfer(FrameKind kind) {
  return kind == FrameKind::kWantChunks || kind == FrameKind::kWantHistory;
}

}  // namespace

/// One bulk frame, on a worker.
void PeerService::handle(FrameKind kind, net::PeerIndex peer, const Bytes& frame) {
  switch (kind) {
    case FrameKind::kRequests:
      if (steady_ms() < shunned_[peer].until_ms) return;  // it waited behind the one that was false
      if (!take_forwarded(*service_, peer, frame)) shun(peer);
      return;
    case FrameKind::kWantSidecars: return serve_sidecars(*service_, peer, frame);
    case FrameKind::kSidecars:
      if (auto items = decode_sidecars(frame)) service_->core->sidecars_from(*std::move(items));
      return;
    case FrameKind::kContent: return take_content(*service_, peer, frame);
    case FrameKind::kWantContent: return serve_content(*service_, peer, frame);
    case FrameKind::kInventory: return compare_inventory(*service_, peer, frame);
    case FrameKind::kWantHandles: return serve_handles(*service_, peer, frame);
    case FrameKind::kWantSnapshot: return serve_snapshot_offer(*service_, peer, frame);
    case FrameKind::kSnapshotOffer: return take_snapshot_offer(*service_, peer, frame);
    case FrameKind::kWantChunks: return serve_chunks(*service_, peer, frame);
    case FrameKind::kChunks: return take_chunks(*service_, peer, frame);
    case FrameKind::kWantHistory: return serve_history(*service_, peer, frame);
    case FrameKind::kHistory: return take_history(*service_, peer, frame);
    case FrameKind::kConsensus: return;  // sorted out before
  }
}

/// Every false request costs us a signature check and its sender nothing.
void PeerService::shun(net::PeerIndex peer) {
  Shunned& one = shunned_[peer];
  const Millis now = steady_ms();
  const bool reformed = now > one.until_ms + 2 * kShunMaxMs;
  const Millis before = reformed ? 0 : one.sentence_ms.load();
  const Millis sentence = std::clamp(2 * before, kShunMinMs, kShunMaxMs);
  one.sentence_ms = sentence;
  one.until_ms = now + sentence;
}

/// A member that sends faster than we work loses frames, not our memory.
void PeerService::work_on(FrameKind kind, net::PeerIndex peer, Bytes frame) {
  std::atomic<std::size_t>& in_work = in_work_bytes_[peer];
  const std::size_t size = frame.size() + kFrameOverheadBytes;
  auto shared = std::make_shared<const Bytes>(std::move(frame));
  const unsigned transfer = is_transfer(kind) ? 1 : 0;
  const bool turn = transfers_[peer].fetch_add(transfer) + transfer <= kTransfersPerPeer;
  const bool room = in_work.fetch_add(size) + size <= kPeerInboxBytesMax && turn;
  const auto work = [this, kind, peer, shared, size, transfer] {
    handle(kind, peer, *shared);
    in_work_bytes_[peer] -= size;
    transfers_[peer] -= transfer;
  };
  const bool taken = room && service_->workers->submit(Workers::Line::kPeers, work, peer);
  if (taken) return;
  in_work -= size;
  transfers_[peer] -= transfer;
  ++dropped_;
}

}  // namespace emr::node
