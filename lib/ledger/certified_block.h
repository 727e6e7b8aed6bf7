// What every exported proof ends in: a block header, the certificate over its hash, and the chain
// of epochs from the genesis to the set that signed it (FORMAT.md section 9). Values.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "json/json.h"
#include "ledger/block.h"
#include "ledger/epochs.h"
#include "ledger/genesis.h"

namespace emr::ledger {

struct CertifiedBlock {
  BlockHeader header;
  Bytes certificate;              ///< encoded quorum::QuorumCert over the header's hash
  std::vector<EpochLink> epochs;  ///< from epoch 0 to the header's; empty in epoch 0
};

/// The members "header", "certificate" and, behind epoch 0, "epochs" of a line.
void put_block(json::Json& tree, const CertifiedBlock& block);
Result<CertifiedBlock> read_block(const json::Json& tree);

/// From the genesis to the set that decided the block, which must be exactly the last one named: a
/// shorter or longer chain is not a proof of this block. kNegative with a reason ("genesis",
/// "epoch_chain", or that of EpochChain::check). `known` learns the epochs that the block names.
Status verify_block(const CertifiedBlock& block, EpochChain& known);

/// A Merkle path as a list of hex texts.
json::Json path_json(std::span<const Hash32> path);
Result<std::vector<Hash32>> read_path(const json::Json& tree, std::string_view key,
                                      std::size_t max);

}  // namespace emr::ledger
