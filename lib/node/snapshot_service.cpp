// What a peer asks for about snapshots and old blocks, answered on a worker.
#include "node/limits.h"
#include "node/service.h"
#include "node/snapshots.h"

namespace emr::node {

namespace {

/// Answers travel with the bulk data: votes overtake them.
void answer(Service& service, net::PeerIndex peer, Frame frame) {
  service.mesh->send(peer, net::Lane::kBulk, std::move(frame));
}

std::optional<OldBlock> old_block(const store::Snapshot& view, std::uint64_t height) {
  auto block = view.block(height);
  auto certificate = view.certificate(height);
  auto receipts = view.receipts(height);
  if (!block || !certificate || !receipts) return std::nullopt;
  return OldBlock{*std::move(block), *std::move(certificate), *std::move(receipts)};
}

}  // namespace

void serve_snapshot_offer(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto wanted = decode_want_snapshot(frame);
  if (!wanted) return service.log->warning("peer", "malformed question for a snapshot");
  answer(service, peer, encode_frame(service.core->snapshots().offer(*wanted)));
}

void serve_chunks(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto wanted = decode_want_chunks(frame);
  if (!wanted) return service.log->warning("peer", "malformed request for chunks");
  answer(service, peer, encode_frame(service.core->snapshots().chunks(*wanted)));
}

void serve_history(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto wanted = decode_want_history(frame);
  if (!wanted) return service.log->warning("peer", "malformed request for old blocks");
  const auto view = service.store->snapshot();
  History history;
  std::size_t bytes = 0;
  for (std::uint64_t height = wanted->highest; height >= wanted->lowest; --height) {
    auto old = old_block(*view, height);
    if (!old) break;
    bytes += old->block.size() + old->certificate.size();
    for (const std::string& receipt : old->receipts) bytes += receipt.size() + 4;
    const bool full = bytes > kBulkFrameBytes || history.blocks.size() == kHistoryBlocksMax;
    if (full && !history.blocks.empty()) break;
    if (bytes + kFrameOverheadBytes > net::kMaxFrameBytes) break;  // the largest of all blocks
    history.blocks.push_back(*std::move(old));
  }
  answer(service, peer, encode_frame(history));
}

void take_snapshot_offer(Service& service, net::PeerIndex peer, const Bytes& frame) {
  auto offer = decode_snapshot_offer(frame);
  if (!offer) return service.log->warning("peer", "malformed offer of a snapshot");
  auto shared = std::make_shared<const std::optional<SnapshotOffer>>(*std::move(offer));
  service.core->transfer(frame.size(), [peer, shared](StateTransfer& transfer, Millis now_ms) {
    transfer.on_offer(peer, *shared, now_ms);
  });
}

void take_chunks(Service& service, net::PeerIndex peer, const Bytes& frame) {
  auto chunks = decode_chunks(frame);
  if (!chunks) return service.log->warning("peer", "malformed chunks");
  auto shared = std::make_shared<const Chunks>(*std::move(chunks));
  service.core->transfer(frame.size(), [peer, shared](StateTransfer& transfer, Millis now_ms) {
    transfer.on_chunks(peer, *shared, now_ms);
  });
}

void take_history(Service& service, net::PeerIndex peer, const Bytes& frame) {
  auto history = decode_history(frame);
  if (!history) return service.log->warning("peer", "malformed old blocks");
  auto shared = std::make_shared<const History>(*std::move(history));
  service.core->transfer(frame.size(), [peer, shared](StateTransfer& transfer, Millis now_ms) {
    transfer.on_history(peer, *shared, now_ms);
  });
}

}  // namespace emr::node
