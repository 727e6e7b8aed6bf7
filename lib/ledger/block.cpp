#include "ledger/block.h"

#include "base/wire.h"
#include "crypto/hash.h"
#include "ledger/bound_header.h"
#include "ledger/limits.h"
#include "ledger/merkle.h"

namespace emr::ledger {

namespace {

void write_header(WireWriter& wire, const BlockHeader& header) {
  wire.u16(kBlockVersion).raw(header.genesis).u64(header.epoch).u64(header.height);
  wire.u64(header.first_view).raw(header.previous).raw(header.tx_root).raw(header.receipt_root);
  wire.raw(header.writes_hash).u64(static_cast<std::uint64_t>(header.time));
  wire.u32(header.proposer).u8(static_cast<std::uint8_t>(header.suite));
  wire.raw(header.next_validators).raw(header.state_root);
}

BlockHeader read_header(WireReader& wire) {
  BlockHeader header;
  if (wire.u16() != kBlockVersion) wire.reject();
  header.genesis = wire.hash();
  header.epoch = wire.u64();
  header.height = wire.u64();
  header.first_view = wire.u64();
  header.previous = wire.hash();
  header.tx_root = wire.hash();
  header.receipt_root = wire.hash();
  header.writes_hash = wire.hash();
  const std::uint64_t time = wire.u64();
  if (time > kBlockTimeMax) wire.reject();
  header.time = static_cast<UnixSeconds>(time);
  header.proposer = wire.u32();
  if (const auto suite = crypto::suite_from_number(wire.u8())) {
    header.suite = *suite;
  } else {
    wire.reject();
  }
  header.next_validators = wire.hash();
  header.state_root = wire.hash();
  return header;
}

/// Reads a whole block; `take` is given every entry.
template <class Take>
Result<BlockHeader> read_block(ByteView bytes, Take take) {
  if (bytes.size() > kBlockBytesMax) {
    return fail(Code::kData, "block is larger than 8 MiB").with_reason("limit");
  }
  WireReader wire(bytes);
  const BlockHeader header = read_header(wire);
  const std::uint32_t count = wire.u32();
  if (count > kBlockEntriesMax) wire.reject();
  for (std::uint32_t i = 0; i < count && !wire.failed(); ++i) take(wire.text(kEntryBytesMax));
  EMR_TRY(wire.finish());
  return header;
}

Hash32 root_of(const std::vector<std::string>& texts) {
  std::vector<Hash32> leaves;
  leaves.reserve(texts.size());
  for (const std::string& text : texts) leaves.push_back(merkle_leaf(as_bytes(text)));
  return merkle_root(leaves);
}

}  // namespace

Bytes encode_header(const BlockHeader& header) {
  WireWriter wire;
  write_header(wire, header);
  return std::move(wire).take();
}

Result<BlockHeader> decode_header(ByteView bytes) {
  WireReader wire(bytes);
  const BlockHeader header = read_header(wire);
  EMR_TRY(wire.finish());
  return header;
}

Hash32 block_hash(const BlockHeader& header) {
  return crypto::tagged_hash("emr/block/1", encode_header(header));
}

Bytes encode_block(const Block& block) {
  WireWriter wire;
  write_header(wire, block.header);
  wire.u32(static_cast<std::uint32_t>(block.entries.size()));
  for (const std::string& entry : block.entries) wire.text(entry);
  return std::move(wire).take();
}

Result<Block> decode_block(ByteView bytes) {
  Block block;
  EMR_ASSIGN(block.header, read_block(bytes, [&](std::string_view entry) {
               block.entries.emplace_back(entry);
             }));
  return block;
}

Result<BlockHeader> read_bound_header(ByteView block) {
  std::vector<Hash32> leaves;
  EMR_ASSIGN(const BlockHeader header, read_block(block, [&](std::string_view entry) {
               leaves.push_back(merkle_leaf(as_bytes(entry)));
             }));
  if (merkle_root(leaves) != header.tx_root) {
    return fail(Code::kData, "the block's entries are not those of its header")
        .with_reason("tx_root");
  }
  return header;
}

Hash32 entries_root(const std::vector<std::string>& entries) { return root_of(entries); }
Hash32 receipts_root(const std::vector<std::string>& receipts) { return root_of(receipts); }

ChainTip genesis_tip(const Genesis& genesis, const Hash32& writes_hash) {
  return {0, genesis.hash, writes_hash, genesis.time};
}

}  // namespace emr::ledger
