#include "node/peer_service.h"

namespace emr::node {

const std::string& PeerService::name_of(net::PeerIndex peer) const {
  return service_->genesis->institutions.at(peer).id;
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
  work_on(*kind, peer, std::move(frame));
}

void PeerService::work_on(FrameKind kind, net::PeerIndex peer, Bytes frame) {
  auto shared = std::make_shared<const Bytes>(std::move(frame));
  Service& service = *service_;
  const bool taken = service.workers->submit([&service, kind, peer, shared] {
    switch (kind) {
      case FrameKind::kRequests: return take_forwarded(service, peer, *shared);
      case FrameKind::kWantSidecars: return serve_sidecars(service, peer, *shared);
      case FrameKind::kSidecars:
        if (auto items = decode_sidecars(*shared)) service.core->sidecars_from(*std::move(items));
        return;
      case FrameKind::kContent: return take_content(service, peer, *shared);
      case FrameKind::kWantContent: return serve_content(service, peer, *shared);
      case FrameKind::kInventory: return compare_inventory(service, peer, *shared);
      case FrameKind::kWantHandles: return serve_handles(service, peer, *shared);
      case FrameKind::kConsensus: return;  // sorted out before
    }
  });
  if (!taken) ++dropped_;
}

}  // namespace emr::node
