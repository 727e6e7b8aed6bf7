#include "node/frames.h"

#include "base/wire.h"
#include "ledger/limits.h"
#include "node/limits.h"

namespace emr::node {

namespace {

/// A sealed block of the content store: 1 MiB of ciphertext and its framing, with room.
constexpr std::size_t kContentBlockBytesMax = std::size_t{2} << 20;
constexpr std::size_t kCidBytesMax = 64;

/// Gathers encoded items into frames of one kind.
class FrameCutter {
 public:
  explicit FrameCutter(FrameKind kind) : kind_(kind) { begin(); }

  void add(ByteView item) {
    if (count_ > 0 && writer_.bytes().size() + item.size() > kBulkFrameBytes) cut();
    writer_.raw(item);
    ++count_;
  }
  std::vector<Frame> take() {
    if (count_ > 0) cut();
    return std::move(frames_);
  }

 private:
  void begin() {
    writer_ = WireWriter();
    writer_.u8(static_cast<std::uint8_t>(kind_));
    count_ = 0;
  }
  void cut() {
    frames_.push_back(std::make_shared<const Bytes>(std::move(writer_).take()));
    begin();
  }

  FrameKind kind_;
  WireWriter writer_;
  std::size_t count_ = 0;
  std::vector<Frame> frames_;
};

/// Reads items until the frame ends; `read` fills one from the reader.
template <class Item, class Read>
Result<std::vector<Item>> read_items(ByteView frame, Read read) {
  EMR_CHECK(!frame.empty());
  WireReader reader(frame.subspan(1));
  std::vector<Item> items;
  while (reader.remaining() > 0 && !reader.failed()) items.push_back(read(reader));
  EMR_TRY(reader.finish());
  return items;
}

ContentItem read_content(WireReader& reader) {
  ContentItem item;
  item.r = reader.hash();
  item.cid = to_bytes(reader.blob(kCidBytesMax));
  item.block = to_bytes(reader.blob(kContentBlockBytesMax));
  return item;
}

}  // namespace

Frame consensus_frame(ByteView message) {
  WireWriter writer(1 + message.size());
  writer.u8(static_cast<std::uint8_t>(FrameKind::kConsensus)).raw(message);
  return std::make_shared<const Bytes>(std::move(writer).take());
}

std::vector<Frame> request_frames(const std::vector<RequestItem>& items) {
  FrameCutter cutter(FrameKind::kRequests);
  for (const RequestItem& item : items) {
    WireWriter writer(item.entry.size() + item.sidecar.size() + 2 * sizeof(std::uint32_t) +
                      item.point_y.size());
    writer.text(item.entry).text(item.sidecar).raw(item.point_y);
    cutter.add(writer.bytes());
  }
  return cutter.take();
}

std::vector<Frame> sidecar_frames(const std::vector<SidecarItem>& items) {
  FrameCutter cutter(FrameKind::kSidecars);
  for (const SidecarItem& item : items) {
    WireWriter writer;
    writer.raw(item.txid).text(item.sidecar);
    cutter.add(writer.bytes());
  }
  return cutter.take();
}

std::vector<Frame> content_frames(const std::vector<ContentItem>& items) {
  FrameCutter cutter(FrameKind::kContent);
  for (const ContentItem& item : items) {
    WireWriter writer;
    writer.raw(item.r).blob(item.cid).blob(item.block);
    cutter.add(writer.bytes());
  }
  return cutter.take();
}

Frame hashes_frame(FrameKind kind, const std::vector<Hash32>& hashes) {
  EMR_CHECK(hashes.size() <= kWantItemsMax);
  WireWriter writer;
  writer.u8(static_cast<std::uint8_t>(kind));
  for (const Hash32& hash : hashes) writer.raw(hash);
  return std::make_shared<const Bytes>(std::move(writer).take());
}

Frame want_content_frame(const std::vector<Bytes>& cids) {
  EMR_CHECK(cids.size() <= kWantItemsMax);
  WireWriter writer;
  writer.u8(static_cast<std::uint8_t>(FrameKind::kWantContent));
  for (const Bytes& cid : cids) writer.blob(cid);
  return std::make_shared<const Bytes>(std::move(writer).take());
}

Result<FrameKind> frame_kind(ByteView frame) {
  if (frame.empty() || frame[0] < static_cast<std::uint8_t>(FrameKind::kConsensus) ||
      frame[0] > static_cast<std::uint8_t>(FrameKind::kHistory)) {
    return fail(Code::kProtocol, "unknown kind of frame").with_reason("frame_kind");
  }
  return static_cast<FrameKind>(frame[0]);
}

Result<std::vector<RequestItem>> decode_requests(ByteView frame) {
  return read_items<RequestItem>(frame, [](WireReader& reader) {
    RequestItem item;
    item.entry = reader.text(ledger::kEntryBytesMax);
    item.sidecar = reader.text(ledger::kTransactionLineBytesMax);
    item.point_y = reader.hash();
    return item;
  });
}

Result<std::vector<SidecarItem>> decode_sidecars(ByteView frame) {
  return read_items<SidecarItem>(frame, [](WireReader& reader) {
    SidecarItem item;
    item.txid = reader.hash();
    item.sidecar = reader.text(ledger::kTransactionLineBytesMax);
    return item;
  });
}

Result<std::vector<ContentItem>> decode_content(ByteView frame) {
  return read_items<ContentItem>(frame, read_content);
}

Result<std::vector<Hash32>> decode_hashes(ByteView frame) {
  if (frame.size() > 1 + kWantItemsMax * 32) {
    return fail(Code::kProtocol, "too many items in one frame").with_reason("limit");
  }
  return read_items<Hash32>(frame, [](WireReader& reader) { return reader.hash(); });
}

Result<std::vector<Bytes>> decode_want_content(ByteView frame) {
  if (frame.size() > 1 + kWantItemsMax * (4 + kCidBytesMax)) {
    return fail(Code::kProtocol, "too many items in one frame").with_reason("limit");
  }
  return read_items<Bytes>(frame,
                           [](WireReader& reader) { return to_bytes(reader.blob(kCidBytesMax)); });
}

}  // namespace emr::node
