#include "node/snapshot_frames.h"

#include "base/check.h"
#include "base/wire.h"
#include "ledger/limits.h"
#include "node/limits.h"

namespace emr::node {

namespace {

WireWriter start_frame(FrameKind kind) {
  WireWriter writer;
  writer.u8(static_cast<std::uint8_t>(kind));
  return writer;
}

Frame finished(WireWriter&& writer) {
  return std::make_shared<const Bytes>(std::move(writer).take());
}

WireReader body_of(ByteView frame) {
  EMR_CHECK(!frame.empty());
  return WireReader(frame.subspan(1));
}

ledger::BlockHeader read_header(WireReader& reader) {
  const auto header = ledger::decode_header(reader.blob(ledger::kHeaderRoom));
  if (header) return *header;
  reader.reject();
  return {};
}

ledger::EpochLink read_link(WireReader& reader) {
  auto link = ledger::decode_link(reader.blob(kEpochLinkBytesMax));
  if (link) return *std::move(link);
  reader.reject();
  return {};
}

ProvenChunk read_chunk(WireReader& reader) {
  ProvenChunk proven;
  const auto chunk = ledger::decode_chunk(reader.blob(kChunkBytesMax));
  if (chunk) {
    proven.chunk = *chunk;
  } else {
    reader.reject();
  }
  const std::size_t depth = reader.u8();
  if (depth > ledger::kStatePathMax) reader.reject();
  for (std::size_t i = 0; i < depth && !reader.failed(); ++i) proven.path.push_back(reader.hash());
  return proven;
}

OldBlock read_old_block(WireReader& reader) {
  OldBlock old;
  old.block = to_bytes(reader.blob(ledger::kBlockBytesMax));
  old.certificate = to_bytes(reader.blob(quorum::kMaxCertificateBytes));
  const std::uint32_t receipts = reader.u32();
  if (receipts > ledger::kBlockEntriesMax) reader.reject();
  for (std::uint32_t i = 0; i < receipts && !reader.failed(); ++i) {
    old.receipts.emplace_back(reader.text(ledger::kReceiptBytesMax));
  }
  return old;
}

}  // namespace

Frame encode_frame(const WantSnapshot& message) {
  WireWriter writer = start_frame(FrameKind::kWantSnapshot);
  writer.u64(message.height).u64(message.epoch);
  return finished(std::move(writer));
}

Frame encode_frame(const std::optional<SnapshotOffer>& message) {
  WireWriter writer = start_frame(FrameKind::kSnapshotOffer);
  if (!message) return finished(std::move(writer));
  writer.blob(ledger::encode_header(message->header)).blob(message->certificate);
  writer.u64(message->chunks).raw(message->tree_root);
  writer.u64(message->snapshot_bytes).u64(message->blocks_bytes);
  for (const ledger::EpochLink& link : message->epochs) writer.blob(ledger::encode_link(link));
  return finished(std::move(writer));
}

Frame encode_frame(const WantChunks& message) {
  WireWriter writer = start_frame(FrameKind::kWantChunks);
  writer.u64(message.height).u64(message.first).u32(message.count);
  return finished(std::move(writer));
}

Frame encode_frame(const Chunks& message) {
  WireWriter writer = start_frame(FrameKind::kChunks);
  writer.u64(message.height).u64(message.first);
  for (const ProvenChunk& one : message.chunks) {
    writer.blob(ledger::encode_chunk(one.chunk));
    writer.u8(static_cast<std::uint8_t>(one.path.size()));
    for (const Hash32& hash : one.path) writer.raw(hash);
  }
  return finished(std::move(writer));
}

Frame encode_frame(const WantHistory& message) {
  WireWriter writer = start_frame(FrameKind::kWantHistory);
  writer.u64(message.highest).u64(message.lowest);
  return finished(std::move(writer));
}

Frame encode_frame(const History& message) {
  WireWriter writer = start_frame(FrameKind::kHistory);
  for (const OldBlock& old : message.blocks) {
    writer.blob(old.block).blob(old.certificate);
    writer.u32(static_cast<std::uint32_t>(old.receipts.size()));
    for (const std::string& receipt : old.receipts) writer.text(receipt);
  }
  return finished(std::move(writer));
}

Result<WantSnapshot> decode_want_snapshot(ByteView frame) {
  WireReader reader = body_of(frame);
  WantSnapshot message;
  message.height = reader.u64();
  message.epoch = reader.u64();
  EMR_TRY(reader.finish());
  return message;
}

Result<std::optional<SnapshotOffer>> decode_snapshot_offer(ByteView frame) {
  WireReader reader = body_of(frame);
  if (reader.remaining() == 0) return std::optional<SnapshotOffer>();
  SnapshotOffer message;
  message.header = read_header(reader);
  message.certificate = to_bytes(reader.blob(quorum::kMaxCertificateBytes));
  message.chunks = reader.u64();
  if (message.chunks > ledger::kStateChunksMax) reader.reject();
  message.tree_root = reader.hash();
  message.snapshot_bytes = reader.u64();
  message.blocks_bytes = reader.u64();
  while (reader.remaining() > 0 && !reader.failed()) {
    if (message.epochs.size() == ledger::kEpochLinksMax) reader.reject();
    message.epochs.push_back(read_link(reader));
  }
  EMR_TRY(reader.finish());
  return std::optional(std::move(message));
}

Result<WantChunks> decode_want_chunks(ByteView frame) {
  WireReader reader = body_of(frame);
  WantChunks message;
  message.height = reader.u64();
  message.first = reader.u64();
  message.count = reader.u32();
  if (message.count == 0 || message.count > kChunksPerRequest) reader.reject();
  EMR_TRY(reader.finish());
  return message;
}

Result<Chunks> decode_chunks(ByteView frame) {
  WireReader reader = body_of(frame);
  Chunks message;
  message.height = reader.u64();
  message.first = reader.u64();
  while (reader.remaining() > 0 && !reader.failed()) {
    if (message.chunks.size() == kChunksPerRequest) reader.reject();
    message.chunks.push_back(read_chunk(reader));
  }
  EMR_TRY(reader.finish());
  return message;
}

Result<WantHistory> decode_want_history(ByteView frame) {
  WireReader reader = body_of(frame);
  WantHistory message;
  message.highest = reader.u64();
  message.lowest = reader.u64();
  if (message.lowest == 0 || message.lowest > message.highest) reader.reject();
  EMR_TRY(reader.finish());
  return message;
}

Result<History> decode_history(ByteView frame) {
  WireReader reader = body_of(frame);
  History message;
  while (reader.remaining() > 0 && !reader.failed()) {
    if (message.blocks.size() == kHistoryBlocksMax) reader.reject();
    message.blocks.push_back(read_old_block(reader));
  }
  EMR_TRY(reader.finish());
  return message;
}

}  // namespace emr::node
