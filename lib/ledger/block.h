// Blocks: header, body, and the record that a store keeps (FORMAT.md section 6). The hash of a
// header is what the replicas vote on, so a certificate over it proves every root in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/suite.h"
#include "ledger/genesis.h"
#include "ledger/receipt.h"

namespace emr::ledger {

inline constexpr std::uint16_t kBlockVersion = 1;
/// Of an encoded header (FORMAT.md section 6).
inline constexpr std::size_t kHeaderBytes = 263;

struct BlockHeader {
  Hash32 genesis{};
  std::uint64_t epoch = 0;
  std::uint64_t height = 0;      ///< equals the PBFT sequence number; genesis is height 0
  std::uint64_t first_view = 0;  ///< view of the first proposal; a re-proposal keeps it
  Hash32 previous{};             ///< hash of the previous header; of block 1 the genesis hash
  Hash32 tx_root{};
  Hash32 receipt_root{};
  Hash32 writes_hash{};
  UnixSeconds time = 0;          ///< never smaller than the previous block's
  std::uint32_t proposer = 0;
  crypto::SuiteId suite = crypto::SuiteId::kSecp256k1Keccak256;
  Hash32 next_validators{};
  Hash32 state_root{};           ///< zero except at checkpoint heights

  friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
};

Bytes encode_header(const BlockHeader& header);
Result<BlockHeader> decode_header(ByteView bytes);
/// H("emr/block/1", encoded header).
Hash32 block_hash(const BlockHeader& header);

struct Block {
  BlockHeader header;
  std::vector<std::string> entries;  ///< canonical {"core","signature"} texts
};

Bytes encode_block(const Block& block);
/// Checks form and limits, not roots.
Result<Block> decode_block(ByteView bytes);

Hash32 entries_root(const std::vector<std::string>& entries);
Hash32 receipts_root(const std::vector<std::string>& receipts);

/// The position at the tip: what the next block builds on.
struct ChainTip {
  std::uint64_t height = 0;
  Hash32 hash{};         ///< the genesis hash at height 0
  Hash32 writes_hash{};
  UnixSeconds time = 0;
};
/// `writes` are the state writes of the genesis (Executor::genesis_writes).
ChainTip genesis_tip(const Genesis& genesis, const Hash32& writes_hash);

}  // namespace emr::ledger
