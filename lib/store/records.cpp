// The encodings of FORMAT.md: keys and values of every table.
#include <algorithm>
#include <numeric>

#include "base/wire.h"
#include "ledger/limits.h"
#include "store/damage.h"
#include "store/store.h"

namespace emr::store {

namespace {

Error corrupt(std::string_view what) {
  return damaged("it holds a malformed " + std::string(what));
}

Bytes encode_tip(const ledger::ChainTip& tip) {
  WireWriter writer;
  writer.u64(tip.height).raw(tip.hash).raw(tip.writes_hash);
  writer.u64(static_cast<std::uint64_t>(tip.time));
  return std::move(writer).take();
}

Bytes epoch_key(std::uint64_t epoch) {
  Bytes key = to_bytes("epoch/");
  append(key, height_key(epoch));
  return key;
}

void put_state(WriteBatch& batch, std::span<const ledger::StateWrite> writes) {
  for (const ledger::StateWrite& write : writes) {
    if (write.value) {
      batch.put(Table::kState, as_bytes(write.key), as_bytes(*write.value));
    } else {
      batch.erase(Table::kState, as_bytes(write.key));
    }
  }
}

}  // namespace

void WriteBatch::put(Table table, ByteView key, ByteView value) {
  changes_.push_back({table, false, bytes_.size(), key.size(), value.size()});
  append(bytes_, key);
  append(bytes_, value);
}

void WriteBatch::erase(Table table, ByteView key) {
  changes_.push_back({table, true, bytes_.size(), key.size(), 0});
  append(bytes_, key);
}

/// The memory of an ordinary batch is kept for the next one.
void WriteBatch::clear() noexcept {
  changes_.clear();
  bytes_.clear();
  clear_stage_ = install_stage_ = false;
  if (bytes_.capacity() > kBatchBytesKept) bytes_ = {};
}

WriteBatch::Change WriteBatch::change(std::size_t index) const {
  const Place& place = changes_.at(index);
  const ByteView all(bytes_);
  Change change{place.table, all.subspan(place.at, place.key_size), std::nullopt};
  if (!place.erased) change.value = all.subspan(place.at + place.key_size, place.value_size);
  return change;
}

Bytes height_key(std::uint64_t height) { return std::move(WireWriter().u64(height)).take(); }

std::optional<std::uint64_t> height_of_key(ByteView key) {
  WireReader reader(key);
  const std::uint64_t height = reader.u64();
  if (!reader.finish()) return std::nullopt;
  return height;
}

void put_tip(WriteBatch& batch, const ledger::ChainTip& tip) {
  batch.put(Table::kMeta, as_bytes("tip"), encode_tip(tip));
}

void put_old(WriteBatch& batch, const CommittedBlock& committed) {
  EMR_CHECK(committed.txids.size() == committed.receipts.size());
  const Bytes height = height_key(committed.tip.height);
  batch.put(Table::kBlocks, height, committed.block);
  batch.put(Table::kCertificates, height, committed.certificate);
  std::size_t receipts_size = sizeof(std::uint32_t);
  for (const std::string& receipt : committed.receipts) receipts_size += receipt.size() + 4;
  WireWriter receipts(receipts_size);
  receipts.u32(static_cast<std::uint32_t>(committed.receipts.size()));
  for (const std::string& receipt : committed.receipts) receipts.text(receipt);
  batch.put(Table::kReceipts, height, receipts.bytes());
  std::vector<std::uint32_t> order(committed.txids.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return committed.txids[a] < committed.txids[b];  // neighbours in the tree one after the other
  });
  Bytes position = height;
  position.resize(height.size() + sizeof(std::uint32_t));
  for (const std::uint32_t index : order) {
    for (std::size_t i = 0; i < sizeof index; ++i) {
      position[height.size() + i] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
    }
    batch.put(Table::kTxIndex, committed.txids[index], position);
  }
}

void put_committed(WriteBatch& batch, const CommittedBlock& committed) {
  put_old(batch, committed);
  put_state(batch, committed.writes);
  put_tip(batch, committed.tip);
}

void put_genesis(WriteBatch& batch, std::string_view genesis_json, const ledger::ChainTip& tip,
                 const std::vector<ledger::StateWrite>& writes) {
  batch.put(Table::kMeta, as_bytes("genesis"), as_bytes(genesis_json));
  put_state(batch, writes);
  put_tip(batch, tip);
}

void put_sidecar(WriteBatch& batch, const Hash32& txid, std::string_view sidecar) {
  batch.put(Table::kSidecars, txid, as_bytes(sidecar));
}

void put_handle(WriteBatch& batch, const Hash32& handle, const Hash32& r, ByteView cid) {
  WireWriter writer;
  writer.raw(r).blob(cid);
  batch.put(Table::kHandles, handle, writer.bytes());
}

void put_epoch_link(WriteBatch& batch, const ledger::EpochLink& link) {
  batch.put(Table::kMeta, epoch_key(link.header.epoch), ledger::encode_link(link));
}

Result<std::vector<ledger::EpochLink>> Snapshot::epoch_links(std::uint64_t epoch,
                                                             std::uint64_t first) const {
  std::vector<ledger::EpochLink> links;
  for (std::uint64_t ended = first; ended < epoch; ++ended) {
    const auto raw = get_raw(Table::kMeta, epoch_key(ended));
    auto link = raw ? ledger::decode_link(*raw) : corrupt("end of an epoch");
    if (!link) return corrupt("end of an epoch");
    links.push_back(*std::move(link));
  }
  return links;
}

std::optional<std::string> Snapshot::genesis() const {
  const auto raw = get_raw(Table::kMeta, as_bytes("genesis"));
  if (!raw) return std::nullopt;
  return std::string(as_text(*raw));
}

Result<std::optional<ledger::ChainTip>> Snapshot::tip() const {
  const auto raw = get_raw(Table::kMeta, as_bytes("tip"));
  if (!raw) return std::optional<ledger::ChainTip>();
  WireReader reader(*raw);
  ledger::ChainTip tip;
  tip.height = reader.u64();
  tip.hash = reader.hash();
  tip.writes_hash = reader.hash();
  tip.time = static_cast<UnixSeconds>(reader.u64());
  if (!reader.finish()) return corrupt("tip");
  return std::optional(tip);
}

std::optional<Bytes> Snapshot::block(std::uint64_t height) const {
  const auto raw = get_raw(Table::kBlocks, height_key(height));
  if (!raw) return std::nullopt;
  return to_bytes(*raw);
}

std::optional<Bytes> Snapshot::certificate(std::uint64_t height) const {
  const auto raw = get_raw(Table::kCertificates, height_key(height));
  if (!raw) return std::nullopt;
  return to_bytes(*raw);
}

Result<std::vector<std::string>> Snapshot::receipts(std::uint64_t height) const {
  std::vector<std::string> receipts;
  const auto raw = get_raw(Table::kReceipts, height_key(height));
  if (!raw) return fail(Code::kNegative, "there is no such block").with_reason("not_found");
  WireReader reader(*raw);
  const std::uint32_t count = reader.u32();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    receipts.emplace_back(reader.text(ledger::kReceiptBytesMax));
  }
  if (!reader.finish()) return corrupt("receipt list");
  return receipts;
}

Result<std::optional<TxPosition>> Snapshot::position(const Hash32& txid) const {
  const auto raw = get_raw(Table::kTxIndex, txid);
  if (!raw) return std::optional<TxPosition>();
  WireReader reader(*raw);
  TxPosition position;
  position.height = reader.u64();
  position.index = reader.u32();
  if (!reader.finish()) return corrupt("transaction position");
  return std::optional(position);
}

std::optional<std::string> Snapshot::sidecar(const Hash32& txid) const {
  const auto raw = get_raw(Table::kSidecars, txid);
  if (!raw) return std::nullopt;
  return std::string(as_text(*raw));
}

Result<std::optional<HandleTarget>> Snapshot::handle(const Hash32& handle) const {
  const auto raw = get_raw(Table::kHandles, handle);
  if (!raw) return std::optional<HandleTarget>();
  WireReader reader(*raw);
  HandleTarget target;
  target.r = reader.hash();
  target.cid = to_bytes(reader.blob(kKeyBytesMax));
  if (!reader.finish()) return corrupt("handle");
  return std::optional(target);
}

}  // namespace emr::store
